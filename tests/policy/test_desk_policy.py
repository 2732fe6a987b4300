"""The file that says how work is handed round is refused when it says something impossible."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
import yaml

from bot.domain.vocabulary import HandoffReason
from bot.policy.desk import DeskPolicyError, load_desk, read_desk
from bot.policy.handoffs import load_handoffs

SHIPPED: dict[str, Any] = {
    "skills": {"care": {"label_zh": "关怀", "label_en": "Care", "reasons": ["self_harm"]}},
    "priorities": {n: {"claim": 1, "idle": 2, "aside": 3} for n in (1, 2, 3, 4)},
    "capacity": 30,
    "payment_alone": 5000,
}


def changed(**parts: Any) -> dict[str, Any]:
    return {**copy.deepcopy(SHIPPED), **parts}


def test_the_shipped_file_names_every_priority_of_the_hand_offs() -> None:
    policy = load_desk()
    assert {urgency.priority for urgency in load_handoffs().values()} <= set(policy.priorities)
    assert policy.skill_for(HandoffReason.SELF_HARM) == "care"
    assert policy.skill_for(HandoffReason.HUMAN_REQUESTED) is None
    assert policy.priorities[1].idle < policy.priorities[4].idle


def test_hours_are_read_as_spans() -> None:
    assert read_desk(changed()).priorities[1].aside == timedelta(hours=3)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"skills": {"x": {"reasons": ["no_such_reason"]}}}, "unknown reasons"),
        (
            {"skills": {"x": {"reasons": ["legal"]}, "y": {"reasons": ["legal"]}}},
            "two skills",
        ),
        ({"priorities": {1: {"claim": 1, "idle": 1, "aside": 1}}}, "1, 2, 3 and 4"),
        (
            {"priorities": {n: {"claim": 0, "idle": 1, "aside": 1} for n in (1, 2, 3, 4)}},
            "hours above 0",
        ),
        ({"capacity": 0}, "above zero"),
        ({"payment_alone": -1}, "0 or more"),
        ({"capacity": yaml.safe_load("many")}, "above zero"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(parts: dict[str, Any], said: str) -> None:
    with pytest.raises(DeskPolicyError, match=said):
        read_desk(changed(**parts))
