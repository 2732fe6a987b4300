"""Promises stop the cadence, are reminded, and are followed up when broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cadence_cast import CHINA, CONSUMER, DUE, MOBILE, TRADE, case, debt, promise, run

from bot.domain.cadence import decide
from bot.domain.facts import CaseFacts, LastTouch
from bot.domain.vocabulary import CaseState, Channel, HandoffReason, PromiseState, Purpose

PAYDAY = DUE + timedelta(days=12)  # Monday 30 March 2026


def kept_in_mind(**changes: object) -> CaseFacts:
    return case(state=CaseState.PROMISED, promises=(promise(PAYDAY),), **changes)  # type: ignore[arg-type]


def broken(due_on: date = PAYDAY, number: int = 1) -> CaseFacts:
    return case(promises=(promise(due_on, PromiseState.BROKEN, number=number),))


def test_an_open_promise_is_reminded_the_day_before_and_on_the_day_and_nothing_else() -> None:
    days = [
        ((today - PAYDAY).days, each.key, each.script, each.purpose)
        for today, decision in run(kept_in_mind(), CONSUMER, PAYDAY - timedelta(days=6), 9)
        for each in decision.proposals
    ]
    reminder = Purpose.PROMISE_REMINDER
    assert days == [
        (-1, "7:promise:1:before", "promise.reminder_day_before", reminder),
        (0, "7:promise:1:due", "promise.reminder_due_day", reminder),
    ]


@pytest.mark.parametrize("days", [-6, -2, 1, 2])
def test_an_open_promise_keeps_everything_else_quiet(days: int) -> None:
    assert (
        decide(kept_in_mind(), CONSUMER, CHINA, PAYDAY + timedelta(days=days)).quiet == "promised"
    )


def test_an_open_promise_counts_even_where_the_state_lags_behind() -> None:
    facts = replace(kept_in_mind(), state=CaseState.ACTIVE)
    assert decide(facts, CONSUMER, CHINA, DUE + timedelta(days=10)).quiet == "promised"


def test_a_promised_case_whose_promise_is_settled_waits_for_its_state() -> None:
    facts = case(state=CaseState.PROMISED)
    assert decide(facts, CONSUMER, CHINA, DUE + timedelta(days=10)).quiet == "promised"


def test_a_promise_made_today_for_tomorrow_is_not_reminded_today() -> None:
    facts = case(promises=(promise(PAYDAY, made=1),))
    assert decide(facts, CONSUMER, CHINA, PAYDAY - timedelta(days=1)).quiet == "promised"
    assert decide(facts, CONSUMER, CHINA, PAYDAY).proposals


def test_a_reminder_is_not_repeated_on_its_day() -> None:
    before = LastTouch("promise.before", PAYDAY, 0, PAYDAY - timedelta(days=1))
    facts = replace(kept_in_mind(), last_touches=(before,))
    assert decide(facts, CONSUMER, CHINA, PAYDAY - timedelta(days=1)).quiet == "promised"
    assert decide(facts, CONSUMER, CHINA, PAYDAY).proposals[0].rule == "promise.due"


def test_the_earliest_of_several_open_promises_leads() -> None:
    later = promise(PAYDAY + timedelta(days=7), number=2)
    facts = case(promises=(later, promise(PAYDAY)))
    assert decide(facts, CONSUMER, CHINA, PAYDAY).proposals[0].key == "7:promise:1:due"


def test_a_paid_promise_needs_no_reminder() -> None:
    paid = replace(kept_in_mind(), debts=(debt(paid=100_000),))
    assert decide(paid, CONSUMER, CHINA, PAYDAY).quiet == "nothing_owed"


def test_a_business_is_reminded_of_a_promise_on_working_days_only() -> None:
    monday = date(2026, 3, 30)
    facts = case(promises=(promise(monday),))
    days = [t for t, d in run(facts, TRADE, monday - timedelta(days=3), 5) if d.proposals]
    assert days == [monday]


@pytest.mark.parametrize(
    ("days_after", "rule"),
    [(2, "promise.broken"), (3, "promise.broken"), (4, "promise.broken"), (5, None)],
)
def test_a_broken_promise_is_followed_up_while_it_is_fresh(
    days_after: int, rule: str | None
) -> None:
    # One day of grace: it breaks two days after its date.
    decision = decide(broken(), CONSUMER, CHINA, PAYDAY + timedelta(days=days_after))
    assert [each.rule for each in decision.proposals if each.rule == "promise.broken"] == (
        [rule] if rule else []
    )


def test_a_broken_promise_is_followed_up_once_and_within_a_day() -> None:
    sent = [
        (today, each.key, each.purpose)
        for today, decision in run(broken(), CONSUMER, PAYDAY + timedelta(days=2), 6)
        for each in decision.proposals
        if each.rule == "promise.broken"
    ]
    breaks = PAYDAY + timedelta(days=2)
    assert sent == [(breaks, "7:promise:1:broken", Purpose.PROMISE_BROKEN)]


def test_the_follow_up_takes_the_place_of_the_days_reminder() -> None:
    due_on = DUE + timedelta(days=8)  # breaks on D10, a reminder day
    decisions = list(run(broken(due_on), CONSUMER, DUE + timedelta(days=10), 3))
    rules = [[each.rule for each in d.proposals] for _, d in decisions]
    assert rules == [["promise.broken"], [], []]


def test_the_second_broken_promise_goes_to_a_human() -> None:
    first = promise(PAYDAY - timedelta(days=8), PromiseState.BROKEN)
    second = promise(PAYDAY, PromiseState.BROKEN, number=2)
    decision = decide(case(promises=(first, second)), CONSUMER, CHINA, PAYDAY + timedelta(days=2))
    assert decision.handoff is HandoffReason.BROKEN_PROMISES
    assert decision.quiet == "broken_promises"
    assert decision.proposals == ()


def test_promises_a_collector_has_dealt_with_do_not_count_again() -> None:
    first = promise(PAYDAY - timedelta(days=8), PromiseState.BROKEN)
    second = promise(PAYDAY, PromiseState.BROKEN, number=2)
    facts = case(promises=(first, second), returned_on=PAYDAY + timedelta(days=4))
    assert decide(facts, CONSUMER, CHINA, PAYDAY + timedelta(days=4)).handoff is None
    third = promise(PAYDAY + timedelta(days=8), PromiseState.BROKEN, number=3)
    again = replace(facts, promises=(first, second, third))
    assert decide(again, CONSUMER, CHINA, PAYDAY + timedelta(days=10)).handoff is None
    fourth = promise(PAYDAY + timedelta(days=9), PromiseState.BROKEN, number=4)
    more = replace(facts, promises=(first, second, third, fourth))
    assert decide(more, CONSUMER, CHINA, PAYDAY + timedelta(days=11)).handoff is not None


def test_a_partly_kept_promise_is_not_a_broken_one() -> None:
    facts = case(promises=(promise(PAYDAY, PromiseState.PARTIAL),) * 3)
    decision = decide(facts, CONSUMER, CHINA, PAYDAY + timedelta(days=2))
    assert decision.handoff is None
    assert [each.rule for each in decision.proposals] == ["d6_20"]


def test_a_promise_is_not_reminded_where_sms_is_stopped() -> None:
    stopped = replace(MOBILE, suppressed=frozenset({Channel.SMS}))
    facts = replace(kept_in_mind(points=(stopped,)))
    assert decide(facts, CONSUMER, CHINA, PAYDAY).proposals == ()
