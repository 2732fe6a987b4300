"""The clock process was off, for a day or a month: late touches are decided anew, not fired."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from desk_kit import DeskInHand, shanghai


def days_of_contact(desk: DeskInHand) -> Counter[tuple[int, date]]:
    """Messages by case and local day."""
    rows = desk.sql("SELECT case_id, at FROM attempt WHERE state <> 'refused'")
    return Counter((case, (at + timedelta(hours=8)).date()) for case, at in rows)


def book(desk: DeskInHand) -> list[int]:
    """Cases of every phase, all of which are due for something this week."""
    portfolio = desk.portfolio()
    today = date(2026, 3, 10)
    return [
        desk.case(portfolio, due_on=today + timedelta(days=days), late_count=late)
        for days in (-40, -25, -12, -6, -2, -1, 0, 1, 3)
        for late in (0, 1, 3)
    ]


@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=31)], ids=["a day", "a month"])
def test_after_a_time_off_a_case_gets_at_most_one_touch_and_old_ones_expire(
    desk: DeskInHand, off: timedelta
) -> None:
    book(desk)
    desk.set_now(shanghai("2026-03-10 13:40"))
    desk.plan()  # touches of today are planned, and then the process is off
    waiting = desk.one("SELECT count(*) FROM touch WHERE state = 'planned'")
    assert waiting > 5

    back = shanghai("2026-03-10 13:40") + off
    desk.step(back)
    old = desk.sql("SELECT DISTINCT state, reason FROM touch WHERE created_at < %s", back)
    assert old == [("expired", "window over")]
    assert max(days_of_contact(desk).values(), default=0) <= 1
    first = set(days_of_contact(desk))
    for _ in range(3):  # and nothing more comes out at that hour, however often it ticks
        desk.step(desk.now + timedelta(seconds=5))
    assert set(days_of_contact(desk)) == first


def test_what_is_said_after_a_month_off_fits_the_tier_of_that_day(desk: DeskInHand) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:00"))
    assert desk.one("SELECT tier FROM cases") == "d1_5"
    for hour in (10, 14, 17, 19):
        desk.step(shanghai(f"2026-04-12 {hour}:40"))
    assert desk.one("SELECT tier FROM cases") == "m2"
    assert len(desk.texts(case)) <= 1
    assert {row[0] for row in desk.sql("SELECT tier FROM touch WHERE state = 'attempted'")} <= {
        "m2"
    }


def test_a_promise_that_passed_while_the_clock_was_off_is_settled_and_followed_once(
    desk: DeskInHand,
) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(case, "3月13日还2000")
    before = len(desk.texts(case))
    for moment in ("2026-03-15 10:10", "2026-03-15 13:40", "2026-03-15 19:10", "2026-03-16 10:10"):
        desk.step(shanghai(moment))
    assert desk.sql("SELECT state FROM promise") == [("broken",)]
    assert len(desk.texts(case)) - before <= 1
    assert desk.one("SELECT count(*) FROM touch WHERE purpose = 'promise_reminder'") == 0


def test_a_promise_broken_long_ago_is_not_followed_up_any_more(desk: DeskInHand) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(case, "3月13日还2000")
    desk.step(shanghai("2026-04-10 10:10"))
    assert desk.sql("SELECT state FROM promise") == [("broken",)]
    assert desk.sql("SELECT id FROM touch WHERE purpose = 'promise_broken'") == []


def test_a_call_back_that_was_missed_by_a_week_is_dropped(desk: DeskInHand) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(case, "在开会，明天上午十点再联系我")
    before = desk.texts(case)
    assert desk.sql("SELECT state FROM touch WHERE purpose = 'call_back'") == [("planned",)]
    desk.set_now(shanghai("2026-03-19 09:00"))
    desk.send()
    assert desk.sql("SELECT state FROM touch WHERE purpose = 'call_back'") == [("expired",)]
    assert desk.texts(case) == before


def test_replies_stored_while_the_worker_was_off_are_read_as_of_the_day_they_came(
    desk: DeskInHand,
) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:40"))
    desk.sandbox.say(desk.phones[case], "明天还2000")
    desk.set_now(shanghai("2026-03-11 13:40"))
    desk.read_replies()
    assert desk.sql("SELECT due_on FROM promise") == [(date(2026, 3, 11),)]


def test_a_clock_that_ticks_a_hundred_times_a_minute_sends_what_one_tick_sends(
    desk: DeskInHand,
) -> None:
    book(desk)
    desk.step(shanghai("2026-03-10 13:40"))
    sent, touches = len(desk.sandbox.messages()), desk.one("SELECT count(*) FROM touch")
    for second in range(30):
        desk.set_now(shanghai("2026-03-10 13:41") + timedelta(seconds=second))
        desk.product.promises.run(livemode=False)
        desk.plan()
        desk.send()
    assert len(desk.sandbox.messages()) == sent
    assert desk.one("SELECT count(*) FROM touch") == touches
