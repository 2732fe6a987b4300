"""The one table that moves a case: `(state, event) → (state, effects)`.

Nothing else writes a case's state, and a case's state is always the fold of its events, so
`replay` is the check that nothing went round the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.vocabulary import CaseState


class Event(StrEnum):
    """What can happen to a case."""

    OPENED = "opened"
    PROMISE_MADE = "promise_made"
    PROMISE_KEPT = "promise_kept"
    PROMISE_PARTIAL = "promise_partial"
    PROMISE_BROKEN = "promise_broken"
    PROMISE_WITHDRAWN = "promise_withdrawn"  #: a collector ended a plan; nobody broke a word
    DISPUTE_RAISED = "dispute_raised"
    DISPUTE_RESOLVED = "dispute_resolved"
    HANDED_OFF = "handed_off"
    RETURNED = "returned"  #: the collector gives the case back to the bot
    RETURNED_WITH_PROMISE = "returned_with_promise"
    PAUSED = "paused"
    RESUMED = "resumed"
    SETTLED = "settled"  #: nothing is owed any more
    CLOSED = "closed"  #: a human closed it
    REOPENED = "reopened"  #: a new debt, a refund, a payment charged back
    MERGED = "merged"  #: all that stood here stands on another case of the same person


class Effect(StrEnum):
    """What must happen in the same transaction as the move."""

    CANCEL_TOUCHES = "cancel_touches"  #: everything the desk would start by itself
    CANCEL_ALL = "cancel_all"  #: those and the answers still waiting
    CHECK_NOW = "check_now"  #: let the planner look again at once
    CLOSE_HANDOFF = "close_handoff"


@dataclass(frozen=True, slots=True)
class Move:
    """Where an event leads and what goes with it."""

    state: CaseState
    effects: tuple[Effect, ...] = ()


class IllegalMoveError(ValueError):
    """The table holds no such move."""


_S = CaseState
_CANCEL = (Effect.CANCEL_TOUCHES,)
_CHECK = (Effect.CHECK_NOW,)
_QUIET_STATES = (_S.DISPUTED, _S.PAUSED, _S.HANDED_OFF)
_OPEN_STATES = (_S.ACTIVE, _S.PROMISED, *_QUIET_STATES)


def _everywhere(states: Iterable[CaseState], event: Event, move: Move) -> _Table:
    return {(state, event): move for state in states}


def _staying(states: Iterable[CaseState], event: Event, effects: tuple[Effect, ...]) -> _Table:
    return {(state, event): Move(state, effects) for state in states}


_Table = dict[tuple[CaseState | None, Event], Move]

TRANSITIONS: _Table = {
    (None, Event.OPENED): Move(_S.ACTIVE),
    **_everywhere((_S.ACTIVE, _S.PROMISED), Event.PROMISE_MADE, Move(_S.PROMISED, _CANCEL)),
    # A promise on a case a human holds is recorded for the human and moves nothing.
    **_staying(_QUIET_STATES, Event.PROMISE_MADE, ()),
    (_S.PROMISED, Event.PROMISE_KEPT): Move(_S.ACTIVE, _CHECK),
    (_S.PROMISED, Event.PROMISE_PARTIAL): Move(_S.ACTIVE, _CHECK),
    (_S.PROMISED, Event.PROMISE_BROKEN): Move(_S.ACTIVE, _CHECK),
    (_S.PROMISED, Event.PROMISE_WITHDRAWN): Move(_S.ACTIVE, _CHECK),
    **_staying((_S.ACTIVE, *_QUIET_STATES, _S.CLOSED), Event.PROMISE_WITHDRAWN, ()),
    **_staying(
        (_S.ACTIVE, *_QUIET_STATES, _S.CLOSED),
        Event.PROMISE_KEPT,
        (),
    ),
    **_staying((_S.ACTIVE, *_QUIET_STATES, _S.CLOSED), Event.PROMISE_PARTIAL, ()),
    **_staying((_S.ACTIVE, *_QUIET_STATES, _S.CLOSED), Event.PROMISE_BROKEN, ()),
    **_everywhere(_OPEN_STATES, Event.DISPUTE_RAISED, Move(_S.DISPUTED, _CANCEL)),
    (_S.DISPUTED, Event.DISPUTE_RESOLVED): Move(_S.ACTIVE, (*_CHECK, Effect.CLOSE_HANDOFF)),
    **_everywhere(
        (_S.ACTIVE, _S.PROMISED, _S.PAUSED, _S.HANDED_OFF),
        Event.HANDED_OFF,
        Move(_S.HANDED_OFF, _CANCEL),
    ),
    # A dispute stays a dispute: the hand-off carries the other reason too.
    (_S.DISPUTED, Event.HANDED_OFF): Move(_S.DISPUTED, _CANCEL),
    # What is said about a closed case still reaches a human, and opens nothing again.
    **_staying((_S.CLOSED,), Event.HANDED_OFF, ()),
    **_staying((_S.CLOSED,), Event.DISPUTE_RAISED, ()),
    **_staying((_S.CLOSED,), Event.PROMISE_MADE, ()),
    **_staying((_S.CLOSED,), Event.RETURNED, (Effect.CLOSE_HANDOFF,)),
    **_staying((_S.CLOSED,), Event.SETTLED, ()),
    **_everywhere(
        (_S.HANDED_OFF, _S.DISPUTED),
        Event.RETURNED,
        Move(_S.ACTIVE, (*_CHECK, Effect.CLOSE_HANDOFF)),
    ),
    **_everywhere(
        (_S.HANDED_OFF, _S.DISPUTED),
        Event.RETURNED_WITH_PROMISE,
        Move(_S.PROMISED, (Effect.CLOSE_HANDOFF,)),
    ),
    **_everywhere((_S.ACTIVE, _S.PROMISED), Event.PAUSED, Move(_S.PAUSED, _CANCEL)),
    # Whoever has the case puts it to rest: it leaves the desk until the day that was named.
    (_S.HANDED_OFF, Event.PAUSED): Move(_S.PAUSED, (*_CANCEL, Effect.CLOSE_HANDOFF)),
    (_S.PAUSED, Event.RESUMED): Move(_S.ACTIVE, _CHECK),
    **_everywhere(_OPEN_STATES, Event.SETTLED, Move(_S.CLOSED, (*_CANCEL, Effect.CLOSE_HANDOFF))),
    **_everywhere(
        _OPEN_STATES,
        Event.CLOSED,
        Move(_S.CLOSED, (Effect.CANCEL_ALL, Effect.CLOSE_HANDOFF)),
    ),
    **_everywhere(
        (*_OPEN_STATES, _S.CLOSED),
        Event.MERGED,
        Move(_S.CLOSED, (Effect.CANCEL_ALL, Effect.CLOSE_HANDOFF)),
    ),
    (_S.CLOSED, Event.REOPENED): Move(_S.ACTIVE, _CHECK),
}


def move(state: CaseState | None, event: Event) -> Move:
    """The table's answer. Raises IllegalMoveError when it has none."""
    found = TRANSITIONS.get((state, event))
    if found is None:
        raise IllegalMoveError(f"a case that is {state or 'new'} cannot take {event}")
    return found


def replay(events: Iterable[Event]) -> CaseState | None:
    """The state a sequence of events leads to. Raises IllegalMoveError."""
    state: CaseState | None = None
    for event in events:
        state = move(state, event).state
    return state
