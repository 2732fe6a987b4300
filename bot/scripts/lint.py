"""Every check a script must pass before it can be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.domain.vocabulary import Purpose
from bot.scripts.characters import foreign, widths
from bot.scripts.checks import CHECKS, Judged
from bot.scripts.findings import Finding, Message, ScriptValueError, told
from bot.scripts.forbidden import Hit
from bot.scripts.lock import FIRST_OWN, trouble
from bot.scripts.rulebook import Rulebook, known_names
from bot.scripts.source import LOCALES, ScriptSource, Sources, TextSource
from bot.scripts.template import TemplateSyntaxError, compiled
from bot.scripts.trial import script_of, trials

CALLS = "ivr."
"""How the ids of calls begin."""

ASKS = ("promise_date", "confirm_promise", "either_or")


def lint(sources: Sources, book: Rulebook) -> list[Finding]:
    """All findings, in file order. Errors forbid use; notices ask a person to look."""
    findings = list(sources.findings)
    findings.extend(_duplicates(sources))
    for source in sources.scripts:
        findings.extend(_script(source, book))
    findings.extend(_orphans(sources, book))
    findings.extend(_unverified(book))
    return sorted(findings)


def lint_texts(source: ScriptSource, book: Rulebook) -> Iterator[Finding]:
    """What stands against the texts of one script, wherever they come from."""
    for text in source.texts.values():
        yield from _text(source, text, book)


def _script(source: ScriptSource, book: Rulebook) -> Iterator[Finding]:
    yield from _header(source)
    if problem := trouble(source, book.locked):
        yield Finding(source.file, source.line_of("version"), source.id, "version", problem)
    for locale in LOCALES:
        if locale not in source.texts:
            message = told("locale.missing", locale=locale)
            yield Finding(source.file, source.line_of("texts"), source.id, "locale", message)
    yield from lint_texts(source, book)


def _header(source: ScriptSource) -> Iterator[Finding]:
    if source.purpose not in list(Purpose):
        message = told("purpose", purpose=source.purpose, known=", ".join(Purpose))
        yield Finding(source.file, source.line_of("purpose"), source.id, "purpose", message)
    if not 1 <= source.version < FIRST_OWN:
        message = told("version.range", last=FIRST_OWN - 1)
        yield Finding(source.file, source.line_of("version"), source.id, "version", message)
    if source.asks is not None and source.asks not in ASKS:
        message = told("schema.asks", value=source.asks, known=", ".join(ASKS))
        yield Finding(source.file, source.line_of("asks"), source.id, "schema", message)


def _text(source: ScriptSource, text: TextSource, book: Rulebook) -> Iterator[Finding]:
    def finding(rule: str, offset: int, message: str) -> Finding:
        name = f"{source.id}/{text.locale}"
        return Finding(source.file, text.line_at(offset), name, rule, message)

    for offset, message in foreign(text.text, text.locale, book.variants):
        yield finding("variant", offset, message)
    for offset, message in widths(text.text, text.locale):
        yield finding("width", offset, message)
    for hit in book.forbidden.hits(text.text):
        yield finding("forbidden", hit.start, refused(hit))
    yield from (finding(*each) for each in _template(source, text, book))


def refused(hit: Hit) -> Message:
    """Forbidden words, what they would break, and what to write instead."""
    practice = hit.practice
    broken = f"{', '.join(practice.breaks)}; {practice.sources}"
    return told(
        "forbidden",
        words=hit.words,
        title=practice.title,
        broken=broken,
        remedy=practice.remedy,
    )


def _template(
    source: ScriptSource, text: TextSource, book: Rulebook
) -> Iterator[tuple[str, int, str]]:
    try:
        template = compiled(text.text)
    except TemplateSyntaxError as error:
        yield "template", 0, told("template.jinja", problem=error.message)
        return
    unknown = sorted(template.names - book.placeholders.keys())
    for name in unknown:
        offset = max(text.text.find(name), 0)
        yield "placeholder", offset, told("placeholder.unknown", name=name, known=known_names(book))
    if unknown or source.purpose not in list(Purpose):
        return
    script = script_of(source, text, book)
    try:
        judged = Judged(script, tuple(trials(script, book)), book)
    except ScriptValueError as error:
        yield "placeholder", 0, told("placeholder.unfilled", problem=error)
        return
    for rule, check in CHECKS.items():
        for offset, message in check(judged):
            yield rule, offset, message


def _duplicates(sources: Sources) -> Iterator[Finding]:
    counts = Counter(source.id for source in sources.scripts)
    for source in sources.scripts:
        if counts[source.id] > 1:
            message = told("duplicate")
            yield Finding(source.file, source.line_of("id"), source.id, "duplicate", message)


def _orphans(sources: Sources, book: Rulebook) -> Iterator[Finding]:
    known = {source.id for source in sources.scripts}
    for name in sorted(book.locked.keys() - known):
        if name.startswith(CALLS):
            continue  # calls are looked after by bot.scripts.calls
        message = told("version.orphan")
        yield Finding("versions.yaml", 1, name, "version", message, "notice")


def _unverified(book: Rulebook) -> Iterator[Finding]:
    for item in book.wording.to_verify:
        if not item.get("verified_on"):
            message = told("unverified", locale=item["locale"], key=item["key"], note=item["note"])
            yield Finding("wording.yaml", 1, "-", "unverified", message, "notice")
