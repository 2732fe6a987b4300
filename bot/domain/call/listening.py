"""From what was heard to the way it leads, for one question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.domain.call import entry
from bot.domain.call.noting import note, note_share
from bot.domain.call.running import Run
from bot.domain.call.script import AskKind, Question, Way
from bot.domain.call.values import Heard, HeardKind, Level
from bot.domain.money import exponent
from bot.domain.understanding import Context, Intent, Understanding

#: Below this a reading is asked about, not acted on (as for replies, product choice).
UNSURE = 0.5
#: A wrong number is believed at once from here on; below, we ask (the number would be lost).
SURE_STRANGER = 0.8
#: Below this, a reading that no word states is a guess, and the question is asked again
#: (product choice: the recogniser's noise looks like a refusal to a reader of letters).
GUESSED = 0.7
#: Recognised with less than this, words are noise. 0.0 is what the carrier says when it does not say.
NOISE = 0.25

_HARM_FIRST = (Intent.deceased, Intent.complaint, Intent.dispute)
_MACHINES = frozenset({"voicemail", "carrier_announcement"})
_FLAGGED = ("minor", "attorney", "imprisoned")
_ASKED: Mapping[AskKind, str] = {
    AskKind.IDENTITY: "identity",
    AskKind.DATE: "promise_date",
    AskKind.SHARE: "promise_date",
    AskKind.SUM: "promise_date",
    AskKind.CONFIRM: "confirm_promise",
}


#: A will to pay without the day or sum asked for is no answer to these.
_PROMISING = frozenset({AskKind.DATE, AskKind.SHARE, AskKind.SUM, AskKind.CONFIRM})


_EDGES = "，。！？,.!? "


@dataclass(frozen=True, slots=True)
class Heading:
    """Where to go; nowhere when nothing was understood, or nothing `heard` at all."""

    way: Way | None = None
    heard: bool = True
    reading: Understanding | None = None


_AGAIN = Heading()


def listen(run: Run, question: Question, heard: Heard) -> Heading:
    """What one input to `question` leads to. Marks the session as spoken to, fills its slots."""
    if heard.kind not in (HeardKind.DIGITS, HeardKind.SPEECH):
        return Heading(heard=False)
    if heard.kind is HeardKind.DIGITS:
        _somebody(run)
        return _keys(run, question, heard.text)
    return _speech(run, question, heard)


def _somebody(run: Run) -> None:
    if not run.session.heard_any:
        run.session = replace(run.session, heard_any=True)


def _keys(run: Run, question: Question, keys: str) -> Heading:
    if question.finish:
        keys = keys.removesuffix(question.finish)
    if keys in question.keys:
        return Heading(question.keys[keys])
    collect = _KEYED.get(question.kind)
    return collect(run, question, keys) if collect else _AGAIN


def _fact(run: Run, question: Question, keys: str) -> Heading:
    """Right, wrong, or not four characters at all: only a real try counts as one."""
    given = entry.fact_of(keys)[-4:]
    if len(given) < 4:
        return _AGAIN
    if run.context.identity and given in run.context.identity[0].accepts:
        return _done(question)
    run.session = replace(run.session, failures=run.session.failures + 1)
    return _wrong(question)


def _reference(run: Run, question: Question, keys: str) -> Heading:
    if run.context.known:
        return _done(question)
    run.session = replace(run.session, failures=run.session.failures + 1)
    return _wrong(question)


def _date(run: Run, question: Question, keys: str) -> Heading:
    day = entry.day_of(keys, run.context.today)
    if day is None:
        return _wrong(question)
    run.slots["date"] = day.isoformat()
    return _done(question)


def _sum(run: Run, question: Question, keys: str) -> Heading:
    minor = entry.minor_of(keys, exponent(run.context.currency))
    if minor is None:
        return _wrong(question)
    run.slots["amount"] = minor
    return _done(question)


_KEYED: Mapping[AskKind, Callable[[Run, Question, str], Heading]] = {
    AskKind.FACT: _fact,
    AskKind.REFERENCE: _reference,
    AskKind.DATE: _date,
    AskKind.SUM: _sum,
}


def _done(question: Question) -> Heading:
    assert question.done is not None
    return Heading(Way(question.done))


def _wrong(question: Question) -> Heading:
    assert question.wrong is not None
    return Heading(Way(question.wrong))


def _speech(run: Run, question: Question, heard: Heard) -> Heading:
    words, text = run.script.words, heard.text
    reading = run.context.understand(text, _context(run, question))
    if "self_harm" in reading.flags:
        _somebody(run)
        return Heading(Way(run.script.self_harm), reading=reading)
    if reading.flags & _MACHINES and run.session.level is not Level.FACT:
        run.slots["machine"] = next(iter(sorted(reading.flags & _MACHINES)))
        return Heading(Way(run.script.machine), reading=reading)
    _somebody(run)
    if pressed := _said_key(text, words.digits, words.keying, question):
        return replace(_keys(run, question, pressed), reading=reading)
    if len(text) <= _SHORT and any(each in text for each in words.repeat):
        return replace(_by_name("repeat", run, question) or _AGAIN, reading=reading)
    return replace(_meaning(run, question, heard, reading), reading=reading)


#: A request to repeat is short; a longer sentence that holds the words says something else too.
_SHORT = 12


def _said_key(text: str, digits: Mapping[str, str], keying: str, question: Question) -> str | None:
    """“一”, “按1”: a key said aloud; “尾号幺二三四” where digits are asked for."""
    spoken = entry.spoken_digits(text, digits)
    if not spoken:
        return None
    if question.kind in (AskKind.FACT, AskKind.REFERENCE) and len(spoken) >= 4:
        return spoken
    bare = all(char.lower() in digits or char in keying for char in text.strip())
    return spoken if bare and spoken in question.keys else None


def _context(run: Run, question: Question) -> Context:
    context = run.context
    pending = None
    if question.kind is AskKind.CONFIRM and run.session.pending is not None:
        day, amount = run.session.pending.date, run.session.pending.amount_minor
        pending = (day, amount) if day and amount is not None else None
    return Context(
        now=context.now,
        zone=context.zone,
        channel="ivr_speech",
        asked=_ASKED.get(question.kind),
        pending_promise=pending,
        owed_minor=context.due_minor,
        currency=context.currency,
        payday=context.payday,
        workday=context.workday,
    )


def _meaning(run: Run, question: Question, heard: Heard, reading: Understanding) -> Heading:
    """Harm first; then what was asked for; then what intents lead to."""
    if (bare := _yes_or_no(run, question, heard.text, reading)) is not None:
        return bare
    noise = 0.0 < heard.confidence < NOISE
    if harmful := _harm(run, question, reading, noise=noise):
        return harmful
    if noise:
        return _AGAIN
    if question.kind is not AskKind.CONFIRM or "correct" in reading.flags:
        note(run, reading)
    if question.kind is AskKind.SHARE:
        note_share(run, heard.text)
    answered = _answered(run, question, reading)
    if answered is not None:
        return answered
    if _doubtful(reading):
        return _AGAIN
    return _first(_names(run, reading), run, question) or _AGAIN


def _doubtful(reading: Understanding) -> bool:
    return reading.confidence < (UNSURE if reading.evidence else GUESSED)


def _first(names: Iterable[str], run: Run, question: Question) -> Heading | None:
    return next((found for name in names if (found := _by_name(name, run, question))), None)


def _yes_or_no(run: Run, question: Question, text: str, reading: Understanding) -> Heading | None:
    """Words that are a yes or a no to this very question."""
    words, said = run.script.words, text.strip(_EDGES)
    agreed = question.kind is AskKind.CONFIRM and said in words.agree
    here = question.kind is AskKind.IDENTITY and said.startswith(words.yes)
    if agreed or (here and "third_party" not in reading.flags):
        return _by_name("yes", run, question)
    if question.kind is AskKind.CHOICE and "no" in question.hear and _declines(run, said):
        return _by_name("no", run, question)
    return None


def _declines(run: Run, said: str) -> bool:
    """“没有了，谢谢”, where nothing else was offered than to go on; 没有钱 is something else."""
    words = run.script.words
    return any(
        said.startswith(each) and not said[len(each) :].strip(words.courtesy)
        for each in words.nothing
    )


def _harm(run: Run, question: Question, reading: Understanding, *, noise: bool) -> Heading | None:
    """Whatever ends or limits contact is heard wherever it stands in the sentence.

    A stop that words state is believed in any noise and doubt; the rest is asked again.
    """
    stop = Intent.opt_out in reading.intents
    if stop and (reading.evidence or reading.confidence >= UNSURE):
        return _by_name(Intent.opt_out.value, run, question)
    if noise or _doubtful(reading):
        return None
    for flag in _FLAGGED:
        if flag in reading.flags and (found := _by_name(flag, run, question)):
            return found
    for intent in _HARM_FIRST:
        if intent in reading.intents:
            if intent is Intent.dispute and reading.dispute_kind:
                run.slots["dispute_kind"] = reading.dispute_kind
            names = [intent.value]
            if reading.dispute_kind and intent is Intent.dispute:
                names.insert(0, f"dispute.{reading.dispute_kind}")
            if found := _first(names, run, question):
                return found
    return None


def _answered(run: Run, question: Question, reading: Understanding) -> Heading | None:
    """The question's own answer, if this is one."""
    if question.kind is AskKind.IDENTITY:
        return _who(run, question, reading)
    if question.kind is AskKind.CONFIRM and reading.flags & {"confirm", "correct"}:
        return _confirmed(run, question, reading)
    if question.kind is AskKind.CALL_TIME and "call_start" in run.slots:
        return _done(question)
    if question.kind in (AskKind.SHARE, AskKind.SUM) and "amount" in run.slots:
        return _done(question)
    if question.kind is AskKind.DATE and reading.promise_date is not None:
        return _done(question)
    vague = question.kind in _PROMISING and reading.primary is Intent.promise_to_pay
    return _AGAIN if vague else None


def _who(run: Run, question: Question, reading: Understanding) -> Heading | None:
    if "third_party" in reading.flags:
        return _by_name("third_party", run, question)
    if reading.primary is Intent.wrong_person:
        bare = any(span.label == "answer" for span in reading.evidence)
        sure = reading.confidence >= SURE_STRANGER and not bare
        return _by_name("wrong_person" if sure else "no", run, question)
    if reading.primary is Intent.greeting_ack and "confirm" in reading.flags:
        return _by_name("yes", run, question)
    return None


def _confirmed(run: Run, question: Question, reading: Understanding) -> Heading | None:
    if "confirm" in reading.flags:
        return _by_name("yes", run, question)
    changed = reading.promise_date is not None or reading.promise_amount_minor is not None
    if changed and question.done is not None:
        return _done(question)
    return _by_name("no", run, question)


def _names(run: Run, reading: Understanding) -> Iterator[str]:
    """How an utterance may be looked up, the most telling first."""
    stranger = reading.primary is Intent.wrong_person or run.session.level is not Level.FACT
    if "third_party" in reading.flags and stranger:
        yield "third_party"
    for intent in reading.intents:
        if intent is Intent.question and reading.question_kind:
            yield f"question.{reading.question_kind}"
        yield intent.value


def _by_name(name: str, run: Run, question: Question) -> Heading | None:
    script, verified = run.script, run.session.level is Level.FACT
    if way := question.hear.get(name):
        return Heading(way)
    if verified and name == Intent.promise_to_pay and "date" not in run.slots:
        objection = script.objections.get(str(run.slots.get("reason", "")))
        if objection is not None:
            return Heading(objection)
    way = (script.after if verified else script.before).get(name)
    return Heading(way) if way else None
