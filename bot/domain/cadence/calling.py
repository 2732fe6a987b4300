"""When to call: at the hours that were answered before, and at another one after nobody answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.cadence.definition import CallRules, Window
from bot.domain.cadence.hours import instants, local_date, plus
from bot.domain.vocabulary import Channel

#: A named hour is read as a span of one (`bot.domain.understanding`); an hour more is leeway.
_HOUR_NAMED = timedelta(hours=2)

#: From here on a span is a day or more, and nobody said an hour. A day that has begun counts still.
_DAY_NAMED = timedelta(hours=8)

#: Less than this of a window is no window any more (product choice).
_LEAST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of UTC instants, [earliest, latest)."""

    earliest: datetime
    latest: datetime


def best_window(answered: Sequence[int], windows: Sequence[Window]) -> Window | None:
    """The window that holds the local hour in which calls were answered most often.

    Of hours answered equally often the latest one counts; None when no window holds any of them.
    """
    often = Counter(answered)
    newest = {hour: place for place, hour in enumerate(answered)}
    for hour in sorted(often, key=lambda each: (-often[each], -newest[each])):
        for window in windows:
            if window.opens.hour <= hour < _end_hour(window):
                return window
    return None


def window_for(
    channel: Channel, answered: Sequence[int], windows: Sequence[Window], else_: Window
) -> Window:
    """`else_`, but for a call the window in which calls were answered, where there is one."""
    if channel is not Channel.VOICE:
        return else_
    return best_window(answered, windows) or else_


def within(
    wish: Slot,
    answered: Sequence[int],
    windows: Sequence[Window],
    zones: tuple[str, ...],
    portfolio_zone: str,
) -> Slot:
    """When to call in the span somebody named.

    An hour that was named is kept. Within half a day the hours that were answered before come
    first; within a whole day or more, where no hour was said at all, else the file's first window.
    """
    length = wish.latest - wish.earliest
    if length <= _HOUR_NAMED:
        return wish
    best = best_window(answered, windows)
    chosen = [best] if best else []
    if length >= _DAY_NAMED:
        chosen += windows
    day = local_date(wish.earliest, portfolio_zone)
    while day <= local_date(wish.latest, portfolio_zone):
        for window in chosen:
            earliest, latest = instants(day, window, zones, portfolio_zone)
            slot = Slot(max(earliest, wish.earliest), min(latest, wish.latest))
            if slot.latest - slot.earliest >= _LEAST:
                return slot
        day = plus(day, 1)
    return wish


def _end_hour(window: Window) -> int:
    return window.closes.hour + (window.closes.minute > 0)


def another_time(
    called_at: datetime,
    windows: Sequence[Window],
    zones: tuple[str, ...],
    portfolio_zone: str,
    rules: CallRules,
) -> Slot | None:
    """The next window of another time of day than `called_at`, today or tomorrow.

    At least `rules.apart_minutes` later; None when the file has no other window.
    """
    local = called_at.astimezone(ZoneInfo(zones[0] if len(zones) == 1 else portfolio_zone))
    others = [each for each in windows if not each.opens <= local.time() < each.closes]
    soonest = called_at + timedelta(minutes=rules.apart_minutes)
    today = local_date(called_at, portfolio_zone)
    for day in (today, plus(today, 1)):
        for window in others:
            earliest, latest = instants(day, window, zones, portfolio_zone)
            if latest > soonest:
                return Slot(max(earliest, soonest), latest)
    return None
