"""understand(): normalise, find days and sums, settle the intents, put them together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.understanding.callbacks import aware, read_avoid, read_callback
from bot.domain.understanding.choice import Choice, choose
from bot.domain.understanding.lexicon import Lexicon
from bot.domain.understanding.normalise import Plain
from bot.domain.understanding.promises import Promise, read_promise
from bot.domain.understanding.reading import Reading, read
from bot.domain.understanding.pieces import Facts
from bot.domain.understanding.values import Context, DisputeKind, Intent, Span, Understanding, When

LONGEST = 4000
"""Characters read; what a carrier delivers is far shorter, the rest of a longer text is ignored."""

_EDGES = " ,。.!?~;:()\"'<>[]{}#*、"


def understand(text: str, context: Context, lexicon: Lexicon) -> Understanding:
    """Read one reply. Pure: the same text, context and lexicon give the same reading.

    Never raises for any text; an empty or unreadable one is `other` with low confidence."""
    plain = lexicon.normalise(text[:LONGEST])
    bare = plain.text.strip(_EDGES)
    if (keyed := _key(bare, plain, context, lexicon)) is not None:
        return keyed
    if (machine := _machine(plain, lexicon)) is not None:
        return machine
    now = context.now.astimezone(context.zone).replace(tzinfo=None)
    reading = read(plain, _facts(now, context), lexicon)
    if (answer := _answer(bare, reading, context, lexicon)) is not None:
        return answer
    return _assemble(reading, context, now, lexicon)


def _facts(now: datetime, context: Context) -> Facts:
    if context.workday is None:
        return Facts(now, context.payday)
    return Facts(now, context.payday, context.workday)


def _key(bare: str, plain: Plain, context: Context, lexicon: Lexicon) -> Understanding | None:
    """A bare key: what the last message offered, else the words that always stop."""
    offered = {str(k).strip().lower(): v for k, v in context.offered.items()}
    pressed = bare.removeprefix("按").removeprefix("回复").removeprefix("回").strip() or bare
    action = offered.get(bare) or offered.get(pressed)
    if action is None and (context.channel == "sms" or not bare.isascii()):
        action = lexicon.keys.get(bare)
    if action is None:
        return None
    span = (Span(*plain.span(0, len(plain.text)), "key"),)
    if action in ("confirm", "correct"):
        return _confirmed(context, action, span, 0.97)
    if action not in Intent.__members__:
        return Understanding((Intent.other,), evidence=span, confidence=0.5)
    asks = action == Intent.promise_to_pay
    return Understanding((Intent(action),), evidence=span, confidence=0.97, asks_date=asks)


def _confirmed(context: Context, flag: str, evidence: tuple[Span, ...], confidence: float) -> Understanding:
    day, minor = context.pending_promise or (None, None)
    keep = flag == "confirm"
    return Understanding(
        (Intent.promise_to_pay,),
        promise_date=day if keep else None,
        promise_amount_minor=minor if keep else None,
        flags=frozenset({flag}),
        evidence=evidence,
        asks_date=not keep or day is None,
        confidence=confidence,
    )


def _machine(plain: Plain, lexicon: Lexicon) -> Understanding | None:
    for flag, pattern in lexicon.machines.items():
        if match := pattern.search(plain.text):
            span = Span(*plain.span(*match.span()), flag)
            return Understanding((Intent.other,), flags=frozenset({flag}), evidence=(span,), confidence=0.95)
    return None


def _answer(bare: str, reading: Reading, context: Context, lexicon: Lexicon) -> Understanding | None:
    """Yes or no to what we asked last."""
    if reading.dates or context.asked is None:
        return None
    verbs, span = lexicon.verbs, (Span(*reading.plain.span(0, len(reading.text)), "answer"),)
    if context.asked == "confirm_promise":
        if verbs.yes.match(bare):
            return _confirmed(context, "confirm", span, 0.93)
        if verbs.no.match(bare):
            return _confirmed(context, "correct", span, 0.8)
    if context.asked == "identity":
        if verbs.no.match(bare):
            return Understanding((Intent.wrong_person,), evidence=span, confidence=0.92)
        if verbs.self.match(bare):
            return Understanding((Intent.greeting_ack,), flags=frozenset({"confirm"}), evidence=span, confidence=0.93)
    if context.asked in ("promise_date", "either_or") and verbs.yes.match(bare):
        return Understanding((Intent.greeting_ack,), evidence=span, confidence=0.55)
    return None


@dataclass(frozen=True, slots=True)
class _Facets:
    kind: DisputeKind | None
    reason: str | None
    ask: str | None
    flags: frozenset[str]


def _assemble(reading: Reading, context: Context, now: datetime, lexicon: Lexicon) -> Understanding:
    choice = choose(reading, context, now, lexicon)
    names = choice.names
    promised = "promise_to_pay" in names
    promise = read_promise(reading, now, lexicon.verbs) if promised else Promise()
    calls = "call_later" in names
    facets = _facets(reading, choice, lexicon)
    return Understanding(
        tuple(Intent(name) for name in names),
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
        asks_date=promised and promise.day is None,
        confidence=_confidence(reading, choice, promise),
    )


_REASONED = {"promise_to_pay", "hardship", "call_later", "request_installment", "already_paid"}


def _facets(reading: Reading, choice: Choice, lexicon: Lexicon) -> _Facets:
    kinds = [h.rule.carries["kind"] for h in choice.hits if "kind" in h.rule.carries]
    asks = [h.rule.carries["ask"] for h in choice.hits if "ask" in h.rule.carries]
    flags = {h.rule.carries["flag"] for h in choice.hits if "flag" in h.rule.carries}
    if lexicon.abuse.search(reading.text):
        flags.add("abuse")
    kind = next((k for k in ("fraud", *kinds) if k in kinds), None) if "dispute" in choice.names else None
    ask = next((a for a in asks if a != "other"), asks[0] if asks else None) if "question" in choice.names else None
    return _Facets(kind, _reason(reading, choice, lexicon), ask, frozenset(flags))  # type: ignore[arg-type]


def _reason(reading: Reading, choice: Choice, lexicon: Lexicon) -> str | None:
    if "refuse" in choice.names:
        return "wilful"
    carried = [h.rule.carries["reason"] for h in choice.hits if "reason" in h.rule.carries]
    if choice.names[0] in ("deceased", "dispute", "wrong_person", "request_human"):
        return carried[0] if carried else None
    if _REASONED & set(choice.names):
        told = [name for name, pattern in lexicon.reasons.items() if pattern.search(reading.text)]
        return told[0] if told else (carried[0] if carried else None)
    return None


def _evidence(reading: Reading, choice: Choice, promise: Promise, *, calls: bool) -> tuple[Span, ...]:
    span = reading.plain.span
    out = [Span(*span(h.start, h.end), h.rule.label) for h in choice.hits]
    if promise.chosen is not None:
        out.append(Span(*span(promise.chosen.start, promise.chosen.end), "promise_date"))
    if calls:
        out += [Span(*span(d.found.start, d.found.end), "callback") for d in reading.role("call")]
    out += [Span(*span(s.start, s.end), f"amount_{s.role or 'said'}") for s in reading.sums]
    return tuple(sorted(set(out), key=lambda s: (s.start, s.end, s.label)))


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


def _confidence(reading: Reading, choice: Choice, promise: Promise) -> float:
    """How likely the primary intent is right: its words' weight, less for doubt around it."""
    weight = choice.weights.get(choice.names[0], 0.2)
    if promise.tentative:
        weight -= 0.15
    if len(choice.names) > 2:
        weight -= 0.05 * (len(choice.names) - 2)
    if len(reading.text) > 60:
        weight -= 0.05
    return round(min(max(weight, 0.05), 0.99), 2)
