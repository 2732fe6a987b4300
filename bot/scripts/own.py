"""A portfolio's own wording of a script: other texts under the same head, judged by the same lint.

Purpose, audience, keys and what the reply answers stay the product's; only the words differ. Own
versions are numbered from `FIRST_OWN` on, so that script and version always name the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from bot.scripts.findings import Finding, Message, UnknownScriptError, told
from bot.scripts.lint import lint_texts
from bot.scripts.lock import FIRST_OWN
from bot.scripts.rulebook import Rulebook, load_rulebook
from bot.scripts.script import Script
from bot.scripts.source import ScriptSource, TextSource, read_sources
from bot.scripts.template import TemplateSyntaxError, compiled
from bot.scripts.trial import script_of

#: Characters of a template: three times what two segments hold, since its tags are not sent.
LONGEST = 600

#: Each doubles the ways a text can turn out; the product's own texts use three at most.
MOST_CONDITIONS = 5

_SENTENCE_END = re.compile("[。！？!?]")


@dataclass(frozen=True, slots=True)
class OwnText:
    """One script as one portfolio words it. `texts` by locale."""

    script: str
    version: int
    texts: Mapping[str, str]


def cleaned(text: str) -> str:
    """Lines joined without anything between them, as in the files; nothing invisible."""
    return "".join(_seen(line).strip() for line in text.splitlines())


def _seen(line: str) -> str:
    return "".join(char for char in line if char.isprintable())


def sentences(text: str) -> list[str]:
    """What findings number from 1."""
    starts = [0, *_starts(text), len(text)]
    return [text[start:end] for start, end in pairwise(starts)]


def _starts(text: str) -> tuple[int, ...]:
    """Where each further sentence begins."""
    return tuple(m.end() for m in _SENTENCE_END.finditer(text) if m.end() < len(text))


def reworded(source: ScriptSource, own: OwnText) -> ScriptSource:
    """The script with other words; lines of its findings are numbers of sentences."""
    texts = {
        locale: TextSource(locale, text, 1, _starts(text)) for locale, text in own.texts.items()
    }
    return replace(source, version=own.version, texts=texts, lines={}, line=1)


class OwnWords:
    """What own wording is held against: the product's scripts and its rules, read when needed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def book(self) -> Rulebook:
        """The rules."""
        return load_rulebook(self._root)

    @cached_property
    def _sources(self) -> Mapping[str, ScriptSource]:
        return {source.id: source for source in read_sources(self._root).scripts}

    @property
    def ids(self) -> Sequence[str]:
        """Every script that can be worded anew."""
        return tuple(self._sources)

    def source(self, script_id: str) -> ScriptSource:
        """The product's script. Raises UnknownScriptError."""
        found = self._sources.get(script_id)
        if found is None:
            raise UnknownScriptError(f"no script {script_id!r}; calls cannot be worded here")
        return found

    def shipped(self, script_id: str) -> dict[str, str]:
        """The product's texts by locale. Raises UnknownScriptError."""
        return {locale: text.text for locale, text in self.source(script_id).texts.items()}

    def findings(self, own: OwnText) -> list[Finding]:
        """Everything against the wording; errors forbid its use. Raises UnknownScriptError."""
        source = reworded(self.source(own.script), own)
        faults = [fault for text in source.texts.values() for fault in _unfit(source, text)]
        unfit = {fault.script for fault in faults}
        rest = {name: t for name, t in source.texts.items() if f"{source.id}/{name}" not in unfit}
        missing = self.shipped(own.script).keys() - own.texts.keys()
        faults += [_no_text(source, locale) for locale in sorted(missing)]
        return sorted([*faults, *lint_texts(replace(source, texts=rest), self.book)])

    def errors(self, own: OwnText) -> list[Finding]:
        """Why the wording must not be used. Raises UnknownScriptError."""
        return [each for each in self.findings(own) if each.level == "error"]

    def built(self, own: OwnText) -> Iterator[Script]:
        """The scripts, one per locale; only of wording without errors."""
        source = reworded(self.source(own.script), own)
        return (script_of(source, text, self.book) for text in source.texts.values())


def _no_text(source: ScriptSource, locale: str) -> Finding:
    """Debtors of that locale read the product's text."""
    message = told("locale.missing", locale=locale)
    return Finding(source.file, 1, f"{source.id}/{locale}", "locale", message, "notice")


def _unfit(source: ScriptSource, text: TextSource) -> Iterator[Finding]:
    """What must not even be tried out: whoever writes here is no programmer of ours."""

    def finding(rule: str, message: Message) -> Finding:
        return Finding(source.file, 1, f"{source.id}/{text.locale}", rule, message)

    if not text.text:
        yield finding("schema", told("schema.empty"))
        return
    if len(text.text) > LONGEST:
        yield finding("length", told("template.long", count=len(text.text), most=LONGEST))
        return
    try:
        template = compiled(text.text)
    except TemplateSyntaxError:
        return  # lint says so
    if not template.simple:
        yield finding("template", told("template.simple"))
    elif len(template.conditions) > MOST_CONDITIONS:
        count = len(template.conditions)
        yield finding("template", told("template.conditions", count=count, most=MOST_CONDITIONS))


__all__ = ["FIRST_OWN", "LONGEST", "OwnText", "OwnWords", "cleaned", "reworded", "sentences"]
