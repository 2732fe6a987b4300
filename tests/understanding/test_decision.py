"""How chances and words become the first intent: a kind reading needs evidence, and doubt is weighed."""

from __future__ import annotations

import pytest

from bot.domain.understanding.choice import Choice
from bot.domain.understanding.classifier import Chances
from bot.domain.understanding.decision import _first, _mean

INTENTS = ("promise_to_pay", "greeting_ack", "call_later", "hardship", "question", "already_paid",
           "request_installment", "dispute", "refuse", "opt_out", "wrong_person",
           "deceased", "complaint", "request_human")  # fmt: skip
STATED = {"promise_to_pay": 0.86}


def first(words: dict[str, float], holds: dict[str, float], leads: dict[str, float]) -> str:
    """The first intent where the words weigh this much and the classifier gives these chances."""
    chances = Chances(dict.fromkeys(INTENTS, 0.01) | holds, dict.fromkeys(INTENTS, 0.01) | leads)
    return _first(Choice(tuple(words) or ("other",), (), words), chances)


@pytest.mark.parametrize(("holds", "expected"), [(0.45, "call_later"), (0.5, "promise_to_pay")])
def test_a_promise_that_no_words_tell_of_must_hold_by_itself(holds: float, expected: str) -> None:
    leads = {"promise_to_pay": 0.6, "call_later": 0.3}
    assert first({}, {"promise_to_pay": holds}, leads) == expected


@pytest.mark.parametrize(
    ("lead", "doubt", "expected"),
    [
        (0.95, 0.08, "promise_to_pay"), (0.95, 0.12, "refuse"),
        (0.8, 0.03, "promise_to_pay"), (0.8, 0.06, "refuse"),
    ],
)  # fmt: skip
def test_a_promise_gives_way_to_a_possible_harm_the_sooner_the_less_sure_it_is(
    lead: float, doubt: float, expected: str
) -> None:
    holds = {"promise_to_pay": 0.95, "refuse": doubt}
    assert first(STATED, holds, {"promise_to_pay": lead, "refuse": doubt}) == expected


def test_words_of_harm_beyond_doubt_are_not_overruled_by_a_likely_promise() -> None:
    holds, leads = {"promise_to_pay": 0.95}, {"promise_to_pay": 0.95}
    assert first(STATED | {"opt_out": 0.95}, holds, leads) == "opt_out"
    assert first(STATED | {"opt_out": 0.9}, holds, leads) == "promise_to_pay"


@pytest.mark.parametrize("name", ["hardship", "question", "call_later", "already_paid"])
def test_a_doubted_promise_gives_way_to_what_is_said_for_sure_before_a_possible_harm(
    name: str,
) -> None:
    holds = {"promise_to_pay": 0.8, "refuse": 0.15}
    leads = {"promise_to_pay": 0.5, "refuse": 0.15}
    assert first({}, holds, leads) == "refuse"
    assert first({}, holds | {name: 0.6}, leads) == name
    assert first({}, holds | {name: 0.6}, leads | {"refuse": 0.7, "promise_to_pay": 0.1}) != name
    assert first({}, holds | {name: 0.35}, leads) == "refuse"


def test_a_grave_intent_leads_where_that_it_holds_and_that_it_comes_first_bear_each_other_out() -> (
    None
):
    busy = {"call_later": 0.97, "wrong_person": 0.55}  # 我是护士, 在查房呢
    assert first({}, busy, {"call_later": 0.9, "wrong_person": 0.03}) == "call_later"
    assert first({}, busy, {"call_later": 0.5, "wrong_person": 0.25}) == "wrong_person"
    doubtful = {"call_later": 0.5, "wrong_person": 0.4}
    assert first({}, doubtful, {"call_later": 0.3, "wrong_person": 0.6}) == "wrong_person"
    likeliest = {"call_later": 0.52, "wrong_person": 0.45}
    assert first({}, {"call_later": 0.5, "wrong_person": 0.42}, likeliest) == "call_later"


def test_who_asks_for_a_person_in_plain_words_gets_one_beside_a_sure_promise() -> None:
    holds, leads = {"promise_to_pay": 0.98, "request_human": 0.3}, {"promise_to_pay": 0.95}
    assert first(STATED | {"request_human": 0.93}, holds, leads) == "request_human"
    assert first(STATED | {"request_human": 0.7}, holds, leads) == "promise_to_pay"
    assert first(STATED, holds, leads) == "promise_to_pay"


def test_chances_that_contradict_each_other_outright_bear_nothing_out() -> None:
    assert _mean(1.0, 0.0) == 0.0
    assert _mean(0.3, 0.3) == pytest.approx(0.3)
