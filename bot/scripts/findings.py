"""What is wrong with a script, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "notice"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One problem at `file:line`. `message` ends with the remedy. Notices never block."""

    file: str
    line: int
    script: str  #: script id, with the locale behind a slash where one text is meant; "-" none
    rule: str
    message: str
    level: Level = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.script}: {self.rule}: {self.message}"


class ScriptError(ValueError):
    """The scripts cannot be used; `findings` says why, one line each."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


class UnknownScriptError(LookupError):
    """No script has this id."""


class ScriptValueError(ValueError):
    """A script needs a value that is missing or empty for this case."""
