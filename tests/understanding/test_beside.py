"""What stands beside the primary intent: how sure it must be depends on what leads and on the words."""

from __future__ import annotations

import re

import pytest

from bot.domain.understanding import Intent
from bot.domain.understanding.beside import beside
from bot.domain.understanding.choice import Choice

LEFT = re.compile("剩|另一半")


def second(first: str, name: str, chance: float, *, said: bool, text: str = "") -> bool:
    """Whether an intent of this chance stands beside the first one."""
    holds = dict.fromkeys([intent.value for intent in Intent], 0.01) | {first: 0.99, name: chance}
    words = {first: 0.9} | ({name: 0.8} if said else {})
    return name in beside(first, Choice((first,), (), words), holds, text, LEFT)


@pytest.mark.parametrize(
    ("first", "name", "too_little", "enough"),
    [
        ("promise_to_pay", "already_paid", 0.85, 0.95),  # 19号两千三, 就两清了
        ("promise_to_pay", "call_later", 0.65, 0.8),
        ("hardship", "promise_to_pay", 0.65, 0.75),
        ("call_later", "promise_to_pay", 0.85, 0.95),
        ("call_later", "hardship", 0.45, 0.55),
        ("wrong_person", "promise_to_pay", 0.8, 0.9),
        ("wrong_person", "hardship", 0.45, 0.55),
        ("question", "already_paid", 0.65, 0.75),
        ("already_paid", "question", 0.15, 0.25),
        ("complaint", "question", 0.1, 0.15),
    ],
)
def test_a_second_intent_needs_more_where_the_first_brings_its_words_along(
    first: str, name: str, too_little: float, enough: float
) -> None:
    assert not second(first, name, too_little, said=True)
    assert second(first, name, enough, said=True)


@pytest.mark.parametrize(
    ("first", "name", "chance"),
    [
        ("complaint", "promise_to_pay", 0.4),
        ("promise_to_pay", "call_later", 0.8),
        ("dispute", "hardship", 0.3),
        ("request_installment", "promise_to_pay", 0.95),
    ],
)
def test_a_second_intent_needs_more_where_no_words_tell_of_it(
    first: str, name: str, chance: float
) -> None:
    assert second(first, name, chance, said=True)
    assert not second(first, name, chance, said=False)


def test_no_promise_stands_beside_a_refusal_however_likely() -> None:
    assert not second("refuse", "promise_to_pay", 0.999, said=True)


def test_a_promise_stands_beside_a_payment_made_where_something_is_left_to_pay() -> None:
    assert second("already_paid", "promise_to_pay", 0.7, said=False, text="还了八百,剩下的10号")
    assert not second("already_paid", "promise_to_pay", 0.7, said=False, text="10号还了八百")


def test_a_stop_no_words_tell_of_must_hold_by_itself_beside_a_wish_for_contact() -> None:
    assert not second("call_later", "opt_out", 0.4, said=False)
    assert second("call_later", "opt_out", 0.5, said=False)
    assert second("call_later", "opt_out", 0.4, said=True)


def test_nothing_stands_beside_other_and_an_acknowledgement_beside_nothing() -> None:
    assert not second("other", "promise_to_pay", 0.9, said=True)
    assert not second("promise_to_pay", "greeting_ack", 0.9, said=True)
