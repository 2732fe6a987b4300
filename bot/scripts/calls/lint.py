"""Every check a call must pass before it can be placed: all its paths, all its sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.scripts.calls import graph, manners, schema
from bot.scripts.calls.sentences import (
    AUDIENCES,
    Sentence,
    pardons,
    placeholders,
    renderings,
    samples,
    sentences,
)
from bot.scripts.calls.source import (
    COMMON,
    ENTRIES,
    FOLDER,
    LANGUAGES,
    MAPS,
    PARDON,
    WORDS,
    CallSource,
    CallSources,
    StepSource,
)
from bot.scripts.calls.words import CallWords, words_of
from bot.scripts.characters import foreign, widths
from bot.scripts.findings import Finding, Message, ScriptValueError, told
from bot.scripts.lint import refused
from bot.scripts.lock import trouble
from bot.scripts.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Desk:
    """What the checks need besides a call: the rules, the words, sample values."""

    book: Rulebook
    words: CallWords


def lint_calls(sources: CallSources, book: Rulebook) -> list[Finding]:
    """All findings, in file order. Errors forbid use."""
    if not sources.calls:
        return sorted(sources.findings)
    try:
        words = words_of(sources.words)
        for language in LANGUAGES:
            words.languages[language]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = told("call.words", problem=repr(error))
        return [*sources.findings, Finding(f"{FOLDER}/{WORDS}", 1, "-", "data", message)]
    desk = Desk(book, words)
    findings = set(sources.findings)
    findings.update(_maps(sources.calls[0]))
    broken = set(_schema(sources.calls)) | findings
    if any(each.level == "error" for each in broken):
        return sorted(broken)  # the paths of such a call cannot be walked
    findings.update(_shared_sentences(sources.calls, desk))
    findings.update(_never_used(sources.calls))
    for call in sources.calls:
        findings.update(_call(call, desk))
    return sorted(findings)


def _finding(step: StepSource, key: str, name: str, rule: str, message: str) -> Finding:
    return Finding(step.file, step.line_of(key), f"{name}/{step.name}", rule, message)


def _maps(call: CallSource) -> Iterator[Finding]:
    for name in (*MAPS, *ENTRIES, PARDON):
        if name not in call.common:
            message = told("call.missing", name=name)
            yield Finding(f"{FOLDER}/{COMMON}", 1, "-", "schema", message)
            return
    for line, message in graph.unknown_in_maps(call):
        yield Finding(f"{FOLDER}/{COMMON}", line, "-", "path", message)


def _steps(calls: Sequence[CallSource]) -> Iterator[tuple[str, StepSource]]:
    """Every step once, with the name of its owner."""
    seen = set()
    for call in calls:
        for step in call.steps.values():
            place = (step.file, step.name)
            if place not in seen:
                seen.add(place)
                yield ("ivr" if step.file.endswith(COMMON) else call.id), step


def _schema(calls: Sequence[CallSource]) -> Iterator[Finding]:
    for name, step in _steps(calls):
        for key, message in schema.problems(step):
            yield _finding(step, key, name, "schema", message)


def _shared_sentences(calls: Sequence[CallSource], desk: Desk) -> Iterator[Finding]:
    for sentence in pardons(calls[0]):
        yield from _sentence(sentence, "ivr", desk)
    for name, step in _steps(calls):
        for language in LANGUAGES:
            for sentence in sentences(step, language):
                yield from _sentence(sentence, name, desk)


def _sentence(sentence: Sentence, name: str, desk: Desk) -> Iterator[Finding]:
    step, book = sentence.step, desk.book
    locale = desk.words.languages[sentence.language].locale

    def finding(rule: str, message: str) -> Finding:
        where = f"{name}/{step.name}/{sentence.language}"
        return Finding(step.file, sentence.line, where, rule, message)

    for _, message in foreign(sentence.text, locale, book.variants):
        yield finding("variant", message)
    for _, message in widths(sentence.text, locale):
        yield finding("width", message)
    for hit in book.forbidden.hits(sentence.text):
        yield finding("forbidden", refused(hit))
    for rule, text in _renders(sentence, desk):
        yield finding(rule, text)


def _renders(sentence: Sentence, desk: Desk) -> Iterator[tuple[str, Message]]:
    template = sentence.template()
    if template is None:
        yield "template", told("said.template")
        return
    known = placeholders(desk.book, desk.words)
    if strange := sorted(template.names - known.keys()):
        yield "placeholder", told("said.placeholder", names=", ".join(strange))
        return
    for name in sorted(template.names - set(template.conditions)):
        if known[name].optional:
            yield "placeholder", told("said.optional", name=name)
            return
    limit = desk.words.say_characters
    for audience in AUDIENCES:
        values = samples(desk.book, desk.words, sentence.language, audience)
        values["company"] = values["company"] or "1"
        try:
            longest = max(len(text) for text in renderings(template, values))
        except ScriptValueError as error:
            yield "placeholder", told("placeholder.unfilled", problem=error)
            return
        if longest > limit:
            who = told(audience)
            yield "length", told("said.length", count=longest, audience=who, most=limit)
            return


def _never_used(calls: Sequence[CallSource]) -> Iterator[Finding]:
    unused = set.intersection(
        *({(call.steps[n].file, n) for n in graph.unreached(call)} for call in calls)
    )
    for name, step in _steps(calls):
        if (step.file, step.name) in unused:
            yield _finding(step, "say", name, "path", told("path.unreached"))


def _call(call: CallSource, desk: Desk) -> Iterator[Finding]:
    if problem := trouble(call, desk.book.locked):
        yield Finding(call.file, call.line_of("version"), call.id, "version", problem)
    if call.version < 1:
        line = call.line_of("version")
        yield Finding(call.file, line, call.id, "version", told("call.version"))
    unknown = list(graph.unknown(call))
    yield from (_finding(step, key, call.id, rule, text) for step, key, rule, text in unknown)
    if unknown:
        return
    for name in sorted(graph.unreached(call)):
        step = call.steps[name]
        if step.file == call.file:
            yield _finding(step, "say", call.id, "path", told("path.unreached"))
    for step, key, rule, text in (*graph.dead_ends(call), *graph.silent_loops(call)):
        yield _finding(step, key, call.id, rule, text)
    for step, key, rule, text in manners.problems(call, desk.book, desk.words):
        yield _finding(step, key, call.id, rule, text)
