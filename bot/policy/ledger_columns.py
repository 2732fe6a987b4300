"""Loads the words of ledger headers and cells, and the sentences of the import report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.domain.ledger.words import LONGEST_BLANK, Column, LedgerWords, key_of


class LedgerWordsError(ValueError):
    """The data file contradicts itself. The message names file, section and word."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A reason and its remedy in both languages; `{names}` are filled per row."""

    zh: str
    en: str
    remedy_zh: str
    remedy: str

    def filled(self, details: Mapping[str, str]) -> Sentence:
        """The same with every placeholder filled."""
        parts = (self.zh, self.en, self.remedy_zh, self.remedy)
        return Sentence(*(part.format_map(details) for part in parts))


def _load(name: str) -> Any:
    text = files("bot.policy").joinpath(name).read_text("utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@lru_cache(maxsize=1)
def ledger_sentences() -> Mapping[str, Sentence]:
    """Every sentence of the report by its code."""
    return {code: Sentence(**parts) for code, parts in _load("ledger_notes.yaml").items()}


@lru_cache(maxsize=1)
def ledger_words() -> LedgerWords:
    """The product's words. Raises LedgerWordsError."""
    return build_words(_load("ledger_columns.yaml"))


def build_words(data: Mapping[str, Any]) -> LedgerWords:
    """LedgerWords from the parsed data file. Raises LedgerWordsError."""
    columns = _inverted("columns", data["columns"])
    refused = {key_of(word): data["refused_reason"] for word in data["refused"]}
    both = set(columns) & set(refused)
    if both:
        raise LedgerWordsError(f"ledger_columns.yaml: {both} stand in columns and in refused")
    if any(len(str(word)) > LONGEST_BLANK for word in data["blanks"]):
        raise LedgerWordsError(f"ledger_columns.yaml: blanks have at most {LONGEST_BLANK} letters")
    names = {code: [code, *words] for code, words in data["currencies"].items()}
    return LedgerWords(
        columns={word: Column(name) for word, name in columns.items()},
        ranks={
            key_of(word): rank
            for words in data["columns"].values()
            for rank, word in enumerate(words)
        },
        refused=refused,
        units={key_of(unit): Decimal(str(worth)) for unit, worth in data["units"].items()},
        currencies=_inverted("currencies", names),
        locales=_inverted("locales", data["locales"]),
        locale_of_region=data["locale_of_region"],
        default_locale=data["default_locale"],
        totals=frozenset(map(key_of, data["totals"])),
        notes=tuple(map(key_of, data["notes"])),
        blanks=frozenset(map(key_of, data["blanks"])),
    )


def _inverted(section: str, lists: Mapping[str, Iterable[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, words in lists.items():
        for word in words:
            if found.setdefault(key_of(str(word)), name) != name:
                raise LedgerWordsError(
                    f"ledger_columns.yaml: {section}: {word!r} stands for two things"
                )
    return found
