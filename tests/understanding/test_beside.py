"""What stands beside the primary intent: whatever is likely enough, and more of what borrows its words."""

from __future__ import annotations

import pytest

from bot.domain.understanding import Intent
from bot.domain.understanding.beside import beside
from bot.domain.understanding.choice import Choice


def second(first: str, name: str, chance: float, *, said: bool) -> bool:
    """Whether an intent of this chance stands beside the first one."""
    holds = dict.fromkeys([intent.value for intent in Intent], 0.01) | {first: 0.99, name: chance}
    words = {first: 0.9} | ({name: 0.8} if said else {})
    return name in beside(first, Choice((first,), (), words), holds)


@pytest.mark.parametrize(
    ("first", "name", "too_little", "enough"),
    [
        ("promise_to_pay", "hardship", 0.15, 0.2),
        ("complaint", "question", 0.15, 0.2),
        ("request_link", "question", 0.35, 0.45),
        ("call_later", "promise_to_pay", 0.85, 0.95),
    ],
)
def test_a_second_intent_needs_more_where_it_is_told_by_words_of_the_first(
    first: str, name: str, too_little: float, enough: float
) -> None:
    assert not second(first, name, too_little, said=True)
    assert second(first, name, enough, said=True)


def test_no_promise_stands_beside_a_refusal_however_likely() -> None:
    assert not second("refuse", "promise_to_pay", 0.999, said=True)


def test_a_stop_no_words_tell_of_must_hold_by_itself_beside_a_wish_for_contact() -> None:
    assert not second("call_later", "opt_out", 0.4, said=False)
    assert second("call_later", "opt_out", 0.5, said=False)
    assert second("call_later", "opt_out", 0.4, said=True)


def test_nothing_stands_beside_other_and_an_acknowledgement_beside_nothing() -> None:
    assert not second("other", "promise_to_pay", 0.9, said=True)
    assert not second("promise_to_pay", "greeting_ack", 0.9, said=True)
