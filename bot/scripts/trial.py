"""A text tried on sample values, in every way it can turn out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.vocabulary import Purpose
from bot.scripts.findings import Message, ScriptValueError, told
from bot.scripts.placeholders import samples
from bot.scripts.render import Rendered, render
from bot.scripts.rulebook import Rulebook
from bot.scripts.script import Script
from bot.scripts.source import ScriptSource, TextSource
from bot.scripts.template import compiled
from bot.scripts.values import OPT_OUT_NOTICE


@dataclass(frozen=True, slots=True)
class Trial:
    """One rendering. `absent` are the conditional placeholders left empty."""

    audience: str
    absent: frozenset[str]
    rendered: Rendered
    values: dict[str, str]

    @property
    def case(self) -> Message:
        """Which rendering it is, for a message."""
        case = told(self.audience)
        if not self.absent:
            return told("alone", case=case)
        return told("alone.without", case=case, names=", ".join(sorted(self.absent)))


def script_of(source: ScriptSource, text: TextSource, book: Rulebook) -> Script:
    """The script as the library would build it. Raises TemplateSyntaxError, ValueError."""
    return Script(
        id=source.id,
        version=source.version,
        locale=text.locale,
        purpose=Purpose(source.purpose),
        template=compiled(text.text),
        opt_out=book.wording.of(text.locale).opt_out,
        finance=source.finance,
        asks=source.asks,
        offers=source.offers,
        audience=source.audience,
        when=source.when,
        practice=source.practice,
    )


def trials(script: Script, book: Rulebook, *, notice: bool = True) -> Iterator[Trial]:
    """Every audience with every combination of absent values.

    `notice` adds what a portfolio that must always tell how to stop would add: the longest form.
    Raises ScriptValueError.
    """
    added = book.wording.of(script.locale).opt_out_notice if notice else ""
    audiences = ("person", "company") if script.audience == "any" else (script.audience,)
    for audience in audiences:
        full = samples(book.placeholders, book.wording, script.locale, audience)
        for absent in script.template.cases():
            values = {name: "" if name in absent else value for name, value in full.items()}
            values[OPT_OUT_NOTICE] = added
            if not (absent and _impossible(values, script)):
                yield Trial(audience, absent, render(script, values), values)


def _impossible(values: dict[str, str], script: Script) -> bool:
    """Nothing to test: no case lacks both a link and an account when the text wants either."""
    names = script.template.names
    return "payee_account" in script.template.conditions and not (
        values.get("link") or values.get("payee_account") or "link" not in names
    )


__all__ = ["ScriptValueError", "Trial", "script_of", "trials"]
