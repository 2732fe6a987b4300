"""Hours: whether a local time is open, and the next instant at which it will be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.gate.rules import Hours, InconvenientHours, Rule
from bot.domain.gate.sight import Sight
from bot.domain.gate.zones import next_wall_time

_DAY_MINUTES = 24 * 60
_TICK, _NO_TIME = timedelta(microseconds=1), timedelta()


@lru_cache(maxsize=256)
def local_hours(start: int, end: int) -> frozenset[int]:
    """The local hours of a span [start, end) of whole hours; 22 to 7 runs over midnight."""
    length = end - start if end > start else end + 24 - start
    return (
        frozenset() if start == end else frozenset((start + i) % 24 for i in range(min(length, 24)))
    )


class HoursCheck:
    """Opening hours: open in every zone the number may lie in, or not open at all."""

    __slots__ = ("hours", "rule")

    def __init__(self, rule: Rule, hours: Hours) -> None:
        self.rule = rule
        self.hours = hours

    def closed_in(self, sight: Sight) -> ZoneInfo | None:
        """The first zone in which `sight.at` lies outside the hours."""
        for where in sight.zones:
            if not self._open(sight.at.astimezone(where), sight):
                return where
        return None

    def opens_at(self, sight: Sight, where: ZoneInfo) -> datetime:
        """The next opening (UTC) in one zone; the caller asks again for the other zones."""
        starts = [self.hours.opens]
        agreed = sight.facts.debtor.agreed_hours
        if agreed and self.hours.agreed_widens and local_hours(*agreed):
            starts.append(agreed[0] % 24 * 60)
        return min(next_wall_time(sight.at, where, start) for start in starts)

    def turns(self, sight: Sight) -> Iterator[datetime]:
        """Instants (UTC) later than `sight.at` at which the answer of `closed_in` may change."""
        late = _TICK if self.hours.closes_inclusive else _NO_TIME
        agreed = sight.facts.debtor.agreed_hours
        for where in sight.zones:
            yield next_wall_time(sight.at - late, where, self.hours.closes) + late
            if agreed and self.hours.agreed_widens:
                yield next_wall_time(sight.at, where, agreed[1] * 60 % _DAY_MINUTES)
        yield from _end_of_answer(sight, self.hours.answer_minutes)

    def _open(self, local: datetime, sight: Sight) -> bool:
        hours, minute = self.hours, local.hour * 60 + local.minute
        if hours.opens <= minute < hours.closes:
            return True
        if hours.closes_inclusive and minute == hours.closes and not _past_minute(local):
            return True
        return self._agreed(local, sight) or self._answering(sight)

    def _agreed(self, local: datetime, sight: Sight) -> bool:
        agreed = sight.facts.debtor.agreed_hours
        return bool(self.hours.agreed_widens and agreed and local.hour in local_hours(*agreed))

    def _answering(self, sight: Sight) -> bool:
        minutes = self.hours.answer_minutes
        return minutes > 0 and sight.responds_within(minutes)


class InconvenientCheck:
    """Hours the debtor called inconvenient are closed, whatever else was agreed."""

    __slots__ = ("hours", "rule")

    def __init__(self, rule: Rule, hours: InconvenientHours) -> None:
        self.rule = rule
        self.hours = hours

    def closed_in(self, sight: Sight) -> ZoneInfo | None:
        """The first zone in which `sight.at` lies in an inconvenient hour."""
        spans = sight.facts.debtor.inconvenient_hours
        if not spans or sight.responds_within(self.hours.answer_minutes):
            return None
        for where in sight.zones:
            hour = sight.at.astimezone(where).hour
            if any(hour in local_hours(*span) for span in spans):
                return where
        return None

    def opens_at(self, sight: Sight, where: ZoneInfo) -> datetime:
        """The next end of an inconvenient span (UTC); another span may begin just there."""
        ends = {end * 60 % _DAY_MINUTES for _, end in sight.facts.debtor.inconvenient_hours}
        return min(next_wall_time(sight.at, where, end) for end in ends)

    def turns(self, sight: Sight) -> Iterator[datetime]:
        """Instants (UTC) later than `sight.at` at which the answer of `closed_in` may change."""
        for where in sight.zones:
            for start, _ in sight.facts.debtor.inconvenient_hours:
                yield next_wall_time(sight.at, where, start * 60 % _DAY_MINUTES)
        yield from _end_of_answer(sight, self.hours.answer_minutes)


def _end_of_answer(sight: Sight, minutes: int) -> Iterator[datetime]:
    said = sight.facts.last_reply_at
    if said is not None and (end := said + timedelta(minutes=minutes) + _TICK) > sight.at:
        yield end


def _past_minute(local: datetime) -> bool:
    return bool(local.second or local.microsecond)
