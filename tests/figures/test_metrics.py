"""Intervals, comparisons, roll rates and the calendar of counting, without any database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures.cost import CostRates, cost, cost_to_collect
from bot.domain.figures.ratio import Ratio, interval
from bot.domain.figures.schedule import FURTHEST, QUICK, SLOW, days_back, is_due
from bot.domain.figures.scripts import scripts
from bot.domain.figures.sums import Cell, Sums
from bot.flows.ports.figures import Counted

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
TODAY = date(2026, 3, 10)


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_an_interval_holds_its_share_and_stays_within_bounds(part: int, more: int) -> None:
    share = Ratio(part, part + more)
    low, high = interval(share)
    assert 0 <= low <= (share.value or 0) + 1e-12
    assert (share.value if share.value is not None else 1) <= high + 1e-12 <= 1 + 2e-12


@given(st.integers(1, 400), st.integers(1, 50))
def test_more_of_the_same_narrows_the_interval(whole: int, times: int) -> None:
    part = whole // 3
    narrow, wide = interval(Ratio(part * times, whole * times)), interval(Ratio(part, whole))
    assert narrow[1] - narrow[0] <= wide[1] - wide[0] + 1e-12


def test_wilsons_interval_is_the_published_one() -> None:
    low, high = interval(Ratio(15, 148))  # Newcombe, Stat. Med. 17 (1998), table I: 0.0624, 0.1605
    assert (round(low, 4), round(high, 4)) == (0.0624, 0.1605)


def _sent(script: str, left: int, responded: int, tier: str = "d1_5") -> list[Cell]:
    where = {"tier": tier, "channel": "sms", "script": script, "detail": "reminder"}
    return [
        Cell("left", n=left, **where),  # type: ignore[arg-type]
        Cell("responded", n=responded, **where),  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    ("a", "b", "verdicts"),
    [
        ((500, 200), (500, 50), {"a": "better", "b": "worse"}),
        ((40, 12), (40, 10), {"a": "open", "b": "open"}),
        ((29, 29), (500, 50), {"a": "few", "b": "alone"}),
    ],
)
def test_scripts_differ_only_where_their_intervals_do(
    a: tuple[int, int], b: tuple[int, int], verdicts: dict[str, str]
) -> None:
    lines = scripts(Sums.of([*_sent("a", *a), *_sent("b", *b)]))
    assert {line.script: line.verdict for line in lines} == verdicts


def test_scripts_of_different_tiers_are_not_compared() -> None:
    lines = scripts(Sums.of([*_sent("a", 500, 200), *_sent("b", 500, 50, "d6_20")]))
    assert [line.verdict for line in lines] == ["alone", "alone"]


def test_cost_is_what_was_used_at_the_portfolios_prices() -> None:
    sums = Sums.of(
        [
            Cell("left", channel="sms", n=3, amount=1001),
            Cell("left", channel="voice", n=2, amount=7),
            Cell("handoff_claimed", n=4),
        ]
    )
    spent = cost(sums, CostRates(segment_milli=4_500, minute_milli=12_000, handoff_milli=600_000))
    assert (spent.sms_minor, spent.calls_minor, spent.human_minor) == (4504, 84, 2400)
    assert cost_to_collect(spent, 100_000) == Ratio(6988, 100_000)


def _due(pace: object, day: date, age: timedelta | None, took_ms: int = 0) -> bool:
    done = None if age is None else Counted(NOW - age, took_ms)
    ended = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    return is_due(pace, day, TODAY, ended, done, NOW)  # type: ignore[arg-type]


def test_the_running_day_is_counted_again_soon_but_leaves_the_machine_its_time() -> None:
    assert _due(QUICK, TODAY, None)
    assert not _due(QUICK, TODAY, timedelta(seconds=14))
    assert _due(QUICK, TODAY, timedelta(seconds=15))
    assert not _due(QUICK, TODAY, timedelta(seconds=29), took_ms=3000)
    assert _due(QUICK, TODAY, timedelta(seconds=30), took_ms=3000)
    assert not _due(SLOW, TODAY, timedelta(minutes=59))


def test_a_day_that_was_counted_while_it_ran_is_counted_once_more_when_it_is_over() -> None:
    yesterday = TODAY - timedelta(days=1)
    for pace in (QUICK, SLOW):
        assert _due(pace, yesterday, timedelta(hours=11))
        assert not _due(pace, yesterday, timedelta(minutes=30))
    assert _due(QUICK, yesterday, timedelta(hours=1))


def test_old_days_rest_and_a_clock_put_back_counts_anew() -> None:
    assert not _due(QUICK, TODAY - timedelta(days=10), timedelta(hours=23))
    assert _due(QUICK, TODAY - timedelta(days=10), timedelta(days=1))
    assert not _due(QUICK, TODAY - timedelta(days=41), timedelta(days=30))
    assert not _due(SLOW, TODAY - timedelta(days=10), timedelta(days=8))
    assert _due(QUICK, TODAY - timedelta(days=41), -timedelta(seconds=1))


def test_counting_goes_back_to_the_first_day_and_not_for_ever() -> None:
    assert list(days_back(TODAY - timedelta(days=2), TODAY)) == [
        TODAY,
        TODAY - timedelta(days=1),
        TODAY - timedelta(days=2),
    ]
    assert len(list(days_back(date(2000, 1, 1), TODAY))) == FURTHEST + 1
    assert list(days_back(TODAY + timedelta(days=1), TODAY)) == []
