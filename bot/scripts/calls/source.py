"""Call scripts as they were written: one file per kind, with the shared steps of common.yaml."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.call.values import CallKind
from bot.scripts.findings import Finding, told
from bot.scripts.yaml_lines import Lined, YamlError, read

FOLDER = "ivr"
COMMON = "common.yaml"
WORDS = "words.yaml"
LANGUAGES = ("zh-CN", "zh-TW", "yue-HK")
#: Where intents lead, and the steps that are entered from outside of any question.
MAPS = ("before", "after", "objections")
ENTRIES = ("machine", "self_harm", "too_long", "settled")
PARDON = "pardon"
START = "greet"

_HEAD = {"id": str, "version": int, "kind": str, "when": str, "practice": str, "steps": dict}


@dataclass(frozen=True, slots=True)
class StepSource:
    """One step as written, with the file it stands in."""

    name: str
    file: str
    line: int
    entry: Lined

    def line_of(self, key: str, language: str = "") -> int:
        """The line of a key, of one language's text where named."""
        value = self.entry.get(key)
        if language and isinstance(value, Lined):
            return value.at(language)
        return self.entry.at(key)


@dataclass(frozen=True, slots=True)
class CallSource:
    """One call: its own steps and those of common.yaml that it does not replace."""

    file: str
    id: str
    version: int
    kind: str
    when: str
    practice: str
    lines: Mapping[str, int]
    steps: Mapping[str, StepSource]
    common: Lined  #: the whole of common.yaml, for maps and entries
    words: Mapping[str, Any]  #: what of words.yaml is spoken

    def line_of(self, key: str) -> int:
        """The line of one of the call's own keys."""
        return self.lines.get(key, 1)

    def fingerprint(self) -> str:
        """Everything that changes what is said or what an answer does, as one text."""
        steps = {name: step.entry for name, step in self.steps.items()}
        ways = {name: self.common.get(name) for name in (*MAPS, *ENTRIES, PARDON)}
        return json.dumps([steps, ways, self.words], ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class CallSources:
    """All calls below a root, and what could not be read."""

    calls: tuple[CallSource, ...] = ()
    findings: tuple[Finding, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)


class _UnreadableError(Exception):
    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(str(finding))


def read_calls(root: Path) -> CallSources:
    """Every call of `root`/ivr; none when there is no such folder."""
    folder = root / FOLDER
    if not folder.is_dir():
        return CallSources()
    try:
        common, words = _document(folder / COMMON), _document(folder / WORDS)
        shared = _steps(common, f"{FOLDER}/{COMMON}", "ivr")
    except _UnreadableError as problem:
        return CallSources(findings=(problem.finding,))
    calls: list[CallSource] = []
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name not in (COMMON, WORDS):
            try:
                calls.append(_call(path, common, shared, words))
            except _UnreadableError as problem:
                findings.append(problem.finding)
    findings.extend(_missing_kinds(calls, findings))
    return CallSources(tuple(calls), tuple(findings), words)


def _document(path: Path) -> Lined:
    file = f"{FOLDER}/{path.name}"
    try:
        document = read(path)
    except FileNotFoundError:
        raise _UnreadableError(_schema(file, 1, "-", told("call.file"))) from None
    except YamlError as problem:
        finding = Finding(file, problem.line, "-", "yaml", told("yaml", problem=problem))
        raise _UnreadableError(finding) from problem
    if not isinstance(document, Lined):
        raise _UnreadableError(_schema(file, 1, "-", told("call.mapping")))
    return document


def _schema(file: str, line: int, name: str, message: str) -> Finding:
    return Finding(file, line, name, "schema", message)


def _call(
    path: Path, common: Lined, shared: Mapping[str, StepSource], words: Mapping[str, Any]
) -> CallSource:
    document, file = _document(path), f"{FOLDER}/{path.name}"
    name = str(document.get("id", "-"))
    for key, kind in _HEAD.items():
        if not isinstance(document.get(key), kind):
            text = told("call.head", key=key, kind=kind.__name__)
            raise _UnreadableError(_schema(file, document.at(key), name, text))
    for key in document.keys() - _HEAD.keys():
        text = told("schema.unknown", key=key, known=", ".join(_HEAD))
        raise _UnreadableError(_schema(file, document.at(key), name, text))
    if document["kind"] not in list(CallKind) or name != CallKind(document["kind"]).script:
        text = told("call.kind", known=", ".join(CallKind))
        raise _UnreadableError(_schema(file, document.at("kind"), name, text))
    return CallSource(
        file=file,
        id=name,
        version=document["version"],
        kind=document["kind"],
        when=document["when"],
        practice=document["practice"],
        lines=document.lines,
        steps={**shared, **_steps(document, file, name)},
        common=common,
        words=words["languages"],
    )


def _steps(document: Lined, file: str, name: str) -> dict[str, StepSource]:
    steps = document.get("steps")
    if not isinstance(steps, Lined):
        raise _UnreadableError(_schema(file, document.at("steps"), name, told("call.steps")))
    for step, entry in steps.items():
        if not isinstance(entry, Lined):
            text = told("call.step", step=step)
            raise _UnreadableError(_schema(file, steps.at(step), name, text))
    return {step: StepSource(step, file, steps.at(step), entry) for step, entry in steps.items()}


def _missing_kinds(calls: list[CallSource], findings: list[Finding]) -> Iterator[Finding]:
    if findings:
        return
    for kind in CallKind:
        if kind not in {call.kind for call in calls}:
            file = f"{FOLDER}/{kind}.yaml"
            yield _schema(file, 1, kind.script, told("call.none", kind=kind, file=file))
