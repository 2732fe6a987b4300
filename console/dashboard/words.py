"""The dashboard's words: short names over the wording file, and how values look."""

from __future__ import annotations

from bot.domain.figures.ratio import Ratio
from console.showing import money
from console.words import t


def d(key: str, /, **values: object) -> str:
    """A sentence of the dashboard."""
    return t(f"dashboard.{key}", **values)


def percent(share: Ratio) -> str:
    """`96.0%`, `—` where there is nothing to divide by."""
    return "—" if share.value is None else f"{share.value:.1%}"


def number(share: Ratio) -> str:
    """`3.25`."""
    return "—" if share.value is None else f"{share.value:.2f}"


def count(value: int) -> str:
    """`12,345`."""
    return f"{value:,}"


def sums(share: Ratio, currency: str) -> tuple[str, str]:
    """Both sums in words of money."""
    return money(share.part, currency), money(share.whole, currency)
