"""A call written out for the eyes: each step, what it says on sample values, where answers lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.scripts.calls.build import listed, turnings, ways
from bot.scripts.calls.graph import after_step
from bot.scripts.calls.sentences import samples, sentences
from bot.scripts.calls.source import START, CallSource, StepSource
from bot.scripts.calls.words import CallWords
from bot.scripts.rulebook import Rulebook

_MARKS = {"say": "", "again": "（再问）", "whisper": "（对专员）"}


def outline(call: CallSource, language: str, book: Rulebook, words: CallWords) -> Iterator[str]:
    """One line after the other, the steps in the order a call comes to them."""
    values = samples(book, words, language, "person")
    for step in _in_order(call):
        yield f"\n[{step.name}] {_kind(step)}"
        for sentence in sentences(step, language):
            template = sentence.template()
            text = template.fill(values) if template else sentence.text
            yield f"  {_MARKS[sentence.key]}{text}"
        yield from _ways(step)


def _in_order(call: CallSource) -> Iterator[StepSource]:
    """From the first step on, in the order they are written, then what is entered from anywhere."""
    seen: dict[str, None] = {}
    waiting = [START]
    while waiting:
        name = waiting.pop(0)
        if name not in seen and name in call.steps:
            seen[name] = None
            following = after_step(call.steps[name])
            waiting = [each for each in call.steps if each in following] + waiting
    seen.update(dict.fromkeys(call.steps))
    return (call.steps[name] for name in seen)


def _kind(step: StepSource) -> str:
    entry = step.entry
    marks = [f"记 {each}" for each in listed(entry.get("do"))]
    if "ask" in entry:
        marks.append(f"问 {entry['ask']}")
    if "hand" in entry:
        marks.append(f"转人工 {entry['hand']['reason']}")
    if "record" in entry:
        marks.append("录音")
    if entry.get("end"):
        marks.append("结束")
    return "  ".join(marks)


def _ways(step: StepSource) -> Iterator[str]:
    entry = step.entry
    for key, label in (("keys", "按"), ("hear", "听到")):
        if entry.get(key):
            told = "  ".join(f"{name}→{way.go}" for name, way in ways(entry[key]).items())
            yield f"  {label} {told}"
    if rest := _rest(entry):
        yield f"  {rest}"
    if then := turnings(entry.get("then")):
        told = "  ".join(f"{each.when}→{each.go}" if each.when else f"→{each.go}" for each in then)
        yield f"  {told}"


def _rest(entry: Mapping[str, object]) -> str:
    names = {"done": "得到", "wrong": "不合适", "silence": "没出声", "unclear": "没听懂"}
    return "  ".join(f"{label}→{entry[key]}" for key, label in names.items() if key in entry)
