"""How sums, days and instants look on the console's pages."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from bot.domain.money import exponent, spoken, to_major
from bot.flows.playbook import zone_of
from console.words import ENGLISH, language, t

#: What a caller pressed, as it is stored.
KEYS = re.compile(r"[0-9*#]+")


def money(minor: int, currency: str) -> str:
    """`2,047.50元`; in English `CNY 2,047.50`."""
    if language() == ENGLISH:
        return f"{currency} {to_major(minor, currency):,.{exponent(currency)}f}"
    unit = spoken(0, currency).removeprefix("0")
    return f"{to_major(minor, currency):,.{exponent(currency)}f}{unit}"


def day(value: date | str, today: date) -> str:
    """`3月11日`, `11 Mar`, with the year when it is another one; takes ISO text too."""
    on = date.fromisoformat(value) if isinstance(value, str) else value
    if language() == ENGLISH:
        return f"{on.day} {on:%b}" if on.year == today.year else f"{on.day} {on:%b %Y}"
    year = "" if on.year == today.year else f"{on.year}年"
    return f"{year}{on.month}月{on.day}日"


def instant(value: datetime | str, zone: str, today: date) -> str:
    """`3月11日 13:40` in `zone`; takes ISO text too."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = at.astimezone(zone_of(zone))
    return f"{day(local.date(), today)} {local:%H:%M}"


def clock_time(value: datetime, zone: str) -> str:
    """`13:40` in `zone`."""
    return f"{value.astimezone(zone_of(zone)):%H:%M}"


def span(length: timedelta) -> str:
    """`3天2小时`, `2小时5分`, `不到1分钟`: the two largest parts."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return t("span.days_hours", days=days, hours=hours) if hours else t("span.days", days=days)
    if hours:
        return (
            t("span.hours_minutes", hours=hours, rest=rest)
            if rest
            else t("span.hours", hours=hours)
        )
    return t("span.minutes", rest=rest) if rest else t("span.moment")
