"""Caps: how often, counted over past contacts, and when the window frees again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.facts import ContactFact
from bot.domain.gate.rules import Cap, CapScope, Count, Rule, WindowKind
from bot.domain.gate.sight import Sight
from bot.domain.gate.zones import day_start
from bot.domain.vocabulary import INITIATED, Purpose

_CASE, _NUMBER = CapScope.CASE, CapScope.NUMBER

_TICK = timedelta(microseconds=1)

#: More than any change of the clocks adds to a day.
_LONG_DAY = timedelta(hours=3)


def _attempts(contact: ContactFact) -> bool:
    return not contact.inbound and contact.purpose in INITIATED


def _conversations_placed(contact: ContactFact) -> bool:
    return contact.connected and not contact.inbound


def _conversations(contact: ContactFact) -> bool:
    return contact.connected


def _unanswered(contact: ContactFact) -> bool:
    return contact.purpose in INITIATED and not contact.inbound and not contact.connected


def _answers(contact: ContactFact) -> bool:
    return contact.purpose is Purpose.ANSWER and not contact.inbound


_COUNTED: dict[Count, Callable[[ContactFact], bool]] = {
    Count.ATTEMPTS: _attempts,
    Count.CONNECTED: _conversations_placed,
    Count.UNANSWERED: _unanswered,
    Count.ANSWERS: _answers,
}


class CapCheck:
    """One cap, compiled. A contact at `c` stays in a rolling window during [c, c + span)."""

    __slots__ = ("_counts", "_reach", "_scope", "_span", "cap", "channels", "rule")

    def __init__(self, rule: Rule, cap: Cap) -> None:
        self.rule = rule
        self.cap = cap
        self.channels = rule.scope.channels
        both_ways = cap.inbound and cap.count is Count.CONNECTED
        self._counts = _conversations if both_ways else _COUNTED[cap.count]
        self._scope = cap.scope
        rolling = cap.window.kind is WindowKind.ROLLING
        self._span = timedelta(seconds=cap.window.span) if rolling else None
        days = timedelta(days=cap.window.span) + _LONG_DAY
        self._reach = days if self._span is None else self._span - _TICK

    def blocks(self, sight: Sight) -> bool:
        """One more contact at `sight.at` would be one too many."""
        limit = self.cap.limit
        return len(sight.facts.contacts) >= limit and len(self._counted(sight)) >= limit

    def _counted(self, sight: Sight) -> list[datetime]:
        """The instants of the contacts that may count against a contact at `sight.at`.

        Exact as soon as they fill the cap. Contacts later than `sight.at` count as well: an older
        plan must not hide a newer contact.
        """
        since, counts, channels = sight.at - self._reach, self._counts, self.channels
        recent = [
            each
            for each in sight.facts.contacts
            if each.at >= since and each.channel in channels and counts(each)
        ]
        if self._scope is _CASE:
            recent = [each for each in recent if each.case_id == sight.facts.case_id]
        elif self._scope is _NUMBER:
            number = sight.proposal.contact_point.contact_point_id
            recent = [each for each in recent if each.contact_point_id == number]
        instants = [each.at for each in recent]
        if self._span is not None or len(instants) < self.cap.limit:
            return instants
        first = self._first_day(sight)
        return [at for at in instants if at >= first]

    def frees_at(self, sight: Sight) -> datetime:
        """The first instant (UTC, later than `sight.at`) at which the window has room again."""
        last = sorted(self._counted(sight))[-self.cap.limit]
        if self._span is not None:
            return last + self._span
        day = last.astimezone(sight.day_zone).date()
        return day_start(sight.day_zone, day + timedelta(days=self.cap.window.span))

    def _first_day(self, sight: Sight) -> datetime:
        """When the first of the window's local days began."""
        today = sight.at.astimezone(sight.day_zone).date()
        return day_start(sight.day_zone, today - timedelta(days=self.cap.window.span - 1))
