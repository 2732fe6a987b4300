"""The named conditions by which a step chooses its way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from bot.domain.call.context import CallContext, Desk
from bot.domain.call.values import Level, OutcomeKind, Session

MAX_FAILURES = 2
"""Facts given wrong before the call ends kindly; the identity itself is never told right or wrong
more often (product choice)."""

Condition = Callable[[Session, CallContext], bool]


def _day(session: Session) -> date | None:
    text = session.slots.get("date")
    return date.fromisoformat(str(text)) if text else None


def _past(session: Session, context: CallContext) -> bool:
    day = _day(session)
    return day is not None and day < context.today


def _too_far(session: Session, context: CallContext) -> bool:
    day = _day(session)
    return day is not None and day > context.furthest


def _too_much(session: Session, context: CallContext) -> bool:
    amount = session.slots.get("amount")
    return amount is not None and int(amount) > context.owed_minor


def _reached(kind: OutcomeKind) -> Condition:
    return lambda session, _: any(outcome.kind is kind for outcome in session.outcomes)


def _has_fact(kind: str) -> Condition:
    return lambda _, context: bool(context.identity) and context.identity[0].kind == kind


def _slot(name: str) -> Condition:
    return lambda session, _: name in session.slots


CONDITIONS: Mapping[str, Condition] = {
    "failed_twice": lambda session, _: session.failures >= MAX_FAILURES,
    "known": lambda _, context: context.known,
    "verified": lambda session, _: session.level is Level.FACT,
    "has_id_last4": _has_fact("id_last4"),
    "has_contract_last4": _has_fact("contract_last4"),
    "date_given": _slot("date"),
    "date_past": _past,
    "date_too_far": _too_far,
    "offered_before": _reached(OutcomeKind.OFFER),
    "amount_given": _slot("amount"),
    "amount_too_much": _too_much,
    "kind_given": _slot("dispute_kind"),
    "time_given": _slot("call_start"),
    "refused_before": _reached(OutcomeKind.REFUSED),
    "link": lambda _, context: context.link,
    "on_duty": lambda _, context: context.desk is Desk.ON_DUTY,
    "recorded_call": lambda _, context: context.duties.record_notice,
    "voicemail": lambda session, context: (
        context.duties.voicemail
        and str(session.slots.get("machine", "")).startswith("machine_end")
        and bool(context.values.get("contact_name"))
    ),
    "owes": lambda _, context: context.owed_minor > 0,
}
"""By the name a script uses."""
