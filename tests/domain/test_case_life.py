"""The table of moves is the only way a case changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case_life import TRANSITIONS, Effect, Event, IllegalMoveError, move, replay
from bot.domain.vocabulary import CaseState

OPEN = [state for state in CaseState if state is not CaseState.CLOSED]


def test_a_new_case_begins_active():
    assert replay([Event.OPENED]) is CaseState.ACTIVE


@pytest.mark.parametrize("state", OPEN)
def test_money_that_settles_everything_closes_any_case_and_stops_what_is_planned(state):
    step = move(state, Event.SETTLED)
    assert step.state is CaseState.CLOSED
    assert Effect.CANCEL_TOUCHES in step.effects


@pytest.mark.parametrize("state", OPEN)
def test_a_dispute_freezes_any_open_case(state):
    step = move(state, Event.DISPUTE_RAISED)
    assert step.state is CaseState.DISPUTED
    assert Effect.CANCEL_TOUCHES in step.effects


@pytest.mark.parametrize("state", list(CaseState))
def test_every_case_can_be_handed_off_and_a_dispute_stays_one(state):
    step = move(state, Event.HANDED_OFF)
    expected = {CaseState.DISPUTED: CaseState.DISPUTED, CaseState.CLOSED: CaseState.CLOSED}
    assert step.state is expected.get(state, CaseState.HANDED_OFF)


@pytest.mark.parametrize(
    "state", [CaseState.DISPUTED, CaseState.PAUSED, CaseState.HANDED_OFF, CaseState.CLOSED]
)
def test_a_promise_does_not_wake_a_case_that_is_quiet(state):
    assert move(state, Event.PROMISE_MADE).state is state


def test_a_move_the_table_does_not_hold_is_refused_by_name():
    with pytest.raises(IllegalMoveError, match="closed cannot take resumed"):
        move(CaseState.CLOSED, Event.RESUMED)


@given(st.lists(st.sampled_from([event for event in Event if event is not Event.OPENED])))
def test_only_a_reopening_leads_out_of_closed(events):
    state = CaseState.ACTIVE
    for event in events:
        if (state, event) not in TRANSITIONS:
            continue
        after = move(state, event).state
        if state is CaseState.CLOSED and after is not CaseState.CLOSED:
            assert event is Event.REOPENED
        state = after


@given(st.sampled_from(sorted(TRANSITIONS, key=str)))
def test_whatever_leads_to_quiet_cancels_what_was_planned(entry):
    state, _ = entry
    step = TRANSITIONS[entry]
    quiet = {CaseState.DISPUTED, CaseState.PAUSED, CaseState.HANDED_OFF, CaseState.CLOSED}
    if step.state in quiet and state not in quiet:
        assert {Effect.CANCEL_TOUCHES, Effect.CANCEL_ALL} & set(step.effects)
