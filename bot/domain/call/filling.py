"""What sentences and outcomes are filled with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from bot.domain.call.context import CallContext
from bot.domain.call.entry import call_part
from bot.domain.call.script import CallScript
from bot.domain.call.values import Level, Outcome, OutcomeKind, Session

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
    day = date.fromisoformat(str(slots["date"])) if "date" in slots else None
    amount = int(slots.get("amount", context.due_minor))
    return replace(plain, date=day, amount_minor=amount, confirmed=confirmed)


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


def collector_values(session: Session, context: CallContext, script: CallScript) -> dict[str, str]:
    """What the whisper to a collector may hold: everything, and what the call came to so far."""
    labels = script.words.labels
    told = [labels[o.kind.value] for o in session.outcomes if o.kind.value in labels]
    so_far = "，".join(dict.fromkeys(told))
    return dict(context.values) | _own(session, context) | {"so_far": so_far}


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
    if "date" in slots:
        own["said_date"] = spoken.day(date.fromisoformat(str(slots["date"])))
        own["said_amount"] = spoken.money(int(slots.get("amount", context.due_minor)))
    if "call_start" in slots:
        start = datetime.fromisoformat(str(slots["call_start"]))
        exact = spoken.time(start.astimezone(context.zone))
        own["said_time"] = str(slots.get("call_words", exact))
    return own
