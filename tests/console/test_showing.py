"""Evidence, sums, spans and targets of the clock: pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.clock_routes import target
from console.marks import pieces
from console.queue import deadline_words
from console.showing import day, instant, money, span

spans = st.lists(
    st.tuples(st.integers(-3, 30), st.integers(-3, 30), st.sampled_from(["a", "b"])), max_size=6
)


@given(st.text(max_size=24), spans)
def test_cutting_a_reply_loses_no_character(
    text: str, evidence: list[tuple[int, int, str]]
) -> None:
    assert "".join(piece.text for piece in pieces(text, evidence)) == text


@given(st.text(min_size=1, max_size=24), spans)
def test_a_character_is_marked_exactly_by_the_spans_it_lies_in(
    text: str, evidence: list[tuple[int, int, str]]
) -> None:
    marked = [piece.labels for piece in pieces(text, evidence) for _ in piece.text]
    for index, labels in enumerate(marked):
        assert sorted(labels) == sorted(n for a, b, n in evidence if a <= index < b)


def test_evidence_is_marked_where_it_stands() -> None:
    found = pieces("明天下午先还500", [[0, 4, "promise_date"], [6, 9, "amount_promised"]])
    assert [(piece.text, piece.labels) for piece in found] == [
        ("明天下午", ("promise_date",)),
        ("先还", ()),
        ("500", ("amount_promised",)),
    ]


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "不到1分钟"),
        (5, "5分钟"),
        (60, "1小时"),
        (125, "2小时5分"),
        (1440, "1天"),
        (3000, "2天2小时"),
    ],
)
def test_a_span_is_told_in_its_two_largest_parts(minutes: int, text: str) -> None:
    assert span(timedelta(minutes=minutes)) == text


def test_deadlines_say_what_is_left_or_over() -> None:
    now = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
    assert deadline_words(now + timedelta(hours=2), now) == "还剩2小时"
    assert deadline_words(now - timedelta(minutes=9), now) == "超时9分钟"


def test_sums_days_and_instants_read_as_on_paper() -> None:
    today = date(2026, 3, 10)
    assert money(123_456_700, "CNY") == "1,234,567.00元"
    assert money(5000, "JPY") == "5,000日元"
    assert day("2026-03-11", today) == "3月11日"
    assert day(date(2027, 1, 2), today) == "2027年1月2日"
    at = datetime(2026, 3, 10, 17, 5, tzinfo=UTC)
    assert instant(at, "Asia/Shanghai", today) == "3月11日 01:05"


@pytest.mark.parametrize(
    ("by", "until"),
    [
        ("1h", "2026-03-10T02:30+00:00"),
        ("1d", "2026-03-11T01:30+00:00"),
        ("morning", "2026-03-11T01:00+00:00"),
        ("1y", None),
    ],
)
def test_where_the_test_clock_goes(by: str, until: str | None) -> None:
    now = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
    assert target(now, by) == (until and datetime.fromisoformat(until))


def test_before_nine_the_morning_is_todays() -> None:
    now = datetime(2026, 3, 10, 0, 30, tzinfo=UTC)
    assert target(now, "morning") == datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
