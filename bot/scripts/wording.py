"""Words that depend on the place: days, times of day, how a debtor is addressed, amounts.

The words are data (`scripts_zh/wording.yaml`); this module only applies them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.domain.money import spoken
from bot.scripts.yaml_lines import read

DEFAULT_LOCALE = "zh-CN"


@dataclass(frozen=True, slots=True)
class LocaleWords:
    """One locale's words; templates use `str.format` fields."""

    locale: str
    day: str
    day_with_year: str
    due_one: str
    due_several: str
    day_parts: Mapping[int, str]
    hour: str
    hour_minute: str
    person: str
    unnamed: str
    opt_out: tuple[str, ...]
    opt_out_notice: str
    units: Mapping[str, str]
    help_line: str
    emergency_line: str


@dataclass(frozen=True, slots=True)
class Wording:
    """All locales, the name rules, and what a person still has to verify."""

    locales: Mapping[str, LocaleWords]
    compound_surnames: frozenset[str]
    company_marks: tuple[str, ...]
    company_drop: tuple[str, ...]
    company_max: int
    ellipsis: str
    to_verify: tuple[Mapping[str, Any], ...]

    def of(self, locale: str) -> LocaleWords:
        """The words of `locale`; an unknown one reads mainland wording."""
        return self.locales.get(locale) or self.locales[DEFAULT_LOCALE]


def load_wording(path: Path) -> Wording:
    """Reads wording.yaml. Raises YamlError, KeyError or TypeError naming what is missing."""
    data = read(path)
    company = data["company"]
    return Wording(
        locales={name: _locale(name, words) for name, words in data["locales"].items()},
        compound_surnames=frozenset(data["compound_surnames"]),
        company_marks=tuple(company["marks"]),
        company_drop=tuple(company["drop"]),
        company_max=company["max_length"],
        ellipsis=company["ellipsis"],
        to_verify=tuple(data["to_verify"]),
    )


def _locale(name: str, words: Mapping[str, Any]) -> LocaleWords:
    parts = {int(hour): str(part) for hour, part in words["day_parts"].items()}
    ready = {"opt_out": tuple(words["opt_out"]), "day_parts": parts}
    return LocaleWords(locale=name, **{**words, **ready})


def scripts_root() -> Path:
    """The product's own scripts folder."""
    return Path(__file__).resolve().parents[2] / "scripts_zh"


@lru_cache(maxsize=1)
def wording() -> Wording:
    """The product's wording, read once per process."""
    return load_wording(scripts_root() / "wording.yaml")


@lru_cache(maxsize=8192)
def day_text(day: date, today: date, locale: str = DEFAULT_LOCALE) -> str:
    """`11月28日`; with the year when it is not this year's."""
    words = wording().of(locale)
    template = words.day if day.year == today.year else words.day_with_year
    return template.format(year=day.year, month=day.month, day=day.day)


def time_text(at: datetime, today: date, locale: str = DEFAULT_LOCALE) -> str:
    """`11月28日下午3点30分`. `at` is local time already (the debtor's zone)."""
    words = wording().of(locale)
    part = max((hour, name) for hour, name in words.day_parts.items() if hour <= at.hour)[1]
    template = words.hour_minute if at.minute else words.hour
    hour = at.hour - 12 if at.hour > 12 else at.hour
    return day_text(at.date(), today, locale) + template.format(
        part=part, hour=hour, minute=at.minute
    )


@lru_cache(maxsize=65536)
def money_text(minor: int, currency: str, locale: str = DEFAULT_LOCALE) -> str:
    """`2047.50元`; the unit in the locale's characters."""
    text = spoken(minor, currency)
    for simplified, local in wording().of(locale).units.items():
        if text.endswith(simplified):
            return text.removesuffix(simplified) + local
    return text
