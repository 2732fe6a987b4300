"""understand(): normalise, find days and sums, settle the intents, put them together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.understanding.callbacks import aware, read_avoid, read_callback
from bot.domain.understanding.choice import Choice, choose
from bot.domain.understanding.decision import Decision, decide
from bot.domain.understanding.inference import DATE_ASKED, left_to_pay
from bot.domain.understanding.lexicon import Lexicon
from bot.domain.understanding.pieces import Facts
from bot.domain.understanding.promises import Promise, read_promise
from bot.domain.understanding.reading import Reading, read
from bot.domain.understanding.short import read_short
from bot.domain.understanding.signs import dispute_signs, spans
from bot.domain.understanding.values import Context, DisputeKind, Intent, Span, Understanding, When

SURE_PROMISE, SURE_WORDS = 0.7, 0.3
"""Below this chance of a promise no day and no sum of it is read, unless one was asked for: the bot
asks. The second where a day stands with a paying verb and the grammar read nothing but a promise."""
_STATED = 0.8
BESIDE_ANOTHER, SURE_UNBOUND = 0.8, 0.85
"""The chance from which on a day or a sum is read beside another primary intent, and a day that no word
of its own clause binds, which none does beside another."""
LEFT_TO_PAY = 0.6
"""The chance from which on the day of what is left is read beside a part that was paid."""
_LIKELY_KIND = 0.4
_NO_PROMISE_OF_OWN = frozenset({"wrong_person", "deceased", "refuse", "question"})
"""A promise beside one of these is another's or no firm word: no day of it is read."""
_INTENTS = {intent.value: intent for intent in Intent}
LONGEST = 4000
"""Characters read; what a carrier delivers is far shorter, the rest of a longer text is ignored."""


def understand(text: str, context: Context, lexicon: Lexicon) -> Understanding:
    """Read one reply. Pure: the same text, context and lexicon give the same reading.

    Never raises for any text; an empty or unreadable one is `other` with low confidence."""
    plain = lexicon.normalise(text[:LONGEST])
    if (short := read_short(plain, context, lexicon)) is not None:
        return short
    now = context.now.astimezone(context.zone).replace(tzinfo=None)
    reading = read(plain, _facts(now, context), lexicon)
    return _confirming(_assemble(reading, context, now, lexicon), context)


def _confirming(read: Understanding, context: Context) -> Understanding:
    """After a read-back a date or a sum alone changes that promise; what is not said stays."""
    if context.asked != "confirm_promise" or context.pending_promise is None:
        return read
    day, minor = context.pending_promise
    new_day, new_minor = read.promise_date or day, read.promise_amount_minor
    if read.primary is not Intent.promise_to_pay or (
        read.promise_date is None and new_minor is None
    ):
        return read
    if new_minor is None and read.promise_portion is None and read.promise_fraction is None:
        new_minor = minor
    flag = "confirm" if (new_day, new_minor) == (day, minor) else "correct"
    return replace(
        read,
        promise_date=new_day,
        promise_amount_minor=new_minor,
        flags=read.flags | {flag},
        asks_date=False,
    )


def _facts(now: datetime, context: Context) -> Facts:
    if context.workday is None:
        return Facts(now, context.payday)
    return Facts(now, context.payday, context.workday)


@dataclass(frozen=True, slots=True)
class _Facets:
    kind: DisputeKind | None
    reason: str | None
    ask: str | None
    flags: frozenset[str]


def _assemble(reading: Reading, context: Context, now: datetime, lexicon: Lexicon) -> Understanding:
    choice = choose(reading, context, now, lexicon)
    decision = decide(reading, choice, context, now, lexicon)
    names = decision.names
    promise = _promise(reading, choice, decision, context, now, lexicon)
    hits = tuple([h for h in choice.hits if h.rule.label in names])
    choice = Choice(names, hits, choice.weights)
    calls = "call_later" in names
    facets = _facets(reading, choice, lexicon)
    return Understanding(
        tuple([_INTENTS[name] for name in names]),
        promise_date=promise.day,
        promise_deadline=promise.deadline,
        promise_amount_minor=promise.minor,
        promise_portion=promise.portion,
        promise_fraction=promise.fraction,
        further_promises=promise.further,
        callback=read_callback(reading, now, context.zone) if calls else None,
        callback_avoid=read_avoid(reading, now, context.zone),
        dispute_kind=facets.kind,
        reason=facets.reason,
        question_kind=facets.ask,
        flags=facets.flags,
        evidence=_evidence(reading, choice, promise, calls=calls),
        when=_whens(reading, context),
        asks_date="promise_to_pay" in names and promise.day is None,
        confidence=_confidence(reading, decision, promise),
    )


def _promise(
    reading: Reading,
    choice: Choice,
    decision: Decision,
    context: Context,
    now: datetime,
    lexicon: Lexicon,
) -> Promise:
    """What is promised; nothing where no promise is sure enough for a day or a sum to be read."""
    first, asked = decision.names[0], context.asked in DATE_ASKED
    if "promise_to_pay" not in decision.names or first in _NO_PROMISE_OF_OWN:
        return Promise()
    if first == "already_paid" and not lexicon.verbs.next_step.search(reading.text):
        return Promise()  # a day of the payment made, unless something is left to pay
    alone = first == "promise_to_pay"
    needed = _needed(choice) if alone else max(_needed(choice), BESIDE_ANOTHER)
    if first == "already_paid" and left_to_pay(reading, lexicon.verbs):
        needed = LEFT_TO_PAY
    if not asked and decision.promises < needed:
        return Promise()
    loose = asked or (alone and decision.promises >= SURE_UNBOUND)
    return read_promise(reading if loose else reading.bound(), now, lexicon.verbs)


def _needed(choice: Choice) -> float:
    """The chance of a promise from which on its day and sum are read."""
    stated = choice.weights.get("promise_to_pay", 0) >= _STATED
    alone = set(choice.weights) <= {"promise_to_pay", "hardship", "greeting_ack"}
    return SURE_WORDS if stated and alone else SURE_PROMISE


_REASONED = {"promise_to_pay", "hardship", "call_later", "request_installment", "already_paid"}


def _facets(reading: Reading, choice: Choice, lexicon: Lexicon) -> _Facets:
    asks = [h.rule.carries["ask"] for h in choice.hits if "ask" in h.rule.carries]
    flags = {h.rule.carries["flag"] for h in choice.hits if "flag" in h.rule.carries}
    if lexicon.abuse.search(reading.text):
        flags.add("abuse")
    kind = _dispute_kind(reading, choice, lexicon) if "dispute" in choice.names else None
    ask = (
        next((a for a in asks if a != "other"), asks[0] if asks else None)
        if "question" in choice.names
        else None
    )
    return _Facets(kind, _reason(reading, choice, lexicon), ask, frozenset(flags))  # type: ignore[arg-type]


def _dispute_kind(reading: Reading, choice: Choice, lexicon: Lexicon) -> str | None:
    """What a dispute is about: by the words and the classifier together, else by the words alone."""
    kind, chance = lexicon.classifier.dispute(
        reading.text, spans(reading), dispute_signs(choice.hits)
    )
    if chance >= _LIKELY_KIND:
        return kind
    told = [h.rule.carries["kind"] for h in choice.hits if "kind" in h.rule.carries]
    return "fraud" if "fraud" in told else next(iter(told), None)


def _reason(reading: Reading, choice: Choice, lexicon: Lexicon) -> str | None:
    if "refuse" in choice.names:
        return "wilful"
    carried = [h.rule.carries["reason"] for h in choice.hits if "reason" in h.rule.carries]
    if choice.names[0] in ("deceased", "dispute", "wrong_person", "request_human"):
        return carried[0] if carried else None
    if not _REASONED.isdisjoint(choice.names):
        if not reading.plain.marks.isdisjoint(lexicon.in_reasons):
            told = (name for name, words in lexicon.reasons.items() if words.search(reading.text))
            carried = [*told, *carried]
        return carried[0] if carried else None
    return None


def _evidence(
    reading: Reading, choice: Choice, promise: Promise, *, calls: bool
) -> tuple[Span, ...]:
    span = reading.plain.span
    out = {(*span(h.start, h.end), h.rule.label) for h in choice.hits}
    if promise.chosen is not None:
        out.add((*span(promise.chosen.start, promise.chosen.end), "promise_date"))
    if calls:
        out.update((*span(d.found.start, d.found.end), "callback") for d in reading.role("call"))
    out.update((*span(s.start, s.end), f"amount_{s.role or 'said'}") for s in reading.sums)
    return tuple([Span(*one) for one in sorted(out)])


def _whens(reading: Reading, context: Context) -> tuple[When, ...]:
    out = []
    for dated in reading.dates:
        found = dated.found
        if found.place is None:
            continue
        start, end = reading.plain.span(found.start, found.end)
        place = found.place
        out.append(
            When(
                aware(place.start, context.zone),
                aware(place.end, context.zone),
                place.grain,
                found.kind,
                reading.plain.original[start:end],
            )
        )
    return tuple(out)


def _confidence(reading: Reading, decision: Decision, promise: Promise) -> float:
    """How likely the primary intent is right, less for doubt around it."""
    weight = decision.confidence
    doubted = promise.chosen is None and bool(reading.role("cannot"))
    if promise.tentative or (doubted and decision.names[0] == "promise_to_pay"):
        weight -= 0.15
    if len(decision.names) > 2:
        weight -= 0.05 * (len(decision.names) - 2)
    if len(reading.text) > 60:
        weight -= 0.05
    return round(min(max(weight, 0.05), 0.99), 2)
