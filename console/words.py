"""The console's Chinese words, read from `words.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from bot.domain.vocabulary import HandoffReason
from bot.policy.handoffs import load_handoffs

Words = Mapping[str, Mapping[Any, str]]


@cache
def load_words() -> Words:
    """Groups of stored value → words."""
    loaded: Words = yaml.safe_load(files("console").joinpath("words.yaml").read_text("utf-8"))
    return loaded


def word(group: str, value: object) -> str:
    """The word for a stored value; the value itself for one that is not listed."""
    if value is None:
        return ""
    key = value if isinstance(value, int) else str(value)
    return load_words()[group].get(key, str(value))


def reason_word(reason: str) -> str:
    """Why a case was handed to a human, in the words of `handoffs.yaml`."""
    return load_handoffs()[HandoffReason(reason)].label_zh


def evidence_word(label: str) -> str:
    """What a stretch of a reply was read as: an intent, a date, a sum, a flag."""
    words = load_words()
    groups = (words["evidence"], words["intent"], words["flag"])
    return next((group[label] for group in groups if label in group), label)
