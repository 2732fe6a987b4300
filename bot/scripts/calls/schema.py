"""Whether a step is written in a way that can be built at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.call.conditions import CONDITIONS
from bot.domain.call.entry import CALL_PARTS
from bot.domain.call.script import AskKind
from bot.domain.call.values import OutcomeKind
from bot.domain.vocabulary import HandoffReason
from bot.scripts.calls.build import listed
from bot.scripts.calls.source import LANGUAGES, StepSource
from bot.scripts.findings import Message, told
from bot.scripts.yaml_lines import Lined

Problem = tuple[str, Message]  #: (key, message)

_KEYS: dict[str, type | tuple[type, ...]] = {
    "say": dict, "again": dict, "whisper": dict, "notice": bool, "do": (str, list), "pending": str,
    "forget": list, "ask": str, "keys": dict, "hear": dict, "silence": str, "unclear": str,
    "wrong": str, "done": str, "digits": int, "finish": str, "timeout": int, "tries": int,
    "record": dict, "hand": dict, "then": (str, list), "end": bool,
}  # fmt: skip
_WAYS_ON = ("ask", "record", "hand", "then", "end")
_QUESTION_KEYS = frozenset({"keys", "hear", "silence", "unclear", "wrong", "done", "digits", "finish", "timeout", "tries", "again"})  # fmt: skip
_COLLECTS = frozenset({AskKind.FACT, AskKind.REFERENCE, AskKind.DATE, AskKind.SUM})
_DONE = _COLLECTS | {AskKind.SHARE, AskKind.CONFIRM, AskKind.CALL_TIME}
_VALUES = {"share": ("whole", "half"), "call": tuple(sorted(CALL_PARTS)), "date": ("latest",)}
_SLOTS = ("share", "call", "date", "dispute_kind", "reason")
_FORGOTTEN = (
    *("date", "amount", "later_date", "later_amount", "dispute_kind", "reason"),
    *("call_start", "call_end", "call_words"),
)


def problems(step: StepSource) -> Iterator[Problem]:
    """Everything that keeps one step from being built."""
    entry = step.entry
    for key, value in entry.items():
        kind = _KEYS.get(key)
        if kind is None:
            yield key, told("schema.unknown", key=key, known=", ".join(_KEYS))
        elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            yield key, told("step.type", key=key, value=repr(value))
    ways = [key for key in _WAYS_ON if entry.get(key)]
    if len(ways) != 1:
        known, found = ", ".join(_WAYS_ON), ", ".join(ways) or "none"
        yield "then", told("step.ways", known=known, found=found)
    for key in ("say", "again", "whisper"):
        yield from _texts(entry, key)
    yield from _outcomes(entry)
    yield from _turnings(entry)
    if "ask" in entry:
        yield from _question(entry)
    elif extra := sorted(_QUESTION_KEYS & entry.keys()):
        yield extra[0], told("step.extra", key=extra[0])
    yield from _leaving(entry)


def _texts(entry: Lined, key: str) -> Iterator[Problem]:
    texts = entry.get(key)
    if not isinstance(texts, dict):
        return
    for language in LANGUAGES:
        if not str(texts.get(language) or "").strip():
            yield key, told("step.language", language=language)
    for language in texts.keys() - set(LANGUAGES):
        yield key, told("step.tongue", language=language, known=", ".join(LANGUAGES))


def _outcomes(entry: Lined) -> Iterator[Problem]:
    for key in ("do", "pending"):
        for name in listed(entry.get(key)):
            if name not in list(OutcomeKind):
                yield key, told("step.outcome", name=name, known=", ".join(OutcomeKind))
    for name in listed(entry.get("forget")):
        if name not in _FORGOTTEN:
            yield "forget", told("step.slot", name=name, known=", ".join(_FORGOTTEN))


def _turnings(entry: Lined) -> Iterator[Problem]:
    choices = list(listed(entry.get("then")))
    for choice in choices[:-1]:
        if not isinstance(choice, dict):
            yield "then", told("step.last")
        elif choice.get("when") not in CONDITIONS:
            known = ", ".join(CONDITIONS)
            yield "then", told("step.condition", name=choice.get("when"), known=known)
        elif not isinstance(choice.get("go"), str):
            yield "then", told("step.go")
    if choices and not isinstance(choices[-1], str):
        yield "then", told("step.plain")


def _question(entry: Lined) -> Iterator[Problem]:
    if entry["ask"] not in list(AskKind):
        yield "ask", told("step.ask", name=entry["ask"], known=", ".join(AskKind))
        return
    kind = AskKind(entry["ask"])
    for key in ("silence", "unclear"):
        if key not in entry:
            yield "ask", told("step.no_way", key=key)
    if kind in _DONE and "done" not in entry:
        yield "ask", told("step.done", kind=kind)
    if kind in _COLLECTS and "wrong" not in entry:
        yield "ask", told("step.wrong", kind=kind)
    if kind is AskKind.IDENTITY and not {"yes", "no"} <= set(entry.get("hear", {})):
        yield "hear", told("step.yes_no")
    if kind is AskKind.CONFIRM and not {"yes", "no"} <= set(entry.get("hear", {})):
        yield "hear", told("step.yes_no")
    for key in entry.get("keys", {}):
        if not set(str(key)) <= set("0123456789*#"):
            yield "keys", told("step.key", key=key)
    for key in ("keys", "hear"):
        for way in entry.get(key, {}).values():
            yield from _way(key, way)


def _way(key: str, way: Any) -> Iterator[Problem]:
    if isinstance(way, str):
        return
    if not isinstance(way, dict) or not isinstance(way.get("go"), str):
        yield key, told("step.way")
        return
    for slot, value in way.get("set", {}).items():
        if slot not in _SLOTS:
            yield key, told("step.slot", name=slot, known=", ".join(_SLOTS))
        elif slot in _VALUES and value not in _VALUES[slot]:
            yield key, told("step.value", slot=slot, known=", ".join(_VALUES[slot]), value=value)


def _leaving(entry: Lined) -> Iterator[Problem]:
    if "record" in entry and not {"done", "max_seconds"} <= entry["record"].keys():
        yield "record", told("step.record")
    if "hand" not in entry:
        if "whisper" in entry:
            yield "whisper", told("step.whisper")
        return
    if not {"reason", "failed"} <= entry["hand"].keys():
        yield "hand", told("step.hand")
    elif entry["hand"]["reason"] not in list(HandoffReason):
        known = ", ".join(HandoffReason)
        yield "hand", told("step.reason", name=entry["hand"]["reason"], known=known)
    for key in ("say", "whisper"):
        if key not in entry:
            yield "hand", told("step.transfer", key=key)
