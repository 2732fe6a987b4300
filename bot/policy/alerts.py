"""The sentences messengers are told, read from `alerts.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

import yaml

from bot.domain.vocabulary import HandoffReason
from bot.policy.handoffs import load_handoffs

_FIGURE = re.compile(r"[0-9A-Za-z_.+-]+")

#: Kinds a channel can choose; `test`, `more` and `title` are for every channel.
KINDS = ("urgent", "deadline", "sender", "work", "complaint", "complaint_due", "halt", "alarm")


class AlertWordsError(ValueError):
    """`alerts.yaml` lacks a kind, a language, or the two say different things."""


_LINES = (*KINDS, "test", "more", "title", "everything")


@cache
def alert_words() -> Mapping[str, tuple[str, str]]:
    """Kind → (Chinese, English). Raises AlertWordsError."""
    data = _data()
    if wrong := {*_LINES, "what"} ^ data.keys():
        raise AlertWordsError(f"alerts.yaml: missing or unknown: {', '.join(sorted(wrong))}")
    return {kind: _pair(kind, data[kind]) for kind in _LINES}


def alert_line(kind: str, language: str, values: Mapping[str, object]) -> str:
    """One line in `zh-CN` or `en`, from what was kept with the alert."""
    english = language == "en"
    return alert_words()[kind][english].format_map(
        {name: _told(name, str(value), english) for name, value in values.items()}
    )


def _told(name: str, value: str, english: bool) -> str:
    """Codes as words; of an alarm's text only its figure or code."""
    if name == "reason" and value in set(HandoffReason):
        return value if english else load_handoffs()[HandoffReason(value)].label_zh
    if name == "what":
        return _alarms().get(value, (value, value))[english]
    if name == "scope" and value == "*":
        return alert_words()["everything"][english]
    return value


def alarm_figure(kind: str, message: str) -> str:
    """The code or count within an alarm's text: `carrier refused: 20003` → `20003`."""
    words = message.split()
    wanted = words[0] if words and kind == "work_not_done" else "".join(words[-1:])
    return wanted if _FIGURE.fullmatch(wanted) else message


@cache
def _alarms() -> Mapping[str, tuple[str, str]]:
    return {kind: _pair(kind, said) for kind, said in _data()["what"].items()}


@cache
def _data() -> Mapping[str, Any]:
    text = files("bot.policy").joinpath("alerts.yaml").read_text("utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


def _pair(kind: str, said: object) -> tuple[str, str]:
    if not isinstance(said, list) or len(said) != 2 or _holes(said[0]) != _holes(said[1]):
        raise AlertWordsError(f"alerts.yaml: {kind}: write [中文, English] with the same holes")
    return said[0], said[1]


def _holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
