"""Sentences of calls that belong to no script: `scripts_zh/phrases/call.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from bot.domain.call.values import CallKind, CallLanguage, Say
from bot.scripts.calls.library import CallLibrary
from bot.scripts.yaml_lines import read

#: Every phrase the product asks for, with its placeholders.
PHRASES: Mapping[str, frozenset[str]] = {
    "apology": frozenset(),
    "settled": frozenset(),
    "over": frozenset(),
    "stranger": frozenset(),
    "position": frozenset({"position"}),
    "transfer_key": frozenset(),
    "desk_connect": frozenset({"asked_for", "creditor"}),
    "desk_no_key": frozenset(),
    "desk_not_now": frozenset(),
    "desk_on_the_line": frozenset(),
    "desk_busy": frozenset(),
    "desk_no_answer": frozenset(),
    "desk_failed": frozenset(),
}

_LANGUAGES: tuple[CallLanguage, ...] = ("zh-CN", "zh-TW", "yue-HK")


class PhraseError(ValueError):
    """The file lacks a phrase; names phrase and language."""


@dataclass(frozen=True)
class Phrases:
    """Phrases by name and language; `voice` says how a language is spoken."""

    texts: Mapping[str, Mapping[str, str]]
    calls: CallLibrary  #: says how a language is spoken

    def say(self, name: str, language: CallLanguage, **values: str) -> Say:
        """The phrase, ready to be spoken."""
        return self.spoken(self.texts[name][language].format(**values), language)

    def spoken(self, text: str, language: CallLanguage) -> Say:
        """Any words in that language's voice."""
        voice = self.calls.pick(CallKind.INBOUND, language).voice
        return Say(text, voice.language, voice.voice, voice.rate)


def load_phrases(path: Path, calls: CallLibrary) -> Phrases:
    """Reads and checks the file. Raises PhraseError, YamlError."""
    data = read(path)
    for name, fields in PHRASES.items():
        for language in _LANGUAGES:
            text = data.get(name, {}).get(language)
            if not text:
                raise PhraseError(f"{path.name}: {name}: {language} is missing; write it")
            found = {each for _, each, _, _ in Formatter().parse(text) if each}
            if found != fields:
                raise PhraseError(
                    f"{path.name}: {name}: {language} has the placeholders {sorted(found)}, "
                    f"not {sorted(fields)}"
                )
    return Phrases({name: dict(data[name]) for name in PHRASES}, calls)
