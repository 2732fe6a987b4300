"""Segments as the carriers count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scripts import link_placeholder, segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("好" * 70, 1),
        ("好" * 71, 2),
        ("好" * 134, 2),
        ("好" * 135, 3),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 70 + "好", 2),
        ("𠮷" * 35, 1),
        ("𠮷" * 36, 2),
        ("𠮷" * 66, 2),
        ("𠮷" * 67, 3),  # 33 pairs to a part: one unit of each part stays empty
        ("【东升】" + "好" * 66, 1),
        ("【东升】" + "好" * 67, 2),
    ],
)
def test_counts(text: str, count: int) -> None:
    assert segments(text) == count


@given(st.text(max_size=400))
def test_more_text_never_takes_fewer_segments(text: str) -> None:
    assert segments(text + "好") >= segments(text)


@given(st.integers(1, 200))
def test_a_link_placeholder_has_the_asked_length(length: int) -> None:
    assert len(link_placeholder(length)) == length
