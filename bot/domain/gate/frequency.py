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

    __slots__ = ("_counts", "_scope", "_since_rolling", "_span", "cap", "channels", "rule")

    def __init__(self, rule: Rule, cap: Cap) -> None:
        self.rule = rule
        self.cap = cap
        self.channels = rule.scope.channels
        both_ways = cap.inbound and cap.count is Count.CONNECTED
        self._counts = _conversations if both_ways else _COUNTED[cap.count]
        self._scope = cap.scope
        rolling = cap.window.kind is WindowKind.ROLLING
        self._span = timedelta(seconds=cap.window.span) if rolling else None
        self._since_rolling = None if self._span is None else self._span - _TICK

    def blocks(self, sight: Sight) -> bool:
        """One more contact at `sight.at` would be one too many."""
        contacts = sight.facts.contacts
        if len(contacts) < self.cap.limit:
            return False
        return len(self.counted(sight)) >= self.cap.limit

    def counted(self, sight: Sight) -> list[datetime]:
        """The instants of the contacts that count against a contact at `sight.at`.

        Contacts later than that count as well: an older plan must not hide a newer contact.
        """
        since, counts, channels = self._since(sight), self._counts, self.channels
        recent = [
            each
            for each in sight.facts.contacts
            if each.at >= since and each.channel in channels and counts(each)
        ]
        if self._scope is _CASE:
            return [each.at for each in recent if each.case_id == sight.facts.case_id]
        if self._scope is _NUMBER:
            number = sight.proposal.contact_point.contact_point_id
            return [each.at for each in recent if each.contact_point_id == number]
        return [each.at for each in recent]

    def frees_at(self, sight: Sight) -> datetime:
        """The first instant (UTC, later than `sight.at`) at which the window has room again."""
        last = sorted(self.counted(sight))[-self.cap.limit]
        if self._span is not None:
            return last + self._span
        day = last.astimezone(sight.day_zone).date()
        return day_start(sight.day_zone, day + timedelta(days=self.cap.window.span))

    def _since(self, sight: Sight) -> datetime:
        if self._since_rolling is not None:
            return sight.at - self._since_rolling
        today = sight.at.astimezone(sight.day_zone).date()
        return day_start(sight.day_zone, today - timedelta(days=self.cap.window.span - 1))
