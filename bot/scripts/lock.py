"""versions.yaml: the hash each version had when it was approved.

An attempt stores script id and version, so one version must always mean the same words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.scripts.findings import Finding, Message, told
from bot.scripts.yaml_lines import read

NAME = "versions.yaml"

#: Versions of files end before; from here on they number what portfolios word for themselves.
FIRST_OWN = 1001

_HEADER = "# 由 `yuehuan scripts lock` 写入，请勿手改：每个话术当前版本与其文字的指纹。\n"


@dataclass(frozen=True, slots=True)
class Locked:
    """What was approved last."""

    version: int
    digest: str


class Versioned(Protocol):
    """A message or a call, as far as its version is concerned."""

    @property
    def file(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...

    def line_of(self, key: str) -> int:
        """The line of one of its keys."""
        ...

    def fingerprint(self) -> str:
        """Everything that changes what is read, heard or meant, as one text."""
        ...


def digest(source: Versioned) -> str:
    """The fingerprint, shortened."""
    return hashlib.sha256(source.fingerprint().encode()).hexdigest()[:16]


def load_lock(path: Path) -> dict[str, Locked]:
    """The lock by script id; empty when the file does not exist yet."""
    if not path.exists():
        return {}
    entries = read(path) or {}
    return {name: Locked(entry["version"], str(entry["digest"])) for name, entry in entries.items()}


def trouble(source: Versioned, locked: Mapping[str, Locked]) -> Message | None:
    """What is wrong between a script and the lock, with its remedy."""
    entry = locked.get(source.id)
    if entry is None:
        return told("version.new")
    if source.version < entry.version:
        return told("version.back", version=source.version, locked=entry.version)
    changed = digest(source) != entry.digest
    if changed and source.version == entry.version:
        return told("version.same", next=source.version + 1)
    if source.version != entry.version:
        return told("version.unlocked")
    return None


def written(sources: Iterable[Versioned]) -> str:
    """The lock file's new content."""
    lines = [
        f'{source.id}: {{version: {source.version}, digest: "{digest(source)}"}}\n'
        for _, source in sorted({each.id: each for each in sources}.items())
    ]
    return _HEADER + "".join(lines)


def trouble_to_lock(
    sources: Iterable[Versioned], locked: Mapping[str, Locked]
) -> Iterator[Finding]:
    """Why the lock must not be written: a text changed under an approved version."""
    for source in sources:
        entry = locked.get(source.id)
        stale = entry is not None and (
            source.version < entry.version
            or (source.version == entry.version and digest(source) != entry.digest)
        )
        if stale and (problem := trouble(source, locked)):
            line = source.line_of("version")
            yield Finding(source.file, line, source.id, "version", problem)
