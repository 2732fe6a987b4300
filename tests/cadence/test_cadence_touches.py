"""Which touch is wanted on which day, by behaviour, instalment and working day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cadence_cast import (
    BY_NAME,
    CHINA,
    CONSUMER,
    CONSUMER_D18,
    DUE,
    SMS_AND_VOICE,
    SMS_ONLY,
    TRADE,
    case,
    debt,
    noon,
    run,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.cadence import Cadence, decide
from bot.domain.facts import CaseFacts
from bot.domain.vocabulary import Channel, Purpose


def wanted(facts: CaseFacts, cadence: Cadence, first: int, last: int) -> str:
    """`-1 sms pre_due.a, …` for the days `first` to `last` past due."""
    start = facts.anchor
    assert start is not None
    days = run(facts, cadence, start + timedelta(days=first), last - first + 1)
    return ", ".join(
        f"{(today - start).days} {each.channel} {each.rule}"
        for today, decision in days
        for each in decision.proposals
    )


@pytest.mark.parametrize(
    ("late_count", "offered", "expected"),
    [
        (None, SMS_ONLY, "-1 sms pre_due.a, 0 sms due_day"),
        (0, SMS_ONLY, "-1 sms pre_due.a, 0 sms due_day"),
        (1, SMS_ONLY, "-3 sms pre_due.b, -1 sms pre_due.b, 0 sms due_day"),
        (
            2,
            SMS_AND_VOICE,
            "-3 sms pre_due.b, -2 voice pre_due.b_call, -1 sms pre_due.b, 0 sms due_day",
        ),
        (3, SMS_ONLY, "-5 sms pre_due.c, -2 sms pre_due.c, 0 sms due_day"),
        (
            9,
            SMS_AND_VOICE,
            "-5 sms pre_due.c, -4 voice pre_due.c_call, -3 voice pre_due.c_call,"
            " -2 sms pre_due.c, -1 voice pre_due.c_call, 0 sms due_day",
        ),
    ],
)
def test_notice_before_due_follows_the_payment_behaviour(
    late_count: int | None, offered: frozenset[Channel], expected: str
) -> None:
    assert wanted(case(late_count=late_count, offered=offered), CONSUMER, -15, 0) == expected


@pytest.mark.parametrize(
    ("cadence", "first", "last", "expected"),
    [
        (CONSUMER, 1, 5, "2 sms d1_5"),
        (CONSUMER, 6, 20, "6 sms d6_20, 10 sms d6_20, 14 sms d6_20, 18 sms d6_20"),
        (CONSUMER, 21, 29, "21 sms d21_29, 24 sms d21_29, 27 sms d21_29"),
        (CONSUMER, 90, 120, ""),
        (CONSUMER_D18, 6, 18, "6 sms d6_18, 10 sms d6_18, 14 sms d6_18"),
        (CONSUMER_D18, 19, 28, "19 sms d19_28, 22 sms d19_28, 25 sms d19_28"),
        (TRADE, -10, 0, "-7 sms trade.pre_due, -2 sms trade.pre_due, 0 sms trade.due_day"),
        (TRADE, 91, 130, "91 sms trade.d91_180, 105 sms trade.d91_180, 119 sms trade.d91_180"),
    ],
)
def test_each_tier_has_its_own_days(cadence: Cadence, first: int, last: int, expected: str) -> None:
    assert wanted(case(), cadence, first, last) == expected


def test_a_proposal_says_what_it_is_and_when() -> None:
    decision = decide(case(), CONSUMER, CHINA, DUE)
    (due_day,) = decision.proposals
    assert due_day.key == "7:due_day:2026-03-18:0"
    assert due_day.purpose is Purpose.REMINDER
    assert due_day.script == "reminder.due_day"
    assert (due_day.tier, due_day.rule, due_day.anchor, due_day.day) == (
        "pre_due",
        "due_day",
        DUE,
        0,
    )
    assert due_day.earliest.isoformat() == "2026-03-18T07:00:00+00:00"
    assert due_day.latest.isoformat() == "2026-03-18T08:00:00+00:00"
    assert decision.quiet is None
    assert decision.next_check == DUE + timedelta(days=1)


def test_someone_who_does_not_answer_is_tried_at_other_hours() -> None:
    days = run(case(), CONSUMER, DUE + timedelta(days=6), 13)
    hours = [(each.earliest + timedelta(hours=8)).hour for _, d in days for each in d.proposals]
    assert hours == [13, 19, 16, 13]


class TestTheFirstInstalment:
    def test_is_welcomed_and_noticed_in_the_week_before(self) -> None:
        new = case(debt(number=1), entered_at=noon(DUE - timedelta(days=12)))
        assert (
            wanted(new, CONSUMER, -12, 0)
            == "-12 sms welcome, -7 sms first_instalment, -1 sms pre_due.a, 0 sms due_day"
        )

    def test_counts_working_days_back_over_a_holiday(self) -> None:
        # Free: 25–27 September (Mid-Autumn) and 1–7 October. Worked: 8 October, 28–30 September.
        due = date(2026, 10, 9)
        new = case(debt(due, number=1))
        on = [t for t, d in run(new, CONSUMER, due - timedelta(days=20), 20) if d.proposals]
        assert on[0] == date(2026, 9, 24)

    def test_may_be_noticed_late_but_not_in_the_last_two_working_days(self) -> None:
        new = case(debt(number=1))
        at = {
            dpd: decide(new, CONSUMER, CHINA, DUE + timedelta(days=dpd)).proposals
            for dpd in (-8, -7, -5, -2)
        }
        assert [bool(at[dpd]) for dpd in (-8, -7, -5, -2)] == [False, True, True, False]

    def test_is_not_welcomed_when_it_entered_long_ago(self) -> None:
        old = case(debt(number=1), entered_at=noon(DUE - timedelta(days=40)))
        assert "welcome" not in wanted(old, CONSUMER, -30, 0)

    def test_is_never_the_second_one(self) -> None:
        later = case(debt(number=2), entered_at=noon(DUE - timedelta(days=12)))
        assert wanted(later, CONSUMER, -12, 0) == "-1 sms pre_due.a, 0 sms due_day"


class TestWorkingDays:
    def test_a_business_is_contacted_on_working_days_only(self) -> None:
        start = date(2026, 1, 5)
        for shift in range(14):
            invoice = case(debt(start + timedelta(days=shift), number=2), offered=SMS_AND_VOICE)
            for today, decision in run(invoice, TRADE, start - timedelta(days=10), 220):
                assert not decision.proposals or CHINA.is_working(today)

    def test_a_make_up_working_saturday_is_a_working_day(self) -> None:
        due = date(2026, 2, 14)
        assert decide(case(debt(due)), TRADE, CHINA, due).proposals

    def test_a_holiday_joins_its_touches_into_one(self) -> None:
        due = date(2026, 2, 13)  # Spring Festival: 15 to 23 February
        after = wanted(case(debt(due)), TRADE, 1, 13)
        assert after == "11 sms trade.d1_30, 12 sms trade.d1_30.call"

    def test_a_text_that_says_today_is_dropped_rather_than_moved(self) -> None:
        sunday = date(2026, 3, 15)
        assert wanted(case(debt(sunday)), TRADE, -3, 0) == "-2 sms trade.pre_due"

    def test_notice_before_due_moves_forward_in_time_never_past_the_due_day(self) -> None:
        monday = date(2026, 3, 16)
        assert wanted(case(debt(monday)), TRADE, -12, -1) == (
            "-7 sms trade.pre_due, -3 sms trade.pre_due"
        )

    def test_the_last_touch_of_a_tier_stays_in_it(self) -> None:
        due = date(2026, 3, 12)  # D30 is Saturday 11 April
        last = wanted(case(debt(due)), TRADE, 26, 31)
        assert last == "26 sms trade.d1_30, 29 sms trade.d1_30"


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(BY_NAME)),
    due=st.dates(date(2025, 6, 1), date(2026, 9, 1)),
    late_count=st.sampled_from((0, 1, 2, 3)),
    number=st.sampled_from((1, 2)),
    calls=st.booleans(),
    entered=st.integers(10, 30),
)
def test_no_more_than_one_touch_a_day_and_three_sms_in_seven_days(
    name: str, due: date, late_count: int, number: int, calls: bool, entered: int
) -> None:
    cadence, offered = BY_NAME[name], SMS_AND_VOICE if calls else SMS_ONLY
    start = due - timedelta(days=entered)
    new = case(
        debt(due, number=number), late_count=late_count, offered=offered, entered_at=noon(start)
    )
    sms: list[date] = []
    for today, decision in run(new, cadence, start, 210):
        assert len(decision.proposals) <= 1
        sms += [today for each in decision.proposals if each.channel is Channel.SMS]
    for day in sms:
        assert sum(day - timedelta(days=6) <= other <= day for other in sms) <= 3
