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
    tried = {
        (cell.weekday, cell.number)
        for cell in sums.cells.get("hour_left", ())
        if cell.channel == channel
    }
    return [_hour(sums, channel, told, *place) for place in sorted(tried)]


def _hour(sums: Sums, channel: str, told: str, weekday: int, hour: int) -> Hour:
    where = {"channel": channel, "weekday": weekday, "number": hour}
    return Hour(weekday, hour, Ratio(sums.n(told, **where), sums.n("hour_left", **where)))
