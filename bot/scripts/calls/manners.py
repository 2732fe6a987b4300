"""What a call owes whoever picks up: who calls, the notices, silence about the debt until it is
the debtor, the facts twice, nothing on a machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.scripts.calls import graph
from bot.scripts.calls.opening import openings, said_by
from bot.scripts.calls.sentences import (
    AUDIENCES,
    placeholders,
    samples,
    sentences,
    spoken_length,
)
from bot.scripts.calls.source import LANGUAGES, START, CallSource, StepSource
from bot.scripts.calls.words import CallWords
from bot.scripts.checks import DEBT_WORDS
from bot.scripts.findings import told
from bot.scripts.rulebook import Rulebook

Trouble = graph.Trouble

_SPOKEN = ("say", "again")
#: What must be said → how findings tell why.
_NOTICES = {"ai_notice": "said.notice.ai", "record_notice": "said.notice.record"}
_COLLECTOR = "collector_notice"
_ON_A_MACHINE = frozenset({"creditor", "contact_name", "asked_for", "phone"})
#: What findings call a fact → what says it.
_FACTS = {
    "said.twice.amount": ("amount_due", "promise_amount"),
    "said.twice.date": ("due_date", "due_phrase", "promise_date"),
}


def problems(call: CallSource, book: Rulebook, words: CallWords) -> Iterator[Trouble]:
    """All of it, for every language."""
    yield from _tells_too_early(call, book, words)
    yield from _on_a_machine(call)
    for language in LANGUAGES:
        yield from _opening(call, book, words, language)
        yield from _facts(call, book, words, language)


def _tells_too_early(call: CallSource, book: Rulebook, words: CallWords) -> Iterator[Trouble]:
    """Nothing of a debt may be said where the debtor need not be known yet."""
    known = placeholders(book, words)
    for name in sorted(graph.unverified(call)):
        step = call.steps[name]
        for language in LANGUAGES:
            for sentence in sentences(step, language, _SPOKEN):
                template = sentence.template()
                for each in sorted(template.names if template else ()):
                    if each in known and known[each].debt:
                        place = "{{" + each + "}}"
                        text = told("said.early_value", place=place, language=language)
                        yield step, sentence.key, "disclosure", text
                if match := DEBT_WORDS.search(sentence.text):
                    text = told("said.early_word", word=match.group(), language=language)
                    yield step, sentence.key, "disclosure", text


def _on_a_machine(call: CallSource) -> Iterator[Trouble]:
    """A machine's owner may be anybody: a name and a number at most."""
    for name in sorted(graph.reach(call, [call.common["machine"]])):
        step = call.steps[name]
        if "ask" in step.entry or "hand" in step.entry:
            yield step, "ask", "machine", told("said.machine_ask")
        for language in LANGUAGES:
            for sentence in sentences(step, language, _SPOKEN):
                template = sentence.template()
                left = sorted((template.names if template else frozenset()) - _ON_A_MACHINE)
                if left:
                    names = ", ".join(sorted(_ON_A_MACHINE))
                    text = told("said.machine", told=", ".join(left), names=names)
                    yield step, sentence.key, "machine", text


def _opening(
    call: CallSource, book: Rulebook, words: CallWords, language: str
) -> Iterator[Trouble]:
    values = samples(book, words, language, "person")
    for chain in graph.chains(call, START):
        yield from _names_itself(call, chain, language, values)
        yield from _takes_notice(chain, language, values)
    too_long = set[str]()
    for audience in AUDIENCES:
        values = samples(book, words, language, audience)
        for chain, seconds in openings(call, words, language, values):
            if seconds > words.opening_seconds and chain[-1].name not in too_long:
                too_long.add(chain[-1].name)
                text = told(
                    "said.opening",
                    seconds=f"{seconds:.1f}",
                    audience=told(audience),
                    language=language,
                    most=words.opening_seconds,
                    step=chain[-1].name,
                )
                yield call.steps[START], "say", "opening", text


def _names_itself(
    call: CallSource, chain: tuple[StepSource, ...], language: str, values: Mapping[str, str]
) -> Iterator[Trouble]:
    said = said_by(chain[:1], language, values)
    needed = ["creditor"] if call.kind == "inbound" else ["creditor", "phone"]
    for name in needed:
        if values[name] not in said:
            text = told("said.names", place="{{" + name + "}}", language=language)
            yield chain[0], "say", "opening", text


def _takes_notice(
    chain: tuple[StepSource, ...], language: str, values: Mapping[str, str]
) -> Iterator[Trouble]:
    """The notices are in the first words, where they cannot be interrupted."""
    uninterrupted = tuple(step for step in chain if step.entry.get("notice"))
    for name, why in _NOTICES.items():
        with_it, without = (
            said_by(uninterrupted, language, each) for each in (values, {**values, name: ""})
        )
        if spoken_length(with_it) <= spoken_length(without):
            text = told("said.notice", name=name, language=language, why=told(why))
            yield chain[0], "say", "notice", text


def _facts(call: CallSource, book: Rulebook, words: CallWords, language: str) -> Iterator[Trouble]:
    """From the moment the debtor is known to the first question: the sum and the day, twice."""
    if "facts" not in call.steps:
        proof = next(step for step in call.steps.values() if graph.proves(step))
        yield proof, "then", "facts", told("said.no_facts")
        return
    values = samples(book, words, language, "person")
    for chain in graph.chains(call, "facts"):
        said = said_by(chain, language, values)
        for what, names in _FACTS.items():
            if _times(said, [values[name] for name in names]) < 2:
                choice = " or ".join("{{" + name + "}}" for name in names)
                text = told("said.twice", what=told(what), language=language, choice=choice)
                yield chain[0], "say", "facts", text
        silent = said_by(chain, language, {**values, _COLLECTOR: ""})
        if spoken_length(said) <= spoken_length(silent):
            text = told("said.collector", name=_COLLECTOR, language=language)
            yield chain[0], "say", "notice", text


def _times(said: str, values: list[str]) -> int:
    """How often any of the values is said; a value within another counts once."""
    count = 0
    for value in sorted(set(values), key=len, reverse=True):
        count += said.count(value)
        said = said.replace(value, "")
    return count
