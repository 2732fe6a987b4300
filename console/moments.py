"""Instants as people say them, with the exact time for who points at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.flows.playbook import zone_of
from console.words import ENGLISH, language, t


@dataclass(frozen=True, slots=True)
class Moment:
    """`said` is for reading, `exact` for pointing at, `iso` for machines."""

    said: str
    exact: str
    iso: str


def moment(at: datetime, zone: str, now: datetime) -> Moment:
    """`今天 13:40`, `昨天 09:05`, `3月11日 13:40`, with the year when it is another one."""
    local, today = at.astimezone(zone_of(zone)), now.astimezone(zone_of(zone)).date()
    near = {
        today: "moment.today",
        today - timedelta(days=1): "moment.yesterday",
        today + timedelta(days=1): "moment.tomorrow",
    }
    day = t(near[local.date()]) if local.date() in near else _day(local, today.year)
    return Moment(
        f"{day} {local:%H:%M}", f"{local:%Y-%m-%d %H:%M:%S} {zone}", local.isoformat("T", "seconds")
    )


def _day(local: datetime, year: int) -> str:
    if language() == ENGLISH:
        return f"{local:%d %b}" if local.year == year else f"{local:%d %b %Y}"
    shown = f"{local.month}月{local.day}日"
    return shown if local.year == year else f"{local.year}年{shown}"
