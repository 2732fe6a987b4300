"""What is wrong with a script, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

Level = Literal["error", "notice"]
Language = Literal["zh", "en"]

_LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Message(str):
    """A finding's sentence, English as it stands; it can say the same in Chinese."""

    code: str
    values: Mapping[str, object]

    def in_language(self, language: Language) -> str:
        """The sentence; a code that is not listed stays as it was written."""
        said = messages().get(self.code)
        if said is None:
            return str(self)
        values = {name: _said(value, language) for name, value in self.values.items()}
        return said[_LANGUAGES.index(language)].format(**values)


def _said(value: object, language: Language) -> object:
    return value.in_language(language) if isinstance(value, Message) else value


def told(code: str, /, **values: object) -> Message:
    """The sentence of `findings.yaml`, its holes filled. Raises LookupError for one not listed."""
    said = messages().get(code)
    if said is None:
        raise LookupError(f"no message {code!r}; add it to findings.yaml in both languages")
    message = Message(said[_LANGUAGES.index("en")].format(**values))
    message.code, message.values = code, values
    return message


@cache
def messages() -> Mapping[str, tuple[str, str]]:
    """Code → (Chinese, English)."""
    found: dict[str, tuple[str, str]] = {}
    for room in ("bot.scripts", "bot.scripts.calls"):
        text = files(room).joinpath("findings.yaml").read_text("utf-8")
        found |= {code: (said[0], said[1]) for code, said in yaml.safe_load(text).items()}
    return found


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

    def said(self, language: Language) -> str:
        """The message in a language, as far as there are words for it."""
        message = self.message
        return message.in_language(language) if isinstance(message, Message) else message


class ScriptError(ValueError):
    """The scripts cannot be used; `findings` says why, one line each."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


class UnknownScriptError(LookupError):
    """No script has this id."""


class ScriptValueError(ValueError):
    """A script needs a value that is missing or empty for this case."""
