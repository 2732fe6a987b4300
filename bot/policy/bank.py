"""Loads the words of bank statements, the weights of matching, and the report's sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.domain.bank.lines import LineNote
from bot.domain.bank.matching import Weights
from bot.domain.bank.names import Names
from bot.domain.bank.words import BankWords, Field
from bot.domain.ledger.words import key_of
from bot.policy.ledger_columns import LedgerWordsError, Sentence, ledger_sentences, ledger_words
from bot.policy.stand_ins import fold_table


@dataclass(frozen=True, slots=True)
class BankPolicy:
    """Everything bank files are read and matched by."""

    words: BankWords
    weights: Weights
    names: Names


@lru_cache(maxsize=1)
def bank_policy() -> BankPolicy:
    """The product's. Raises LedgerWordsError for data that contradicts itself."""
    matching = _load("bank_matching.yaml")
    fold = fold_table()
    suffixes = {str(word).casefold() for word in matching["company_suffixes"]}
    return BankPolicy(
        words=build_words(_load("bank_columns.yaml")),
        weights=Weights(
            by_code={code: float(weight) for code, weight in matching["weights"].items()},
            apply_from=float(matching["apply_from"]),
            lead=float(matching["lead"]),
            same_money=timedelta(days=matching["same_money_days"]),
        ),
        names=Names(fold, tuple(sorted(suffixes, key=len, reverse=True))),
    )


@lru_cache(maxsize=1)
def bank_sentences() -> Mapping[str, Sentence]:
    """Every sentence of the report and of the reasons; the ledger's for what is read alike."""
    own = {code: Sentence(**parts) for code, parts in _load("bank_notes.yaml").items()}
    return {**ledger_sentences(), **own}


def told(note: LineNote) -> Sentence:
    """A row of the report in words, with the reasons for the case it names."""
    base = bank_sentences()[note.code].filled({"column": note.column, **note.details})
    if not note.reasons:
        return base
    reasons = [bank_sentences()[each.code].filled(each.details) for each in note.reasons]
    zh = f"{base.zh}（{'；'.join(each.zh for each in reasons)}）"
    en = f"{base.en} ({'; '.join(each.en for each in reasons)})"
    return Sentence(zh, en, base.remedy_zh, base.remedy)


def build_words(data: Mapping[str, Any]) -> BankWords:
    """BankWords from the parsed data file. Raises LedgerWordsError."""
    columns = _inverted(data["columns"])
    return BankWords(
        columns={word: Field(name) for word, name in columns.items()},
        ranks={
            key_of(str(word)): rank
            for words in data["columns"].values()
            for rank, word in enumerate(words)
        },
        credits=_keys(data["credits"]),
        debits=_keys(data["debits"]),
        ledger=ledger_words(),
    )


def _keys(words: Iterable[Any]) -> frozenset[str]:
    return frozenset(key_of(str(word)) or str(word) for word in words)


def _inverted(lists: Mapping[str, Iterable[Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, words in lists.items():
        for word in words:
            if found.setdefault(key_of(str(word)), name) != name:
                raise LedgerWordsError(f"bank_columns.yaml: {word!r} stands for two fields")
    return found


def _load(name: str) -> Any:
    text = files("bot.policy").joinpath(name).read_text("utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
