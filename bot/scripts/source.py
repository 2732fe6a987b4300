"""Script files as they were written: parsed, located, not yet judged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.scripts.findings import Finding, told
from bot.scripts.yaml_lines import Lined, YamlError, read

FOLDERS = ("sms", "answers")
LOCALES = ("zh-CN", "zh-TW", "zh-HK")
AUDIENCES = ("person", "company", "any")

_REQUIRED = {"id": str, "version": int, "purpose": str, "when": str, "texts": dict}
_OPTIONAL = {"practice": str, "finance": bool, "asks": str, "offers": dict}


@dataclass(frozen=True, slots=True)
class TextSource:
    """One locale's text. Lines are joined without anything between them."""

    locale: str
    text: str
    line: int  #: of the first line of text
    starts: tuple[int, ...]  #: offset in `text` at which each further line begins

    def line_at(self, offset: int) -> int:
        """The file line that holds the character at `offset`."""
        return self.line + sum(start <= offset for start in self.starts)


@dataclass(frozen=True, slots=True)
class ScriptSource:
    """One script as written."""

    file: str
    line: int
    id: str
    version: int
    purpose: str
    audience: str
    when: str
    practice: str
    finance: bool
    asks: str | None
    offers: Mapping[str, str]
    texts: Mapping[str, TextSource]
    lines: Mapping[str, int]

    def line_of(self, key: str) -> int:
        """The line of one of the script's keys."""
        return self.lines.get(key, self.line)

    def fingerprint(self) -> str:
        """Everything that changes what a debtor reads or a key means, as one text."""
        words = {locale: text.text for locale, text in sorted(self.texts.items())}
        return json.dumps([words, dict(self.offers)], ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Sources:
    """All scripts below a root, and what could not be read."""

    scripts: tuple[ScriptSource, ...]
    findings: tuple[Finding, ...]


def read_sources(root: Path) -> Sources:
    """Reads every `*.yaml` of the script folders below `root`."""
    scripts: list[ScriptSource] = []
    findings: list[Finding] = []
    for path in _files(root):
        file = path.relative_to(root).as_posix()
        for item in _read_file(path, file):
            (findings if isinstance(item, Finding) else scripts).append(item)  # type: ignore[arg-type]
    if not scripts and not findings:
        remedy = told("schema.none", root=root)
        findings.append(Finding(str(root), 1, "-", "schema", remedy))
    return Sources(tuple(scripts), tuple(findings))


def _files(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((root / folder).glob("*.yaml"))


def _read_file(path: Path, file: str) -> Iterator[ScriptSource | Finding]:
    try:
        document = read(path)
    except YamlError as problem:
        yield Finding(file, problem.line, "-", "yaml", told("yaml", problem=problem))
        return
    if not isinstance(document, Lined) or not isinstance(document.get("scripts"), list):
        yield Finding(file, 1, "-", "schema", told("schema.file"))
        return
    audience = document.get("audience")
    if audience not in AUDIENCES:
        message = told("schema.audience", value=repr(audience), allowed=", ".join(AUDIENCES))
        yield Finding(file, document.at("audience"), "-", "schema", message)
        return
    for entry in document["scripts"]:
        yield from _script(entry, file, audience)


def _script(entry: Any, file: str, audience: str) -> Iterator[ScriptSource | Finding]:
    if not isinstance(entry, Lined):
        yield Finding(file, 1, "-", "schema", told("schema.entry", entry=repr(entry)))
        return
    problems = list(_schema(entry, file))
    yield from problems
    if problems:
        return
    yield ScriptSource(
        file=file,
        line=entry.line,
        id=entry["id"],
        version=entry["version"],
        purpose=entry["purpose"],
        audience=audience,
        when=entry["when"],
        practice=entry.get("practice", ""),
        finance=entry.get("finance", True),
        asks=entry.get("asks"),
        offers=dict(entry.get("offers", {})),
        texts={locale: _text(entry["texts"], locale) for locale in entry["texts"]},
        lines=entry.lines,
    )


def _schema(entry: Lined, file: str) -> Iterator[Finding]:
    name = str(entry.get("id", "-"))
    for key in _REQUIRED.keys() - entry.keys():
        yield Finding(file, entry.line, name, "schema", told("schema.missing", key=key))
    for key, value in entry.items():
        kind = _REQUIRED.get(key) or _OPTIONAL.get(key)
        if kind is None:
            known = ", ".join([*_REQUIRED, *_OPTIONAL])
            text = told("schema.unknown", key=key, known=known)
            yield Finding(file, entry.at(key), name, "schema", text)
        elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            text = told("schema.type", key=key, kind=kind.__name__, value=repr(value))
            yield Finding(file, entry.at(key), name, "schema", text)
    yield from _text_schema(entry, file, name)


def _text_schema(entry: Lined, file: str, name: str) -> Iterator[Finding]:
    texts = entry.get("texts")
    if not isinstance(texts, Lined):
        return
    for locale, text in texts.items():
        if locale not in LOCALES:
            known = ", ".join(LOCALES)
            message = told("locale.unknown", locale=locale, known=known)
            yield Finding(file, texts.at(locale), f"{name}/{locale}", "locale", message)
        if not isinstance(text, str) or not text.strip():
            message = told("schema.empty")
            yield Finding(file, texts.at(locale), f"{name}/{locale}", "schema", message)


def _text(texts: Lined, locale: str) -> TextSource:
    pieces = [piece.strip() for piece in str(texts[locale]).splitlines()]
    starts, length = [], 0
    for piece in pieces[:-1]:
        length += len(piece)
        starts.append(length)
    first = texts.at(locale) + (locale in texts.blocks)
    return TextSource(locale, "".join(pieces), first, tuple(starts))
