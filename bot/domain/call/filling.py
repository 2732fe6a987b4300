"""What sentences and outcomes are filled with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from bot.domain.call.context import CallContext
from bot.domain.call.entry import call_part
from bot.domain.call.outcomes import kinds_in
from bot.domain.call.script import CallScript
from bot.domain.call.values import Level, Outcome, OutcomeKind, PromiseStep, Session
from bot.domain.understanding import Understanding

#: Flags of a reading that go with whatever outcome it led to.
_LASTING = frozenset({"stop_all", "attorney", "minor", "imprisoned", "regulator", "bankrupt"})
_REASONED = frozenset(
    {
        OutcomeKind.PROMISE,
        OutcomeKind.OFFER,
        OutcomeKind.HARDSHIP,
        OutcomeKind.REFUSED,
        OutcomeKind.INSTALLMENT,
        OutcomeKind.CALL_LATER,
        OutcomeKind.ALREADY_PAID,
    }
)


def slots_set(settings: Mapping[str, str], context: CallContext) -> dict[str, str | int]:
    """The slots that a chosen way sets."""
    slots: dict[str, str | int] = {}
    for name, value in settings.items():
        if name == "share":
            slots["amount"] = half(context.due_minor) if value == "half" else context.due_minor
        elif name == "call":
            start, end = call_part(value, context.now, context.zone)
            slots["call_start"], slots["call_end"] = start.isoformat(), end.isoformat()
        elif name == "date":  # the only day a key can name is the latest one
            slots["date"] = context.furthest.isoformat()
        else:
            slots[name] = value
    return slots


def half(minor: int) -> int:
    """The half, an odd unit rounded up, as everywhere."""
    return -(-minor // 2)


def outcome(
    kind: OutcomeKind,
    session: Session,
    context: CallContext,
    flags: frozenset[str],
    *,
    confirmed: bool,
) -> Outcome:
    """The outcome of a kind from what was collected so far."""
    slots, turn = session.slots, session.turn + 1
    plain = Outcome(kind, turn, session.level, flags=flags & _LASTING, reason=_reason(kind, slots))
    if kind in (OutcomeKind.PROMISE, OutcomeKind.OFFER):
        return _promise(plain, slots, context, confirmed=confirmed)
    if kind is OutcomeKind.DISPUTE:
        return replace(plain, dispute_kind=_text(slots, "dispute_kind"))
    if kind is OutcomeKind.CALL_LATER and "call_start" in slots:
        end = _text(slots, "call_end")
        return replace(
            plain,
            start=datetime.fromisoformat(str(slots["call_start"])),
            end=datetime.fromisoformat(end) if end else None,
        )
    return plain


def _promise(
    plain: Outcome, slots: Mapping[str, str | int], context: CallContext, *, confirmed: bool
) -> Outcome:
    return replace(
        plain,
        date=_day(slots, "date"),
        amount_minor=_amount(slots, context),
        later=_later(slots, context),
        confirmed=confirmed,
    )


def _day(slots: Mapping[str, str | int], name: str) -> date | None:
    return date.fromisoformat(str(slots[name])) if name in slots else None


def _amount(slots: Mapping[str, str | int], context: CallContext) -> int:
    """Of the first step; all that is due unless a sum was said."""
    return int(slots.get("amount", context.due_minor))


def _later(slots: Mapping[str, str | int], context: CallContext) -> PromiseStep | None:
    """The second step of a promise: after the first, within what the tier accepts, of what it leaves."""
    first, day = _day(slots, "date"), _day(slots, "later_date")
    left = context.due_minor - _amount(slots, context)
    if first is None or day is None or left <= 0 or not first < day <= context.furthest:
        return None
    return day, min(int(slots.get("later_amount", left)), left)


def _too_late(slots: Mapping[str, str | int], context: CallContext) -> bool:
    """Whether a second step was named that is later than the tier accepts."""
    day = _day(slots, "later_date")
    return (
        day is not None and day > context.furthest and _amount(slots, context) < context.due_minor
    )


def _reason(kind: OutcomeKind, slots: Mapping[str, str | int]) -> str | None:
    if kind is OutcomeKind.MACHINE:
        return _text(slots, "machine")
    return _text(slots, "reason") if kind in _REASONED else None


def _text(slots: Mapping[str, str | int], name: str) -> str | None:
    return str(slots[name]) if name in slots else None


def values(session: Session, context: CallContext, script: CallScript) -> dict[str, str]:
    """What a sentence to the other side may hold: nothing of the debt before it is the debtor."""
    known = dict(context.values) | _own(session, context)
    if session.level is Level.FACT:
        return known
    return {name: value for name, value in known.items() if name not in script.private}


def collector_values(
    session: Session, context: CallContext, script: CallScript, reading: Understanding | None = None
) -> dict[str, str]:
    """What the whisper to a collector may hold: everything, and what the call came to so far.

    `reading`: the words that led to the transfer, for what they tell besides.
    """
    so_far = "，".join(_told(session, context, script.words.labels, reading))
    return dict(context.values) | _own(session, context) | {"so_far": so_far}


def _told(
    session: Session, context: CallContext, labels: Mapping[str, str], reading: Understanding | None
) -> list[str]:
    """What was reached, the last of each kind; then what was said and led nowhere yet."""
    besides = list(kinds_in(reading)) if reading else []
    told = {each.kind: _label(each, context, labels) for each in session.outcomes}
    if OutcomeKind.OFFER in told:  # the day is told already
        besides = [kind for kind in besides if kind is not OutcomeKind.PROMISE]
    said = session.pending
    if said is None and OutcomeKind.PROMISE in besides and "date" in session.slots:
        said = outcome(OutcomeKind.PROMISE, session, context, frozenset(), confirmed=False)
    if said is not None:
        told.setdefault(said.kind, _label(said, context, labels))
    for kind in besides:
        told.setdefault(kind, _label(Outcome(kind, session.turn), context, labels))
    last = OutcomeKind.REQUEST_HUMAN
    return [text for kind, text in sorted(told.items(), key=lambda each: each[0] is last) if text]


def _label(reached: Outcome, context: CallContext, labels: Mapping[str, str]) -> str:
    """“约了3月15日还500元”; nothing for what a collector need not hear, or a promise without a day."""
    kind = reached.kind.value
    if reached.kind in (OutcomeKind.PROMISE, OutcomeKind.OFFER):
        if reached.date is None or reached.amount_minor is None:
            return ""
        label = labels.get(kind if reached.confirmed else f"{kind}.open", "")
        steps = [(reached.date, reached.amount_minor), *([reached.later] if reached.later else [])]
        spoken = context.spoken
        told = [
            label.format(date=spoken.day(on), amount=spoken.money(minor)) for on, minor in steps
        ]
        return "，".join(told)
    return labels.get(f"{kind}.{reached.dispute_kind}", labels.get(kind, ""))


def _own(session: Session, context: CallContext) -> dict[str, str]:
    slots, spoken, duties = session.slots, context.spoken, context.duties
    own = {
        "ai_notice": "1" if duties.ai_notice else "",
        "record_notice": "1" if duties.record_notice else "",
        "collector_notice": "1" if duties.collector_notice else "",
        "can_link": "1" if context.link else "",
        "verified": "1" if session.level is Level.FACT else "",
        "latest_date": spoken.day(context.furthest),
    }
    if (first := _day(slots, "date")) is not None:
        own["said_date"] = spoken.day(first)
        own["said_amount"] = spoken.money(_amount(slots, context))
        later = _later(slots, context)
        own["said_later"] = spoken.day(later[0]) if later else ""
        own["said_later_amount"] = spoken.money(later[1]) if later else ""
        own["rest_open"] = "1" if _too_late(slots, context) else ""
    if "call_start" in slots:
        start = datetime.fromisoformat(str(slots["call_start"]))
        exact = spoken.time(start.astimezone(context.zone))
        own["said_time"] = str(slots.get("call_words", exact))
    return own
