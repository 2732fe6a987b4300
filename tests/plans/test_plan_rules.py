"""Schedules, limits and breaking: the rules alone."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.instalments import Limits, Part, is_broken, monthly, objections, periods_named
from bot.domain.instalments.schedule import month_later

TODAY = date(2026, 3, 10)
TOTALS = st.integers(100, 10**9)
PERIODS = st.integers(2, 36)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
LIMITS = st.builds(
    Limits,
    most_periods=st.integers(0, 24),
    least_minor=st.integers(0, 100_000),
    first_within_days=st.integers(0, 60),
    first_percent=st.integers(0, 100),
)


@given(TOTALS, PERIODS, DAYS)
def test_a_schedule_adds_up_and_its_days_grow(total: int, periods: int, first: date) -> None:
    parts = monthly(total, periods, first)
    assert len(parts) == periods
    assert sum(part.amount_minor for part in parts) == total
    assert parts[0].due_on == first
    assert all(a.due_on < b.due_on for a, b in pairwise(parts))
    assert max(p.amount_minor for p in parts) - min(p.amount_minor for p in parts) < periods


@given(TOTALS, PERIODS, st.data())
def test_a_first_payment_that_is_named_is_the_first(
    total: int, periods: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, total - periods + 1))
    parts = monthly(total, periods, TODAY, first)
    assert parts[0].amount_minor == first
    assert sum(part.amount_minor for part in parts) == total


@given(DAYS, st.integers(0, 60))
def test_a_month_later_is_the_same_day_or_the_months_last(day: date, months: int) -> None:
    later = month_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(LIMITS, TOTALS)
def test_the_widest_plan_is_within_the_limits(limits: Limits, total: int) -> None:
    parts = limits.widest(total, TODAY)
    if parts:
        assert objections(parts, total, limits, TODAY) == ()
        assert len(parts) <= limits.most_periods


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(10, 500), (40, 500)], ()),
        ([(10, 1000)], ("too_few",)),
        ([(10, 500), (40, 400)], ("sum_differs",)),
        ([(10, 1000), (40, 0)], ("not_positive", "below_least")),
        ([(10, 500), (10, 500)], ("out_of_order",)),
        ([(-1, 500), (40, 500)], ("in_the_past",)),
        ([(1, 250), (2, 250), (3, 250), (4, 250)], ("too_many", "first_small")),
        ([(10, 900), (40, 100)], ("below_least",)),
        ([(15, 500), (40, 500)], ("first_late",)),
        ([(10, 299), (20, 351), (30, 350)], ("first_small",)),
    ],
)
def test_every_limit_is_named_when_it_is_passed(
    parts: list[tuple[int, int]], expected: tuple[str, ...]
) -> None:
    limits = Limits(most_periods=3, least_minor=200, first_within_days=14, first_percent=30)
    given_ = [Part(TODAY + timedelta(days=day), amount) for day, amount in parts]
    assert objections(given_, 1000, limits, TODAY) == expected


def test_without_terms_nothing_is_granted() -> None:
    assert Limits().widest(100_000, TODAY) == ()
    assert not Limits().may_waive(1, 100_000)


def test_both_limits_of_a_reduction_bind() -> None:
    limits = Limits(reduction_minor=10_000, reduction_percent=10)
    assert limits.may_waive(10_000, 100_000)
    assert not limits.may_waive(10_001, 1_000_000)
    assert not limits.may_waive(10_000, 99_999)


@pytest.mark.parametrize(
    ("missed", "still_open", "after", "broken"),
    [(0, 3, 2, False), (1, 2, 2, False), (2, 1, 2, True), (1, 2, 1, True), (1, 0, 2, True), (0, 0, 2, False)],
)  # fmt: skip
def test_the_second_missed_instalment_breaks_a_plan(
    missed: int, still_open: int, after: int, broken: bool
) -> None:
    assert is_broken(missed, still_open, after) is broken


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("能不能分三期还", 3),
        ("我想分12期", 12),
        ("可以分成 6 个月吗", 6),
        ("分十二次还", 12),
        ("分两期", 2),
        ("分期还可以吗", None),
        ("分一次", None),
        ("十分抱歉，分100期", None),
        ("过分", None),
        ("", None),
    ],
)
def test_the_number_of_parts_is_read_from_words(text: str, periods: int | None) -> None:
    assert periods_named(text) == periods


@given(st.text(max_size=60))
def test_no_text_makes_reading_the_parts_fail(text: str) -> None:
    found = periods_named(text)
    assert found is None or 2 <= found <= 36
