"""A plan's parts: days and sums."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment, minor units."""

    due_on: date
    amount_minor: int


def monthly(
    total_minor: int, periods: int, first_on: date, first_minor: int | None = None
) -> tuple[Part, ...]:
    """Equal parts a month apart, on the first one's day or the month's last.

    What does not divide evenly is in the first part; with `first_minor` the first is that and the
    rest is divided. Raises ValueError when there is not a unit for each part.
    """
    if periods < 1 or total_minor < periods:
        raise ValueError(f"{total_minor} in {periods} parts")
    if first_minor is None or periods == 1:
        share, over = divmod(total_minor, periods)
        sums = [share + over, *[share] * (periods - 1)]
    else:
        if first_minor < 1 or total_minor - first_minor < periods - 1:
            raise ValueError(f"{first_minor} of {total_minor} in {periods} parts")
        share, over = divmod(total_minor - first_minor, periods - 1)
        sums = [first_minor, share + over, *[share] * (periods - 2)]
    return tuple(Part(month_later(first_on, step), amount) for step, amount in enumerate(sums))


def month_later(day: date, months: int) -> date:
    """The same day some months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
