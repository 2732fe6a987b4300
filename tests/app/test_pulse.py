"""Pages that are open are told of what happened since they were made, and of nothing else."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app.pulse import KEPT, Pulse


def test_nothing_has_happened_to_a_page_that_is_new() -> None:
    pulse = Pulse()
    pulse.note([5])
    assert not pulse.since(pulse.last)
    assert not pulse.since(pulse.last, 5)


def test_a_page_of_one_case_is_told_of_that_case_only() -> None:
    pulse = Pulse()
    before = pulse.last
    pulse.note([5])
    assert pulse.since(before)
    assert pulse.since(before, 5)
    assert not pulse.since(before, 6)


def test_a_note_about_everything_is_for_everybody() -> None:
    pulse = Pulse()
    pulse.note([0])
    assert pulse.since(0, 6)


def test_who_was_away_too_long_is_told_rather_than_left_out() -> None:
    pulse = Pulse()
    pulse.note(range(1, KEPT + 10))
    assert pulse.since(0, 999_999)


def test_a_number_of_another_life_of_the_process_counts_as_news() -> None:
    assert Pulse().since(7)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(st.lists(st.integers(1, 4), max_size=30), st.integers(0, 30), st.integers(1, 4))
def test_a_case_is_news_exactly_when_it_was_noted_later(
    noted: list[int], seen: int, case: int
) -> None:
    pulse = Pulse()
    pulse.note(noted)
    seen = min(seen, len(noted))
    assert pulse.since(seen, case) == (case in noted[seen:])
