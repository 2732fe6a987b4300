"""Weights side by side in one integer: what is added or multiplied together stays apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.understanding.packed import layer, pack, table

ROW = st.lists(st.integers(0, 255), min_size=3, max_size=3)


def test_weights_of_one_text_add_up_without_spilling_into_each_other() -> None:
    found = table(["x", "y"], bytes([255, 0, 0, 255, 255, 0]), 3, 1.0)
    assert found.weights["x"] == pack(bytes([255, 0, 0]), 3)[0]
    assert found.sums("?", set(), set(), ["x", "x", "y"]) == [381, -129, -384]


def test_more_weights_than_a_lane_has_room_for_are_added_in_parts() -> None:
    names = [str(each) for each in range(1000)]
    found = table(names, bytes([255, 0] * 1000), 2, 1.0)
    assert found.sums("?", set(), set(), names) == [127_000, -128_000]


@given(st.lists(ROW, min_size=1, max_size=70), st.data())
def test_a_layer_scores_as_multiplying_one_by_one_does(
    rows: list[list[int]], data: st.DataObject
) -> None:
    size = len(rows)
    sums = data.draw(st.lists(st.floats(-250, 250), min_size=size - 1, max_size=size - 1))
    found = layer(bytes(byte for row in rows for byte in row), size - 1, 3, 0.5)
    wanted = [
        0.5
        * sum(max(one, 0) * (row[at] - 128) for one, row in zip([*sums, 1.0], rows, strict=True))
        for at in range(3)
    ]
    assert found.scores(sums) == pytest.approx(wanted, abs=0.25 * size)


def test_weights_that_do_not_match_what_they_are_for_are_refused() -> None:
    with pytest.raises(ValueError, match="train it anew"):
        table(["x", "y"], bytes([1, 2, 3]), 3, 1.0)
    with pytest.raises(ValueError, match="train it anew"):
        layer(bytes([1, 2, 3]), 1, 3, 1.0)
