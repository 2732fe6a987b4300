"""The console's words in Chinese and English, read from `words.yaml` and `wording/*.yaml`.

Every entry is a pair, `key: [中文, English]`. Group `text` has the sentences of pages; every other
group has the words of stored values.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from bot.domain.vocabulary import HandoffReason
from bot.policy.handoffs import load_handoffs
from bot.policy.rulebook import reason_en, reason_zh

Words = Mapping[str, Mapping[Any, str]]

CHINESE, ENGLISH = "zh-CN", "en"
LANGUAGES = (CHINESE, ENGLISH)

_speaking: ContextVar[str] = ContextVar("language", default=CHINESE)


class WordsError(ValueError):
    """A word is missing, written twice, or not a pair."""


def speak(language: str) -> None:
    """From here on, in this request, words are in `language`; Chinese for an unknown one."""
    _speaking.set(language if language in LANGUAGES else CHINESE)


def language() -> str:
    """`zh-CN` or `en`."""
    return _speaking.get()


def load_words() -> Words:
    """Groups of stored value → words in the language that is spoken."""
    return _in_language(language())


def word(group: str, value: object) -> str:
    """The word for a stored value; the value itself for one that is not listed."""
    if value is None:
        return ""
    key = value if isinstance(value, int) else str(value)
    return load_words()[group].get(key, str(value))


def t(key: str, /, **values: object) -> str:
    """A sentence of a page, its `{holes}` filled. Raises WordsError for one that is not listed."""
    found = load_words()["text"].get(key)
    if found is None:
        raise WordsError(f"no text {key!r}; add it to console/wording with both languages")
    return found.format(**values) if values else found


def reason_word(reason: str) -> str:
    """Why a case was handed to a human."""
    if language() == ENGLISH:
        return word("handoff_reason", reason)
    return load_handoffs()[HandoffReason(reason)].label_zh


def rule_word(rule_id: str) -> str:
    """What a rule of the gate says; empty for a plain allow."""
    return reason_en(rule_id) if language() == ENGLISH else reason_zh(rule_id)


def evidence_word(label: str) -> str:
    """What a stretch of a reply was read as: an intent, a date, a sum, a flag."""
    words = load_words()
    groups = (words["evidence"], words["intent"], words["flag"])
    return next((group[label] for group in groups if label in group), label)


@cache
def pairs() -> Mapping[str, Mapping[Any, tuple[str, str]]]:
    """Group → value → (Chinese, English). Raises WordsError."""
    room = files("console")
    sources = [room.joinpath("words.yaml")]
    sources += sorted(
        (each for each in room.joinpath("wording").iterdir() if each.name.endswith(".yaml")),
        key=lambda each: each.name,
    )
    found: dict[str, dict[Any, tuple[str, str]]] = {}
    for source in sources:
        for group, entries in yaml.safe_load(source.read_text("utf-8")).items():
            _add(found.setdefault(group, {}), entries, f"{source.name}: {group}")
    return found


def _add(group: dict[Any, tuple[str, str]], entries: Mapping[Any, Any], place: str) -> None:
    for key, said in entries.items():
        if key in group:
            raise WordsError(f"{place}.{key} is written twice")
        if not (isinstance(said, list) and len(said) == 2 and all(map(_is_text, said))):
            raise WordsError(f"{place}.{key} is no pair; write [中文, English]")
        group[key] = (said[0], said[1])


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


@cache
def _in_language(language: str) -> Words:
    at = LANGUAGES.index(language)
    return {
        group: {key: said[at] for key, said in entries.items()}
        for group, entries in pairs().items()
    }
