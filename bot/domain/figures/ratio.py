"""A share with its two numbers, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

#: The two-sided 95 % point of the normal distribution.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Ratio:
    """`part` ÷ `whole`: counts, or sums in minor units."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """None when there is nothing to divide by."""
        return self.part / self.whole if self.whole else None


def interval(share: Ratio) -> tuple[float, float]:
    """The 95 % interval of a proportion by Wilson's score (J. Am. Stat. Assoc. 22, 1927).

    Unlike the textbook's plus-minus it stays within 0 … 1 and holds for small samples. Everything
    is possible where nothing was tried.
    """
    if share.whole == 0:
        return 0.0, 1.0
    p, n = share.part / share.whole, share.whole
    middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    return max(0.0, middle - half), min(1.0, middle + half)
