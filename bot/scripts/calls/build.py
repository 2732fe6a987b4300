"""From a call's source to the script the engine runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.call.script import (
    AskKind,
    CallScript,
    Handing,
    Phrase,
    Question,
    Recorded,
    Step,
    Turning,
    Way,
)
from bot.domain.call.values import CallKind, CallLanguage, OutcomeKind
from bot.scripts.calls.source import START, CallSource, StepSource
from bot.scripts.calls.words import CallWords, LanguageWords
from bot.scripts.placeholders import Placeholder
from bot.scripts.template import compiled

_TIMEOUT, _TRIES = 6, 2


def script_of(
    source: CallSource,
    language: CallLanguage,
    words: CallWords,
    placeholders: Mapping[str, Placeholder],
) -> CallScript:
    """The call in one language. The source must have passed lint."""
    spoken = words.languages[language]
    known = {**placeholders, **words.placeholders}
    common = source.common
    pardon = phrase(common["pardon"], language)
    assert pardon is not None
    return CallScript(
        id=source.id,
        version=source.version,
        kind=CallKind(source.kind),
        language=language,
        steps={name: _step(step, spoken) for name, step in source.steps.items()},
        start=START,
        before=ways(common["before"]),
        after=ways(common["after"]),
        objections=ways(common["objections"]),
        pardon=pardon,
        machine=common["machine"],
        self_harm=common["self_harm"],
        too_long=common["too_long"],
        settled=common["settled"],
        voice=spoken.voice,
        words=spoken.words,
        private=frozenset(name for name, each in known.items() if each.debt),
    )


def _step(source: StepSource, spoken: LanguageWords) -> Step:
    entry = source.entry
    return Step(
        id=source.name,
        say=phrase(entry.get("say"), spoken.language),
        again=phrase(entry.get("again"), spoken.language),
        notice=entry.get("notice", False),
        do=tuple(OutcomeKind(each) for each in listed(entry.get("do"))),
        pending=OutcomeKind(entry["pending"]) if "pending" in entry else None,
        forget=tuple(entry.get("forget", ())),
        ask=_question(entry, spoken) if "ask" in entry else None,
        record=_record(entry["record"]) if "record" in entry else None,
        hand=_hand(entry, spoken.language) if "hand" in entry else None,
        then=turnings(entry.get("then")),
        end=entry.get("end", False),
    )


def phrase(texts: Mapping[str, str] | None, language: str) -> Phrase | None:
    """One language's sentence, compiled. Raises TemplateSyntaxError."""
    if texts is None:
        return None
    return compiled(text_of(texts[language]))


def text_of(text: str) -> str:
    """A sentence as written, lines joined without anything between them."""
    return "".join(line.strip() for line in text.splitlines())


def _question(entry: Mapping[str, Any], spoken: LanguageWords) -> Question:
    kind = AskKind(entry["ask"])
    return Question(
        kind=kind,
        keys=ways(entry.get("keys", {})),
        hear=ways(entry.get("hear", {})),
        silence=entry["silence"],
        unclear=entry["unclear"],
        wrong=entry.get("wrong"),
        done=entry.get("done"),
        digits=entry.get("digits", 1),
        finish=entry.get("finish", ""),
        timeout=entry.get("timeout", _TIMEOUT),
        tries=entry.get("tries", _TRIES),
        hints=spoken.hints.get(kind.value, ()),
    )


def _record(entry: Mapping[str, Any]) -> Recorded:
    return Recorded(done=entry["done"], max_seconds=entry["max_seconds"])


def _hand(entry: Mapping[str, Any], language: str) -> Handing:
    whisper = phrase(entry["whisper"], language)
    assert whisper is not None
    return Handing(entry["hand"]["reason"], whisper, entry["hand"]["failed"])


def ways(entries: Mapping[str, Any]) -> dict[str, Way]:
    """`key: step` or `key: {go: step, set: {slot: value}}`."""
    return {str(name): _way(entry) for name, entry in entries.items()}


def _way(entry: Any) -> Way:
    return Way(entry) if isinstance(entry, str) else Way(entry["go"], dict(entry.get("set", {})))


def turnings(entry: Any) -> tuple[Turning, ...]:
    """`step`, or a list of `{when: condition, go: step}` that ends with a plain step."""
    return tuple(
        Turning(each) if isinstance(each, str) else Turning(each["go"], each["when"])
        for each in listed(entry)
    )


def listed(entry: Any) -> Iterable[Any]:
    """Nothing, one thing or a list of them, as a list."""
    if entry is None:
        return ()
    return entry if isinstance(entry, list) else (entry,)
