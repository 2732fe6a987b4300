"""The reference of a bank transfer survives people's typing and never names another case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.transfer_reference import reference_of, references_in

CASES = st.integers(1, 10**12)


@given(CASES)
def test_a_reference_names_its_case_inside_any_remark(case_id: int) -> None:
    reference = reference_of(case_id)
    assert references_in(f"还款 {reference.lower()}，谢谢") == [case_id]
    assert references_in(f"{reference[:2]} {reference[2:]}") == [case_id]


@given(CASES, st.data())
def test_one_wrong_letter_names_nobody(case_id: int, data: st.DataObject) -> None:
    reference = reference_of(case_id)
    place = data.draw(st.integers(2, len(reference) - 1))
    other = data.draw(st.sampled_from("23456789ABCDEFGHJKMNPQRSTUVWXYZ"))
    if other != reference[place]:
        assert references_in(reference[:place] + other + reference[place + 1 :]) == []


@given(CASES, st.data())
def test_two_swapped_neighbours_name_nobody(case_id: int, data: st.DataObject) -> None:
    reference = reference_of(case_id)
    place = data.draw(st.integers(2, len(reference) - 2))
    first, second = reference[place], reference[place + 1]
    if first != second:
        swapped = reference[:place] + second + first + reference[place + 2 :]
        assert references_in(swapped) == []


@given(st.text(max_size=40))
def test_text_without_the_mark_names_nobody(text: str) -> None:
    assert "YH" in text.upper() or references_in(text) == []


def test_there_is_no_case_zero() -> None:
    with pytest.raises(ValueError, match="above zero"):
        reference_of(0)
