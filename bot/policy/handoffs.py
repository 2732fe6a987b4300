"""How urgent each reason for a hand-off is, read from `handoffs.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

import yaml

from bot.domain.vocabulary import HandoffReason


class HandoffPolicyError(ValueError):
    """`handoffs.yaml` does not say everything about every reason."""


@dataclass(frozen=True, slots=True)
class Urgency:
    """`priority` 1 (first) … 4; `within` is the time to claim."""

    priority: int
    within: timedelta
    label_zh: str


HandoffPolicy = Mapping[HandoffReason, Urgency]


@cache
def load_handoffs() -> HandoffPolicy:
    """Every reason's urgency. Raises HandoffPolicyError naming what is missing or unknown."""
    data = yaml.safe_load(files("bot.policy").joinpath("handoffs.yaml").read_text("utf-8"))
    known = {reason.value for reason in HandoffReason}
    wrong = known.symmetric_difference(data)
    if wrong:
        raise HandoffPolicyError(f"handoffs.yaml: missing or unknown: {', '.join(sorted(wrong))}")
    return {
        HandoffReason(name): Urgency(
            entry["priority"], timedelta(hours=entry["hours"]), entry["label_zh"]
        )
        for name, entry in data.items()
    }
