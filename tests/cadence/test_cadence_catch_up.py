"""Recomputing changes nothing, and days without a tick never add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cadence_cast import (
    BY_NAME,
    CHINA,
    CONSUMER,
    DUE,
    SMS_AND_VOICE,
    SMS_ONLY,
    case,
    debt,
    noon,
    planned,
    promise,
    run,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.cadence import decide
from bot.domain.facts import CaseFacts, LastTouch
from bot.domain.vocabulary import PromiseState

CADENCES = st.sampled_from(("consumer_loan", "trade_receivable"))
CASES = st.builds(
    lambda late_count, number, offered, entered: case(
        debt(number=number),
        late_count=late_count,
        offered=offered,
        entered_at=noon(DUE + timedelta(days=entered)),
    ),
    st.sampled_from((0, 1, 3)),
    st.sampled_from((1, 2)),
    st.sampled_from((SMS_ONLY, SMS_AND_VOICE)),
    st.integers(-30, 0),
)


def ago(days: int) -> date:
    return DUE + timedelta(days=days)


@settings(max_examples=150, deadline=None)
@given(CASES, CADENCES, st.integers(-25, 200))
def test_deciding_twice_on_a_day_adds_nothing(facts: CaseFacts, name: str, dpd: int) -> None:
    cadence = BY_NAME[name]
    first = decide(facts, cadence, CHINA, ago(dpd))
    assert decide(facts, cadence, CHINA, ago(dpd)) == first
    again = decide(planned(facts, first.proposals, ago(dpd)), cadence, CHINA, ago(dpd))
    assert again.proposals == ()
    assert again.tier == first.tier


@settings(max_examples=80, deadline=None)
@given(CASES, CADENCES, st.sets(st.integers(-20, 100), max_size=60))
def test_missed_days_never_yield_more_than_one_touch_a_day(
    facts: CaseFacts, name: str, off: set[int]
) -> None:
    cadence = BY_NAME[name]
    days_off = frozenset(ago(day) for day in off)
    keys: list[str] = []
    for _, decision in run(facts, cadence, ago(-20), 120, off=days_off):
        assert len(decision.proposals) <= 1
        keys += [each.key for each in decision.proposals]
    assert len(keys) == len(set(keys))
    without_gaps = sum(len(d.proposals) for _, d in run(facts, cadence, ago(-20), 120))
    assert len(keys) <= without_gaps


def test_a_day_off_is_made_up_for_once() -> None:
    off = frozenset({ago(6)})
    days = [
        (t, d.proposals[0].day) for t, d in run(case(), CONSUMER, ago(5), 7, off=off) if d.proposals
    ]
    assert days == [(ago(7), 6), (ago(10), 10)]


@pytest.mark.parametrize(("dpd", "caught"), [(6, True), (7, True), (8, True), (9, False)])
def test_a_day_missed_longer_ago_than_the_file_says_stays_missed(dpd: int, caught: bool) -> None:
    assert bool(decide(case(), CONSUMER, CHINA, ago(dpd)).proposals) is caught


def test_after_a_fortnight_off_only_the_newest_day_counts() -> None:
    off = frozenset(ago(day) for day in range(6, 19))
    days = [
        d.proposals[0].day for _, d in run(case(), CONSUMER, ago(5), 16, off=off) if d.proposals
    ]
    assert days == [18]  # caught up on D19, one message for four missed days


def test_a_missed_day_is_not_carried_into_the_next_tier() -> None:
    off = frozenset({ago(-1), ago(0)})
    first = next(d for _, d in run(case(), CONSUMER, ago(-3), 7, off=off) if d.proposals)
    assert first.proposals[0].rule == "d1_5"


def test_a_touch_of_another_rule_serves_the_day_too() -> None:
    called = LastTouch("d6_20.call", DUE, 10, ago(10))
    assert decide(case(last_touches=(called,)), CONSUMER, CHINA, ago(11)).quiet == "no_touch_today"


def test_a_late_touch_counts_on_the_day_it_was_planned() -> None:
    late = LastTouch("d6_20", DUE, 6, ago(8))
    assert decide(case(last_touches=(late,)), CONSUMER, CHINA, ago(8)).quiet == "touched_today"


def test_after_a_payment_the_new_due_date_waits_for_tomorrow() -> None:
    today = ago(6)
    second = debt(ago(4), number=3)
    facts = case(debt(number=2), second)
    facts = planned(facts, decide(facts, CONSUMER, CHINA, today).proposals, today)
    paid = replace(facts, debts=(debt(number=2, paid=100_000), second))
    decision = decide(paid, CONSUMER, CHINA, today)
    assert (decision.tier, decision.quiet) == ("d1_5", "touched_today")
    tomorrow = decide(paid, CONSUMER, CHINA, ago(7))
    assert tomorrow.proposals == ()  # D2 of the new date was served by today's touch


@settings(max_examples=60, deadline=None)
@given(
    CASES,
    CADENCES,
    st.integers(-30, 190),
    st.sampled_from((None, -3, 4, 12)),
    st.sampled_from((0, 3, 9)),
)
def test_nothing_new_happens_before_the_next_check(
    facts: CaseFacts, name: str, dpd: int, promised: int | None, attempts: int
) -> None:
    cadence = BY_NAME[name]
    if promised is not None:
        facts = replace(facts, promises=(promise(ago(promised)),))
    facts = replace(facts, tier_attempts=attempts)
    today = ago(dpd)
    first = decide(facts, cadence, CHINA, today)
    facts = planned(facts, first.proposals, today)
    assert today < first.next_check <= today + timedelta(days=30)
    for count in range(1, (first.next_check - today).days):
        between = decide(facts, cadence, CHINA, today + timedelta(days=count))
        assert between.proposals == ()
        assert between.handoff == first.handoff
        assert between.tier == first.tier


def test_a_waiting_touch_goes_first() -> None:
    today = ago(6)
    waiting = case(next_touch_at=noon(ago(8)))
    assert decide(waiting, CONSUMER, CHINA, today).quiet == "touch_waiting"
    stale = case(next_touch_at=noon(ago(5)))
    assert decide(stale, CONSUMER, CHINA, today).proposals


def test_a_broken_promise_of_long_ago_does_not_stop_the_cadence() -> None:
    facts = case(promises=(promise(ago(-40), PromiseState.BROKEN),))
    assert decide(facts, CONSUMER, CHINA, ago(6)).proposals[0].rule == "d6_20"
