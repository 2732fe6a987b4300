"""What a file may say beyond what the shipped ones do, and the dates to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from cadence_cast import (
    CHINA,
    CONSUMER,
    DUE,
    MOBILE,
    SMS_AND_VOICE,
    TRADE,
    case,
    noon,
    planned,
    run,
)

from bot.domain.cadence import Cadence, Tier, Touch, Window, decide
from bot.domain.cadence.definition import AfterEntry, Conditions, DueDays, HandOffRules, Shift
from bot.domain.facts import CaseFacts, LastTouch
from bot.domain.vocabulary import Channel, Owner, Purpose

SATURDAY, SUNDAY, MONDAY = (date(2026, 3, day) for day in (14, 15, 16))
GUARANTOR = replace(MOBILE, contact_point_id=9, owner=Owner.GUARANTOR)
STOPPED = replace(MOBILE, suppressed=frozenset({Channel.SMS}))


def touch(key: str = "ping", days: tuple[int, ...] = (0,), **changes: object) -> Touch:
    given = Touch(
        key=key,
        purpose=Purpose.REMINDER,
        script=key,
        pattern=DueDays(days),
        windows=(Window(time(10), time(11)),),
        channels=(Channel.SMS,),
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def one_tier(*touches: Touch, hand_off: HandOffRules | None = None, **changes: int) -> Cadence:
    """A cadence whose single tier holds all days."""
    tier = Tier("all", "全", "All", None, None, touches, 30, 7, hand_off or HandOffRules())
    return replace(CONSUMER, tiers=(tier,), **changes)  # type: ignore[arg-type]


def days(facts: CaseFacts, cadence: Cadence, first: date, count: int = 10) -> list[date]:
    return [today for today, each in run(facts, cadence, first, count) if each.proposals]


def on_saturday(shift: Shift) -> tuple[CaseFacts, Cadence]:
    wanted = touch(days=((SATURDAY - DUE).days,), shift=shift, catch_up_days=5)
    return case(), one_tier(wanted)


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        (Shift.NONE, [SATURDAY]),
        (Shift.NEXT, [MONDAY]),
        (Shift.PREVIOUS, [date(2026, 3, 13)]),
        (Shift.SKIP, []),  # not even caught up with on Monday
    ],
)
def test_a_saturday_is_treated_as_the_file_says(shift: Shift, expected: list[date]) -> None:
    facts, cadence = on_saturday(shift)
    assert days(facts, cadence, date(2026, 3, 10)) == expected


def test_a_missed_working_day_is_made_up_for_on_a_working_day() -> None:
    friday = date(2026, 3, 13)
    cadence = one_tier(touch(days=((friday - DUE).days,), shift=Shift.SKIP, catch_up_days=4))
    saturday = decide(case(), cadence, CHINA, SATURDAY)
    assert (saturday.proposals, saturday.next_check) == ((), SUNDAY)
    assert decide(case(), cadence, CHINA, MONDAY).proposals


def test_a_business_that_missed_friday_hears_on_monday() -> None:
    due = date(2026, 3, 4)  # D9 is Friday the 13th
    facts = case(replace(case().debts[0], due_on=due))
    off = frozenset({date(2026, 3, 13)})
    touched = [t for t, d in run(facts, TRADE, date(2026, 3, 10), 7, off=off) if d.proposals]
    assert touched == [date(2026, 3, 10), MONDAY]


def test_a_touch_may_ask_how_long_the_case_is_known() -> None:
    window = Conditions(entered_from=2, entered_to=4)
    cadence = one_tier(touch(days=tuple(range(-9, 9)), when=window))
    facts = case(entered_at=noon(DUE - timedelta(days=5)))
    first = DUE - timedelta(days=8)
    assert days(facts, cadence, first, 14) == [DUE - timedelta(days=n) for n in (3, 2, 1)]
    assert decide(facts, cadence, CHINA, DUE - timedelta(days=5)).next_check == DUE - timedelta(
        days=3
    )


def test_entry_is_a_day_of_the_portfolios_zone() -> None:
    cadence = one_tier(touch("welcome", pattern=AfterEntry(0), catch_up_days=0))
    evening = noon(DUE) + timedelta(hours=13)  # 01:00 of the next day in Shanghai
    assert days(case(entered_at=evening), cadence, DUE, 3) == [DUE + timedelta(days=1)]


def test_a_welcome_is_not_repeated_for_the_next_due_date() -> None:
    cadence = one_tier(touch("welcome", pattern=AfterEntry(0), catch_up_days=9))
    facts = case(entered_at=noon(DUE))
    facts = planned(facts, decide(facts, cadence, CHINA, DUE).proposals, DUE)
    moved = replace(facts, debts=(replace(facts.debts[0], due_on=DUE + timedelta(days=30)),))
    assert decide(moved, cadence, CHINA, DUE + timedelta(days=1)).proposals == ()


def test_the_same_rule_starts_anew_with_the_next_due_date() -> None:
    earlier = LastTouch("d6_20", DUE - timedelta(days=30), 18, DUE - timedelta(days=12))
    decision = decide(case(last_touches=(earlier,)), CONSUMER, CHINA, DUE + timedelta(days=6))
    assert decision.proposals[0].rule == "d6_20"


def test_a_touch_without_a_planned_day_counts_from_its_pattern() -> None:
    unplanned = LastTouch("d6_20", DUE, 6)
    again = decide(case(last_touches=(unplanned,)), CONSUMER, CHINA, DUE + timedelta(days=6))
    assert again.quiet == "touched_today"


@pytest.mark.parametrize(
    ("limits", "rules"),
    [
        ({"per_day": 1, "per_day_per_purpose": 1}, ["ping"]),
        ({"per_day": 2, "per_day_per_purpose": 1}, ["ping", "hello"]),
        ({"per_day": 3, "per_day_per_purpose": 2}, ["ping", "pong", "hello"]),
    ],
)
def test_a_file_may_allow_more_than_one_touch_a_day(
    limits: dict[str, int], rules: list[str]
) -> None:
    hello = touch("hello", purpose=Purpose.WELCOME)
    cadence = one_tier(touch("ping"), touch("pong"), hello, **limits)
    assert [each.rule for each in decide(case(), cadence, CHINA, DUE).proposals] == rules


def test_the_newest_pattern_day_comes_before_an_older_one() -> None:
    cadence = one_tier(touch("old", days=(-1,)), touch("new", days=(0,)))
    assert decide(case(), cadence, CHINA, DUE).proposals[0].rule == "new"


@pytest.mark.parametrize(
    ("guarantor", "points", "offered", "expected"),
    [
        (True, (GUARANTOR, MOBILE), {Channel.SMS}, (Channel.SMS, 1)),
        (True, (STOPPED, GUARANTOR), {Channel.SMS, Channel.VOICE}, (Channel.VOICE, 1)),
        (True, (STOPPED, GUARANTOR), {Channel.SMS}, None),  # the debtor has stopped all there is
        (False, (STOPPED, GUARANTOR), {Channel.SMS, Channel.VOICE}, (Channel.VOICE, 1)),
    ],
)
def test_the_debtors_own_numbers_come_before_a_guarantors(
    guarantor: bool,
    points: tuple[object, ...],
    offered: set[Channel],
    expected: tuple[Channel, int] | None,
) -> None:
    cadence = one_tier(touch(channels=(Channel.SMS, Channel.VOICE), guarantor=guarantor))
    facts = case(points=points, offered=frozenset(offered))  # type: ignore[arg-type]
    found = decide(facts, cadence, CHINA, DUE).proposals
    reached = (found[0].channel, found[0].contact_point.contact_point_id) if found else None
    assert reached == expected


@pytest.mark.parametrize("guarantor", [True, False])
def test_a_guarantor_is_contacted_only_where_the_file_says_so(guarantor: bool) -> None:
    # SMS is stopped by the debtor, who could still be called; this touch is an SMS.
    cadence = one_tier(touch(guarantor=guarantor))
    facts = case(points=(STOPPED, GUARANTOR), offered=SMS_AND_VOICE)
    found = decide(facts, cadence, CHINA, DUE).proposals
    assert [each.contact_point.contact_point_id for each in found] == ([9] if guarantor else [])


@pytest.mark.parametrize(
    ("dpd", "late_count", "next_day"),
    [
        (-30, 0, -23),  # the tier's re-check comes first
        (-4, 0, -1),
        (-7, 1, -3),
        (-2, 0, -1),
        (0, 0, 1),
        (1, 0, 2),
        (4, 0, 5),  # re-check of the tier
        (5, 0, 6),  # its end
        (8, 0, 10),
        (12, 0, 14),
        (90, 0, 91),  # a hand-off is asked for again tomorrow
    ],
)
def test_a_case_is_looked_at_again_when_something_can_change(
    dpd: int, late_count: int, next_day: int
) -> None:
    served = LastTouch("served", DUE, dpd - 1)  # nothing older can be caught up with
    facts = case(late_count=late_count, last_touches=(served,))
    decision = decide(facts, CONSUMER, CHINA, DUE + timedelta(days=dpd))
    assert (decision.next_check - DUE).days == next_day


def test_patience_ends_are_looked_at_in_time() -> None:
    rules = HandOffRules(unreachable_after=1, unreachable_wait_days=4)
    cadence = one_tier(touch(days=(0, 20)), hand_off=rules)
    facts = case(tier_attempts=1, last_touches=(LastTouch("ping", DUE, 0),))
    decision = decide(facts, cadence, CHINA, DUE + timedelta(days=1))
    assert decision.next_check == DUE + timedelta(days=4)
    assert decide(facts, cadence, CHINA, decision.next_check).handoff is not None


def test_a_touch_waiting_later_today_goes_first() -> None:
    today = DUE + timedelta(days=6)
    assert decide(case(next_touch_at=noon(today)), CONSUMER, CHINA, today).quiet == "touch_waiting"
