"""What stood open at the beginning and at the end of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """Cases of one tier at the end of one day. `amount` in minor units of `currency`."""

    tier: str
    overdue: bool
    currency: str
    n: int
    amount: int


@dataclass(frozen=True)
class Balance:
    """All cases at the end of one day."""

    parts: Sequence[Standing] = ()

    def n(self, *, tier: str | None = None, overdue: bool | None = None) -> int:
        """Cases."""
        return sum(part.n for part in self._of(tier, overdue))

    def amount(self, currency: str, *, tier: str | None = None, overdue: bool | None = None) -> int:
        """Outstanding, in minor units."""
        found = self._of(tier, overdue)
        return sum(part.amount for part in found if part.currency == currency)

    def _of(self, tier: str | None, overdue: bool | None) -> list[Standing]:
        return [
            part
            for part in self.parts
            if tier in {None, part.tier} and overdue in {None, part.overdue}
        ]


@dataclass(frozen=True)
class Stock:
    """The evening before the period's first day, and the evening of its last."""

    opening: Balance = Balance()
    closing: Balance = Balance()
