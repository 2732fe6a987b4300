"""The paths of a call: where each step can lead, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.domain.call.script import BACK
from bot.scripts.calls.build import listed, turnings, ways
from bot.scripts.calls.source import ENTRIES, MAPS, START, CallSource, StepSource
from bot.scripts.findings import Message, told

Trouble = tuple[StepSource, str, str, Message]  #: (step, key, rule, message)


def after_step(step: StepSource) -> frozenset[str]:
    """Every step this one names, `back` left out."""
    entry = step.entry
    named = {way.go for key in ("keys", "hear") for way in ways(entry.get(key, {})).values()}
    named |= {turning.go for turning in turnings(entry.get("then"))}
    named |= {entry[key] for key in ("silence", "unclear", "wrong", "done") if key in entry}
    for key in ("record", "hand"):
        holder = entry.get(key, {})
        named |= {holder[name] for name in ("done", "failed") if name in holder}
    return frozenset(named - {BACK})


def unknown(call: CallSource) -> Iterator[Trouble]:
    """Steps named that do not exist."""
    for step in call.steps.values():
        for name in sorted(after_step(step) - call.steps.keys()):
            key = next((k for k, v in step.entry.items() if name in str(v)), "then")
            yield step, key, "path", told("path.nowhere", step=name)


def unknown_in_maps(call: CallSource) -> Iterator[tuple[int, Message]]:
    """(line, message) for entries of common.yaml that lead nowhere."""
    for name in ENTRIES:
        if call.common.get(name) not in call.steps:
            message = told("path.entry", name=name, step=call.common.get(name))
            yield call.common.at(name), message
    for name in MAPS:
        for way in ways(call.common.get(name, {})).values():
            if way.go not in call.steps:
                yield call.common.at(name), told("path.map", name=name, step=way.go)
    if START not in call.steps:
        yield 1, told("path.start", start=START)


def entries(call: CallSource, *, known: bool) -> set[str]:
    """Steps that can be entered from any question, before (or also after) verification."""
    common = call.common
    found = {way.go for way in ways(common["before"]).values()}
    found |= {common["machine"], common["self_harm"], common["too_long"]}
    if known:
        found.add(common["settled"])
        for name in ("after", "objections"):
            found |= {way.go for way in ways(common[name]).values()}
    return found


def reach(call: CallSource, starts: Iterable[str], *, through_proof: bool = True) -> set[str]:
    """Every step that can be come to. Without `through_proof` the debtor is never verified."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name in seen or name not in call.steps:
            continue
        step = call.steps[name]
        if not through_proof and proves(step):
            continue
        seen.add(name)
        waiting.extend(after_step(step))
    return seen


def proves(step: StepSource) -> bool:
    """Whether the debtor is known from here on."""
    return "verified" in listed(step.entry.get("do"))


def unverified(call: CallSource) -> set[str]:
    """Steps that may be heard by somebody who is not the debtor."""
    return reach(call, {START} | entries(call, known=False), through_proof=False)


def unreached(call: CallSource) -> set[str]:
    """Steps no path comes to."""
    return call.steps.keys() - reach(call, {START} | entries(call, known=True))


def dead_ends(call: CallSource) -> Iterator[Trouble]:
    """Steps from which no path ends the call."""
    leading: dict[str, set[str]] = {name: set() for name in call.steps}
    for step in call.steps.values():
        for name in after_step(step) & call.steps.keys():
            leading[name].add(step.name)
    ending = {name for name, step in call.steps.items() if step.entry.get("end")}
    waiting = list(ending)
    while waiting:
        for name in leading[waiting.pop()] - ending:
            ending.add(name)
            waiting.append(name)
    for name, step in call.steps.items():
        returns = any(turning.go == BACK for turning in turnings(step.entry.get("then")))
        if name not in ending and not returns:
            yield step, "then", "path", told("path.endless")


def silent_loops(call: CallSource) -> Iterator[Trouble]:
    """Questions that somebody who says nothing never gets out of."""
    for step in call.steps.values():
        if "ask" in step.entry and (circle := _circle(call, step.name)):
            way = " → ".join(circle)
            yield step, "silence", "path", told("path.circle", way=way)


def _circle(call: CallSource, name: str) -> list[str] | None:
    """The circle that silence walks from a question, over every way it may turn; None if none."""
    return _walk(call, name, [])


def _walk(call: CallSource, name: str, path: list[str]) -> list[str] | None:
    if name in path:
        return [*path[path.index(name) :], name]
    step = call.steps.get(name)
    if step is None:
        return None
    found = (_walk(call, each, [*path, name]) for each in _silently(step))
    return next((circle for circle in found if circle), None)


def _silently(step: StepSource) -> Iterator[str]:
    entry: Mapping[str, Any] = step.entry
    if "ask" in entry:
        yield entry["silence"]
    elif "record" in entry:
        yield entry["record"]["done"]
    elif "hand" in entry:
        yield entry["hand"]["failed"]
    for turning in turnings(entry.get("then")):
        if turning.go == BACK:
            yield step.name  # back to the question that nobody answers
        else:
            yield turning.go


def chains(call: CallSource, name: str) -> Iterator[tuple[StepSource, ...]]:
    """Every way from a step to the next question or end, the steps in order."""
    yield from _chains(call, name, ())


def _chains(
    call: CallSource, name: str, path: tuple[StepSource, ...]
) -> Iterator[tuple[StepSource, ...]]:
    step = call.steps[name]
    if step in path:
        return
    following = [turning.go for turning in turnings(step.entry.get("then"))]
    if not following or following == [BACK]:
        yield (*path, step)
    for each in following:
        if each != BACK:
            yield from _chains(call, each, (*path, step))
