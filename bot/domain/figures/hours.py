"""Channels and hours that work: responses within 24 hours ÷ contacts the desk began, by hour."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.figures.ratio import Ratio
from bot.domain.figures.sums import Sums

#: What can be told of an hour: an answered call or delivered SMS, or a response within 24 hours.
TOLD = ("hour_reached", "hour_responded")


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of one weekday (ISO: 1 is Monday), in the portfolio's zone."""

    weekday: int
    hour: int
    share: Ratio


def heat(sums: Sums, channel: str, told: str = "hour_responded") -> list[Hour]:
    """The hours in which something went out on the channel."""
    parts = ("channel", "weekday", "number")
    left, part = sums.counts("hour_left", *parts), sums.counts(told, *parts)
    return [
        Hour(weekday, hour, Ratio(part.get((on, weekday, hour), 0), n))
        for (on, weekday, hour), n in sorted(left.items())
        if on == channel
    ]
