"""words.yaml: voices, how figures are spoken, what only calls can say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.call.script import Voice, Words
from bot.domain.call.values import CallLanguage
from bot.domain.money import plain
from bot.scripts.placeholders import Placeholder
from bot.scripts.wording import money_text
from bot.scripts.yaml_lines import read

_BETWEEN = re.compile(r"[\- ]+")
_RUN_OF_DIGITS = re.compile(r"[+＋]?\d[\d\- ]*\d")


@dataclass(frozen=True)
class LanguageWords:
    """One language of the phone; `locale` is the script locale whose days and hours it uses."""

    language: CallLanguage
    locale: str
    voice: Voice
    words: Words
    hints: Mapping[str, tuple[str, ...]]  #: by kind of question
    person: str
    unnamed: str
    phone_digits: Mapping[str, str]
    money: Mapping[str, tuple[str, str, str, str]]  #: by currency: before, unit, tenth, hundredth

    def phone(self, text: str) -> str:
        """Numbers digit by digit, with a breath where they are written apart, so that they can be
        noted down: 400-000-1234 → 四零零，零零零，幺二三四.
        """
        return _RUN_OF_DIGITS.sub(self._digits, text)

    def _digits(self, match: re.Match[str]) -> str:
        groups = _BETWEEN.split(match.group())
        return "，".join(
            "".join(self.phone_digits.get(char, "") for char in each) for each in groups
        )

    def amount(self, minor: int, currency: str) -> str:
        """204750, CNY → 2047元5角; the written form for a currency without spoken units."""
        units = self.money.get(currency)
        if units is None:
            return money_text(minor, currency, self.locale)
        before, unit, tenth, hundredth = units
        whole, _, part = plain(minor, currency).partition(".")
        spoken = f"{before}{whole}{unit}"
        if part[:1].strip("0"):
            spoken += part[0] + tenth
        elif part[1:].strip("0"):
            spoken += "零"
        return spoken + (part[1] + hundredth if part[1:].strip("0") else "")


@dataclass(frozen=True)
class CallWords:
    """The whole file."""

    languages: Mapping[str, LanguageWords]
    placeholders: Mapping[str, Placeholder]
    opening_seconds: float
    say_characters: int


def load_words(path: Path) -> CallWords:
    """Reads words.yaml. Raises YamlError, KeyError, TypeError or ValueError."""
    return words_of(read(path))


def words_of(data: Mapping[str, Any]) -> CallWords:
    """The words of a document already read. Raises KeyError, TypeError or ValueError."""
    return CallWords(
        languages={name: _language(name, entry) for name, entry in data["languages"].items()},
        placeholders={n: _placeholder(n, entry) for n, entry in data["placeholders"].items()},
        opening_seconds=data["opening_seconds"],
        say_characters=data["say_characters"],
    )


def _language(name: str, entry: Mapping[str, Any]) -> LanguageWords:
    voice = entry["voice"]
    return LanguageWords(
        language=name,  # type: ignore[arg-type]  # lint compares with the known languages
        locale=entry["locale"],
        voice=Voice(
            voice["language"],
            voice["voice"],
            voice["rate"],
            voice["speech_language"],
            chars_per_second=1000 / voice["ms_per_character"] * voice["rate"] / 100,
        ),
        words=Words(
            digits=dict(entry["digits"]),
            repeat=tuple(entry["repeat"]),
            yes=tuple(entry["yes"]),
            nothing=tuple(entry["nothing"]),
            courtesy=entry["courtesy"],
            agree=tuple(entry["agree"]),
            whole=tuple(entry["whole"]),
            half=tuple(entry["half"]),
            keying=entry["keying"],
            labels=dict(entry["labels"]),
        ),
        hints={kind: tuple(hints) for kind, hints in entry["hints"].items()},
        person=entry["person"],
        unnamed=entry["unnamed"],
        phone_digits=dict(entry["phone_digits"]),
        money={currency: tuple(units) for currency, units in entry["money"].items()},
    )


def _placeholder(name: str, entry: Mapping[str, Any]) -> Placeholder:
    person = _by_language(entry["person"])
    return Placeholder(
        name=name,
        means=entry["means"],
        person=person,
        company=_by_language(entry["company"]),
        debt=entry.get("debt", False),
        optional=entry.get("optional", False),
    )


def _by_language(sample: Any) -> Mapping[str, str]:
    return sample if isinstance(sample, dict) else {"": str(sample)}
