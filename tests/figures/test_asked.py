"""What the address asks for, and what becomes of nonsense."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from console.dashboard.asked import asked_of

#: Late in the evening of 10 March in Shanghai; still the 10th in London.
NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
CLOCKS = {True: NOW, False: NOW}


def book(code: str, **more: Any) -> dict[str, Any]:
    return {
        "id": sum(map(ord, code)),
        "code": code,
        "zone": "Asia/Shanghai",
        "livemode": True,
        "currency": "CNY",
        **more,
    }


BOOKS = [book("a"), book("b", currency="TWD"), book("t", livemode=False)]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("today", date(2026, 3, 10), date(2026, 3, 10)),
        ("7d", date(2026, 3, 4), date(2026, 3, 10)),
        ("month", date(2026, 3, 1), date(2026, 3, 10)),
        ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_periods_end_today_and_count_today(period: str, first: date, last: date) -> None:
    asked = asked_of({"period": period}, BOOKS, CLOCKS)
    assert (asked.first, asked.last, asked.wrong) == (first, last, "")


def test_the_day_is_that_of_the_portfolios_zone() -> None:
    west = [book("w", zone="Pacific/Auckland")]
    assert asked_of({"period": "today"}, west, CLOCKS).first == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"period": "days", "first": "2026-03-05", "last": "2026-03-01"}, "days"),
        ({"period": "days", "first": "yesterday", "last": "2026-03-01"}, "days"),
        ({"period": "days", "first": "2020-01-01", "last": "2026-03-01"}, "days"),
        ({"period": "days"}, "days"),
        ({"period": "<script>"}, "days"),
        ({"portfolio": "nobody"}, "portfolio"),
        ({"portfolio": "t"}, "portfolio"),
    ],
)
def test_nonsense_falls_back_to_the_usual_view_and_says_so(
    given: dict[str, str], wrong: str
) -> None:
    asked = asked_of(given, BOOKS, CLOCKS)
    assert (asked.wrong, asked.first, asked.last) == (wrong, date(2026, 2, 9), date(2026, 3, 10))
    assert asked.ids == [97, 98]


def test_days_in_the_future_are_not_shown() -> None:
    given = {"period": "days", "first": "2026-03-01", "last": "2027-01-01"}
    assert asked_of(given, BOOKS, CLOCKS).last == date(2026, 3, 10)


def test_test_mode_is_shown_while_nothing_is_live() -> None:
    assert asked_of({}, [book("t", livemode=False)], CLOCKS).livemode is False
    assert asked_of({}, BOOKS, CLOCKS).livemode is True
    assert asked_of({}, [], CLOCKS).books == ()


def test_the_address_of_a_view_leads_back_to_it() -> None:
    given = {"period": "days", "first": "2026-03-01", "last": "2026-03-05", "portfolio": "b"}
    asked = asked_of(given, BOOKS, CLOCKS)
    assert asked.currency == "TWD"
    assert asked_of(asked.query(), BOOKS, CLOCKS) == asked
