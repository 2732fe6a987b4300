"""What the compliance gate answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """The three answers of the gate."""

    ALLOW = "allow"
    DEFER = "defer"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer with the rule that decided, the pack it stands in and what it saw.

    `rule` and `pack` (`cn@2026-03-01`) are empty for a plain Allow; `until` is set for Defer.
    `facts` holds plain JSON values without personal data.
    """

    outcome: Outcome
    rule: str = ""
    pack: str = ""
    until: datetime | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def allowed(self) -> bool:
        """True for Allow."""
        return self.outcome is Outcome.ALLOW
