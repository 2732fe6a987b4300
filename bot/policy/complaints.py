"""How long a complaint may take, read from `complaints.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

DEFAULT = "default"


class ComplaintPolicyError(ValueError):
    """`complaints.yaml` names no days, or days that are none."""


@dataclass(frozen=True, slots=True)
class Term:
    """Calendar days to tell the decision, and the steps by which that may be extended."""

    days: int
    extend: tuple[int, ...]
    rule: str
    source: str
    verified: bool


@cache
def complaint_terms() -> Mapping[str, Term]:
    """Pack → term. Raises ComplaintPolicyError."""
    text = files("bot.policy").joinpath("complaints.yaml").read_text("utf-8")
    return read_terms(yaml.safe_load(text))


def read_terms(data: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Term]:
    """The terms that `data` states. Raises ComplaintPolicyError."""
    if DEFAULT not in data:
        raise ComplaintPolicyError("complaints.yaml: `default` is missing; name its days")
    return {pack: _term(pack, entry) for pack, entry in data.items()}


def term_for(packs: Sequence[str], terms: Mapping[str, Term]) -> Term:
    """The shortest term of a portfolio's packs; the default where none of them names one."""
    named = [terms[pack] for pack in packs if pack in terms]
    return min(named, key=lambda term: term.days) if named else terms[DEFAULT]


def _term(pack: str, entry: Mapping[str, Any]) -> Term:
    extend = entry.get("extend", [])
    steps: list[Any] = [entry.get("days"), *extend] if isinstance(extend, list) else [None]
    if not all(isinstance(step, int) and step > 0 for step in steps):
        raise ComplaintPolicyError(
            f"complaints.yaml: {pack}: days and extend are whole days above 0"
        )
    named = {key: str(entry.get(key, "")) for key in ("rule", "source")}
    if not all(named.values()):
        raise ComplaintPolicyError(f"complaints.yaml: {pack}: rule and source are missing")
    return Term(steps[0], tuple(steps[1:]), **named, verified=bool(entry.get("verified")))
