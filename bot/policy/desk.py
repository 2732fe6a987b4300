"""How hand-offs are handed round, read from `desk.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

import yaml

from bot.domain.vocabulary import HandoffReason


class DeskPolicyError(ValueError):
    """`desk.yaml` names an unknown reason, one reason twice, or not every priority."""


@dataclass(frozen=True, slots=True)
class Skill:
    """What it takes to work on some reasons."""

    key: str
    label_zh: str
    label_en: str
    reasons: frozenset[HandoffReason]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the desk waits for one person."""

    claim: timedelta  #: at least so long for somebody it was assigned to
    idle: timedelta  #: a claimed one nobody works on goes back
    aside: timedelta  #: the longest it may be put aside


@dataclass(frozen=True, slots=True)
class DeskPolicy:
    """The whole file."""

    skills: Mapping[str, Skill]
    priorities: Mapping[int, Patience]
    capacity: int
    payment_alone: int  #: whole units of the case's currency

    def skill_for(self, reason: str) -> str | None:
        """The skill a reason takes; None when everybody can do it."""
        return next((key for key, skill in self.skills.items() if reason in skill.reasons), None)


@cache
def load_desk() -> DeskPolicy:
    """The policy. Raises DeskPolicyError saying what is wrong in the file."""
    text = files("bot.policy").joinpath("desk.yaml").read_text("utf-8")
    return read_desk(yaml.safe_load(text))


def read_desk(data: Mapping[str, object]) -> DeskPolicy:
    """The policy that `data` states. Raises DeskPolicyError."""
    skills = {str(key): _skill(key, entry) for key, entry in _map(data, "skills").items()}
    named = [reason for skill in skills.values() for reason in skill.reasons]
    if len(named) != len(set(named)):
        raise DeskPolicyError("desk.yaml: a reason belongs to two skills; leave it in one")
    priorities = {
        int(str(key)): _patience(key, entry) for key, entry in _map(data, "priorities").items()
    }
    if set(priorities) != {1, 2, 3, 4}:
        raise DeskPolicyError("desk.yaml: priorities must be 1, 2, 3 and 4")
    capacity = data.get("capacity")
    if not isinstance(capacity, int) or capacity < 1:
        raise DeskPolicyError("desk.yaml: capacity must be a whole number above zero")
    alone = data.get("payment_alone")
    if not isinstance(alone, int) or alone < 0:
        raise DeskPolicyError("desk.yaml: payment_alone must be a whole number, 0 or more")
    return DeskPolicy(skills, priorities, capacity, alone)


def _map(data: Mapping[str, object], name: str) -> Mapping[object, Mapping[str, object]]:
    found = data.get(name)
    if not isinstance(found, dict):
        raise DeskPolicyError(f"desk.yaml: {name} is missing")
    return found


def _skill(key: object, entry: Mapping[str, object]) -> Skill:
    reasons = entry.get("reasons")
    known = {reason.value for reason in HandoffReason}
    if not isinstance(reasons, list) or not set(reasons) <= known:
        raise DeskPolicyError(
            f"desk.yaml: skills.{key}: unknown reasons; use those of handoffs.yaml"
        )
    labels = str(entry.get("label_zh", key)), str(entry.get("label_en", key))
    return Skill(str(key), *labels, frozenset(map(HandoffReason, reasons)))


def _patience(key: object, entry: Mapping[str, object]) -> Patience:
    hours = [entry.get(name) for name in ("claim", "idle", "aside")]
    if not all(isinstance(value, int) and value > 0 for value in hours):
        raise DeskPolicyError(
            f"desk.yaml: priorities.{key}: claim, idle and aside are hours above 0"
        )
    return Patience(*(timedelta(hours=int(str(value))) for value in hours))
