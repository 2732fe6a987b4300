"""Why a case stays quiet, and when it goes to a human by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cadence_cast import (
    CHINA,
    CONSUMER,
    DUE,
    LANDLINE,
    MOBILE,
    SMS_AND_VOICE,
    TRADE,
    case,
    promise,
)

from bot.domain.cadence import Cadence, decide
from bot.domain.facts import CaseFacts, ContactPointFacts, LastTouch
from bot.domain.vocabulary import CaseState, Channel, HandoffReason, Owner

D6 = DUE + timedelta(days=6)  #: a reminder day of D6–20
STOPPED = replace(MOBILE, suppressed=frozenset({Channel.SMS}))
DEAD = replace(MOBILE, disabled="dead")
GUARANTOR = replace(MOBILE, contact_point_id=9, owner=Owner.GUARANTOR)


@pytest.mark.parametrize(
    "state", [CaseState.CLOSED, CaseState.HANDED_OFF, CaseState.PAUSED, CaseState.DISPUTED]
)
def test_a_case_at_rest_stays_at_rest(state: CaseState) -> None:
    decision = decide(case(state=state), CONSUMER, CHINA, D6)
    assert (decision.quiet, decision.proposals, decision.handoff) == (state.value, (), None)
    assert decision.tier == "d6_20"


@pytest.mark.parametrize("whole", [True, False])
def test_a_dispute_stops_reminders_whatever_the_state_says(whole: bool) -> None:
    decision = decide(case(dispute_open=True, dispute_whole=whole), CONSUMER, CHINA, D6)
    assert decision.quiet == "disputed"


@pytest.mark.parametrize(
    ("cadence", "dpd", "reason"),
    [
        (CONSUMER, 89, None),
        (CONSUMER, 90, HandoffReason.TIER_HUMAN),
        (CONSUMER, 400, HandoffReason.TIER_HUMAN),
        (TRADE, 180, None),
        (TRADE, 181, HandoffReason.TIER_HUMAN),
    ],
)
def test_the_last_tier_belongs_to_humans(
    cadence: Cadence, dpd: int, reason: HandoffReason | None
) -> None:
    decision = decide(case(), cadence, CHINA, DUE + timedelta(days=dpd))
    assert decision.handoff is reason
    assert (decision.quiet == "human_tier") is (reason is not None)


def test_an_open_promise_does_not_keep_a_case_from_the_humans_tier() -> None:
    day = DUE + timedelta(days=90)
    facts = case(promises=(promise(day + timedelta(days=1)),))
    assert decide(facts, CONSUMER, CHINA, day).handoff is HandoffReason.TIER_HUMAN


@pytest.mark.parametrize(
    ("dpd", "points", "handoff"),
    [
        (6, (), HandoffReason.WRONG_NUMBER),
        (6, (DEAD,), HandoffReason.WRONG_NUMBER),
        (6, (STOPPED,), HandoffReason.UNREACHABLE),
        (6, (LANDLINE,), HandoffReason.UNREACHABLE),
        (6, (DEAD, STOPPED), HandoffReason.UNREACHABLE),
        (6, (GUARANTOR,), HandoffReason.WRONG_NUMBER),
        (-1, (DEAD,), None),  # before due there is nothing a human must do yet
    ],
)
def test_a_debtor_nobody_can_reach_goes_to_a_human(
    dpd: int, points: tuple[ContactPointFacts, ...], handoff: HandoffReason | None
) -> None:
    decision = decide(case(points=points), CONSUMER, CHINA, DUE + timedelta(days=dpd))
    assert (decision.quiet, decision.handoff) == ("no_contact_point", handoff)
    assert decision.proposals == ()


def test_a_touch_without_a_channel_here_waits_without_a_hand_off() -> None:
    # SMS is stopped, calls are offered: the due-day confirmation has no call.
    facts = case(points=(STOPPED,), offered=SMS_AND_VOICE)
    decision = decide(facts, CONSUMER, CHINA, DUE)
    assert (decision.quiet, decision.handoff) == ("no_contact_point", None)


@pytest.mark.parametrize(
    ("attempts", "last", "today", "handoff"),
    [
        (3, 27, 28, None),  # the last attempt is given two days
        (3, 27, 29, HandoffReason.UNREACHABLE),
        (2, 27, 29, None),
    ],
)
def test_attempts_nobody_answers_go_to_a_human(
    attempts: int, last: int, today: int, handoff: HandoffReason | None
) -> None:
    touched = LastTouch("d21_29", DUE, last, DUE + timedelta(days=last))
    facts = case(tier_attempts=attempts, last_touches=(touched,))
    assert decide(facts, CONSUMER, CHINA, DUE + timedelta(days=today)).handoff is handoff


def test_an_early_tier_has_no_limit_of_attempts() -> None:
    assert decide(case(tier_attempts=50), CONSUMER, CHINA, D6).handoff is None


def reached(facts: CaseFacts, dpd: int) -> tuple[Channel, int] | None:
    found = decide(facts, CONSUMER, CHINA, DUE + timedelta(days=dpd)).proposals
    return (found[0].channel, found[0].contact_point.contact_point_id) if found else None


@pytest.mark.parametrize(
    ("points", "offered", "dpd", "expected"),
    [
        ((MOBILE,), {Channel.SMS}, 33, (Channel.SMS, 1)),  # voice first, but nobody offers it
        ((MOBILE,), {Channel.SMS, Channel.VOICE}, 33, (Channel.VOICE, 1)),
        ((LANDLINE, MOBILE), {Channel.SMS, Channel.VOICE}, 33, (Channel.VOICE, 2)),
        ((LANDLINE, MOBILE), {Channel.SMS, Channel.VOICE}, 6, (Channel.SMS, 1)),
        ((STOPPED,), {Channel.SMS, Channel.VOICE}, 6, (Channel.VOICE, 1)),
        ((DEAD, LANDLINE), {Channel.SMS, Channel.VOICE}, 6, (Channel.VOICE, 2)),
        ((GUARANTOR, MOBILE), {Channel.SMS}, 6, (Channel.SMS, 1)),
        ((MOBILE,), {Channel.SMS}, 8, None),  # a call between two SMS falls away
    ],
)
def test_the_first_channel_that_reaches_somebody_is_taken(
    points: tuple[ContactPointFacts, ...],
    offered: set[Channel],
    dpd: int,
    expected: tuple[Channel, int] | None,
) -> None:
    # Days before the asked one count as served, so that only its own rule can speak.
    served = LastTouch("served", DUE, dpd - 1)
    facts = case(points=points, offered=frozenset(offered), last_touches=(served,))
    assert reached(facts, dpd) == expected
