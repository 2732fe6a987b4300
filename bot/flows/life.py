"""Moves a case by the table and carries the move's effects out in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.case_life import Effect, Event, move
from bot.domain.facts import CaseFacts
from bot.domain.vocabulary import CaseState, HandoffReason
from bot.flows.ports.cases import Cases
from bot.policy.handoffs import HandoffPolicy


def take(
    store: Cases,
    case_id: int,
    state: CaseState,
    event: Event,
    *,
    at: datetime,
    actor: str,
    data: Mapping[str, Any] | None = None,
) -> CaseState:
    """Apply `event`; returns the new state. Raises IllegalMoveError when the table has no move."""
    step = move(state, event)
    store.save_event(case_id, event, state, step.state, at=at, actor=actor, data=data or {})
    for effect in step.effects:
        _carry_out(store, case_id, event, effect, at)
    return step.state


def _carry_out(store: Cases, case_id: int, event: Event, effect: Effect, at: datetime) -> None:
    match effect:
        case Effect.CANCEL_TOUCHES:
            store.cancel_touches(case_id, at=at, reason=event)
        case Effect.CANCEL_ALL:
            store.cancel_touches(case_id, at=at, reason=event, answers_too=True)
        case Effect.CHECK_NOW:
            store.check_at(case_id, at)
        case Effect.CLOSE_HANDOFF:
            store.close_handoff(case_id, at=at, outcome=event)


def hand_off(
    store: Cases,
    facts: CaseFacts,
    state: CaseState,
    reason: HandoffReason,
    policy: HandoffPolicy,
    *,
    at: datetime,
    actor: str,
    reply_id: int | None = None,
) -> CaseState:
    """Give the case to a human for `reason`; joins a hand-off that is already open."""
    urgency = policy[reason]
    store.open_handoff(
        facts.case_id,
        reason,
        priority=urgency.priority,
        due_at=at + urgency.within,
        at=at,
        reply_id=reply_id,
    )
    return take(
        store,
        facts.case_id,
        state,
        Event.HANDED_OFF,
        at=at,
        actor=actor,
        data={"reason": reason.value},
    )
