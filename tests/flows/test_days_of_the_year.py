"""Days that are not like the others: the clocks change, February has a 29th."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from desk_kit import DeskInHand, shanghai

NEW_YORK = ZoneInfo("America/New_York")


def american(desk: DeskInHand, due_on: date) -> int:
    """A case of a first-party creditor in New York."""
    desk.set_now(at("2026-01-15T12:00"))
    portfolio = desk.portfolio(
        "us",
        zone="America/New_York",
        region="US",
        currency="USD",
        packs=["us"],
        collector_kind="first_party",
    )
    return desk.case(portfolio, due_on=due_on, phone="+12125550123", currency="USD")


def at(text: str) -> datetime:
    """Local time in New York."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("day", "offset"),
    [("2026-03-07", -5), ("2026-03-08", -4), ("2026-10-31", -4), ("2026-11-01", -5)],
)
def test_an_american_call_back_asked_for_the_night_waits_for_eight_o_clock_of_that_day(
    desk: DeskInHand, day: str, offset: int
) -> None:
    """The clocks go forward on 2026-03-08 and back on 2026-11-01."""
    case = american(desk, at(f"{day}T12:00").date() - timedelta(days=3))
    desk.set_now(at(f"{day}T07:00") - timedelta(hours=12))
    desk.plan()
    desk.sql("UPDATE touch SET state = 'cancelled'")
    touch = planned_at(desk, case, at(f"{day}T05:00"))
    desk.step(at(f"{day}T05:00"))
    eight = at(f"{day}T08:00")
    assert eight.utcoffset() == timedelta(hours=offset)
    assert desk.sql("SELECT state, due_at FROM touch WHERE id = %s", touch) == [("planned", eight)]
    desk.set_now(eight - timedelta(seconds=2))
    desk.send()
    assert desk.texts(case) == []
    desk.set_now(eight)
    desk.send()
    assert len(desk.texts(case)) == 1
    sent = desk.one("SELECT at FROM attempt").astimezone(NEW_YORK)
    assert (sent.hour, sent.date().isoformat()) == (8, day)


def planned_at(desk: DeskInHand, case: int, due: datetime) -> int:
    """A reminder that is due at a closed hour, as after a change of hours."""
    return int(
        desk.one(
            "INSERT INTO touch (key, case_id, debtor_id, portfolio_id, sender_id, contact_point_id,"
            " channel, purpose, script, script_version, segments, params, due_at, latest_at, state,"
            " created_at, updated_at) "
            "SELECT 'night', c.id, c.debtor_id, c.portfolio_id, p.sender_id, cp.id, 'sms',"
            " 'reminder', 'reminder.d1_5', 1, 2, '{}', %s, %s, 'planned', %s, %s "
            "FROM cases c JOIN portfolio p ON p.id = c.portfolio_id "
            "JOIN contact_point cp ON cp.debtor_id = c.debtor_id WHERE c.id = %s RETURNING id",
            due,
            due + timedelta(hours=20),
            desk.now,
            desk.now,
            case,
        )
    )


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
def test_a_window_on_a_day_of_changing_clocks_is_that_of_the_wall_clock(
    desk: DeskInHand, day: str
) -> None:
    case = american(desk, at(f"{day}T12:00").date() - timedelta(days=2))
    desk.set_now(at(f"{day}T00:30"))
    desk.plan()
    due = [row[0].astimezone(NEW_YORK) for row in desk.sql("SELECT due_at FROM touch")]
    assert [(d.hour, d.minute, d.date().isoformat()) for d in due] == [(13, 30, day)]
    assert desk.texts(case) == []


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
def test_days_past_due_are_counted_by_the_calendar_across_changing_clocks(
    desk: DeskInHand, day: str
) -> None:
    due_on = at(f"{day}T12:00").date() - timedelta(days=1)
    american(desk, due_on)
    for days in range(3):
        moment = at(f"{day}T00:20") + timedelta(days=days)
        desk.set_now(moment)
        desk.plan()
        next_look = desk.one("SELECT next_check_at FROM cases").astimezone(NEW_YORK)
        assert (next_look.hour, next_look.minute) == (0, 5)
        assert next_look.date() > moment.date()


def test_a_debt_due_on_the_leap_day_is_reminded_the_day_before_and_on_it(desk: DeskInHand) -> None:
    desk.set_now(shanghai("2028-02-27 00:10"))
    case = desk.case(desk.portfolio(), due_on=date(2028, 2, 29))
    for day in ("2028-02-28", "2028-02-29", "2028-03-01", "2028-03-02"):
        for hour in ("10:10", "13:40", "15:10"):
            desk.step(shanghai(f"{day} {hour}"))
    rows = desk.sql("SELECT at FROM attempt ORDER BY at")
    days = [(row[0] + timedelta(hours=8)).date().isoformat() for row in rows]
    assert days == ["2028-02-28", "2028-02-29", "2028-03-02"]
    assert "2月29日" in desk.texts(case)[0]


def test_a_promise_for_the_leap_day_is_kept_until_its_end(desk: DeskInHand) -> None:
    desk.set_now(shanghai("2028-02-27 00:10"))
    case = desk.case(desk.portfolio(), due_on=date(2028, 2, 25))
    desk.step(shanghai("2028-02-27 13:40"))
    desk.reply(case, "月底还2000")
    assert desk.sql("SELECT due_on FROM promise") == [(date(2028, 2, 29),)]
    desk.step(shanghai("2028-02-29 23:30"))
    assert desk.sql("SELECT state FROM promise") == [("open",)]


def test_a_claim_of_a_leap_day_is_time_barred_three_years_later_without_a_fault(
    desk: DeskInHand,
) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2028, 2, 29))
    desk.step(shanghai("2031-03-05 13:40"))
    assert desk.texts(case) == []
    assert desk.state(case) == "handed_off"
