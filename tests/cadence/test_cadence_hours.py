"""Wall-clock windows become instants in the right zone, across clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from cadence_cast import CHINA, CONSUMER, DUE, MOBILE, case, debt
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Window, decide
from bot.domain.cadence.hours import instants

MORNING = Window(time(10), time(11, 30))
NEW_YORK, SHANGHAI, LOS_ANGELES = "America/New_York", "Asia/Shanghai", "America/Los_Angeles"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zones", "portfolio", "earliest"),
    [
        # The debtor's own hours, in winter, on the day clocks change, and in summer.
        ("2026-03-07", (NEW_YORK,), NEW_YORK, "2026-03-07T15:00"),
        ("2026-03-08", (NEW_YORK,), NEW_YORK, "2026-03-08T14:00"),
        ("2026-11-01", (NEW_YORK,), NEW_YORK, "2026-11-01T15:00"),
        ("2026-03-29", ("Europe/London",), "Europe/London", "2026-03-29T09:00"),
        # Zones that mean the same hours are one zone; others fall back to the contract's.
        ("2026-01-05", (NEW_YORK, "America/Detroit"), LOS_ANGELES, "2026-01-05T15:00"),
        ("2026-01-05", (NEW_YORK, LOS_ANGELES), "America/Chicago", "2026-01-05T16:00"),
        # A debtor west of the portfolio has the same date, later.
        ("2026-01-05", (LOS_ANGELES,), SHANGHAI, "2026-01-05T18:00"),
        # Far to the east the day's window is over before the portfolio's day begins.
        ("2026-01-05", (SHANGHAI,), LOS_ANGELES, "2026-01-06T02:00"),
        ("2026-01-05", ("Asia/Tokyo",), SHANGHAI, "2026-01-05T01:00"),
    ],
)
def test_a_window_is_read_in_the_debtors_zone(
    day: str, zones: tuple[str, ...], portfolio: str, earliest: str
) -> None:
    found = instants(date.fromisoformat(day), MORNING, zones, portfolio)
    assert found == (utc(earliest), utc(earliest) + timedelta(minutes=90))


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.sampled_from((NEW_YORK, SHANGHAI, "Europe/London", "Australia/Sydney", "America/Sao_Paulo")),
    st.sampled_from((NEW_YORK, SHANGHAI, LOS_ANGELES, "Pacific/Auckland")),
)
def test_a_window_keeps_its_wall_clock_and_never_precedes_the_portfolios_day(
    day: date, zone: str, portfolio: str
) -> None:
    earliest, latest = instants(day, MORNING, (zone,), portfolio)
    assert earliest.astimezone(ZoneInfo(zone)).time() == time(10)
    assert latest.astimezone(ZoneInfo(zone)).time() == time(11, 30)
    begins = datetime.combine(day, time.min, ZoneInfo(portfolio))
    assert begins <= earliest < begins + timedelta(days=2)


def test_the_chosen_number_decides_the_zone() -> None:
    abroad = replace(MOBILE, region="US", zones=(NEW_YORK,))
    (due_day,) = decide(case(points=(abroad,)), CONSUMER, CHINA, DUE).proposals
    assert due_day.earliest == utc("2026-03-18T19:00")


def test_pattern_days_ignore_clock_changes() -> None:
    day = date(2026, 3, 9)  # the day after the change in New York
    point = replace(MOBILE, region="US", zones=(NEW_YORK,))
    facts = case(debt(day, number=2), points=(point,), zone=NEW_YORK)
    before = decide(facts, CONSUMER, CHINA, date(2026, 3, 8)).proposals[0]
    on = decide(facts, CONSUMER, CHINA, day).proposals[0]
    assert (before.day, before.earliest) == (-1, utc("2026-03-08T14:00"))
    assert (on.day, on.earliest) == (0, utc("2026-03-09T19:00"))
