"""Calls: how often, what was said before the person was known, what was recorded, how they ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app.verify.breach import Breach, Evidence

#: Calls to one debtor a local day: connected ones (cn: GB/T 45251-2025), and all that were placed
#: (tw, hk, uk: product choices).
CONNECTED_A_DAY = {"cn": 3}
PLACED_A_DAY = {"tw": 3, "hk": 3, "uk": 3}

#: Unanswered calls to one number a local day (cn: banking association's guideline 2026).
UNANSWERED_A_DAY = {"cn": 6}

#: us: calls placed in any seven days (12 CFR 1006.14(b)(2)(i)(A)), and days of silence after a
#: conversation, its own day the first (B); (B) binds third-party collectors.
WEEK, SEVEN_IN_SEVEN = timedelta(days=7), 7

_INITIATED = ("welcome", "reminder", "promise_reminder", "promise_broken", "call_back", "collector")

_CALLS = """
SELECT a.id, a.at, a.connected, a.debtor_id, a.contact_point_id, a.case_id, cp.zones, p.zone,
       p.packs, p.collector_kind
FROM attempt a JOIN touch t ON t.id = a.touch_id JOIN portfolio p ON p.id = t.portfolio_id
JOIN contact_point cp ON cp.id = a.contact_point_id
WHERE a.channel = 'voice' AND a.state <> 'refused' AND a.purpose = ANY(%s)
ORDER BY a.at, a.id
"""

_TALKS = """
SELECT case_id, at FROM attempt WHERE channel = 'voice' AND connected
UNION ALL
SELECT case_id, placed_at FROM call WHERE direction = 'inbound' AND connected
  AND case_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class _Call:
    """One call that was placed."""

    attempt: int
    at: datetime
    connected: bool
    debtor: int
    number: int
    case: int
    zones: list[str]
    zone: str
    packs: list[str]
    collector_kind: str

    @property
    def day(self) -> object:
        """The debtor's day; the portfolio's when the number may lie in several zones."""
        zone = self.zones[0] if len(self.zones) == 1 else self.zone
        return self.at.astimezone(ZoneInfo(zone)).date()

    def limit(self, limits: dict[str, int]) -> int | None:
        """The strictest of the packs that have one."""
        return min((limits[pack] for pack in self.packs if pack in limits), default=None)


def over_call_caps(evidence: Evidence) -> Iterator[Breach]:
    """No more calls to a debtor or a number than the packs allow."""
    calls = [_Call(*row) for row in evidence.rows(_CALLS, list(_INITIATED))]
    yield from _crowded([c for c in calls if c.connected], CONNECTED_A_DAY, "debtor", "connected")
    yield from _crowded(calls, PLACED_A_DAY, "debtor", "placed")
    unanswered = [c for c in calls if not c.connected]
    yield from _crowded(unanswered, UNANSWERED_A_DAY, "number", "unanswered")
    yield from _over_seven([c for c in calls if "us" in c.packs])
    yield from _too_soon(evidence, [c for c in calls if "us" in c.packs])


def _crowded(calls: list[_Call], limits: dict[str, int], scope: str, word: str) -> Iterator[Breach]:
    days: dict[tuple[object, object], int] = defaultdict(int)
    for call in calls:
        limit = call.limit(limits)
        if limit is None:
            continue
        key = (getattr(call, scope), call.day)
        days[key] += 1
        if days[key] > limit:
            yield Breach(f"attempt {call.attempt}", f"{word} call number {days[key]} of the day")


def _over_seven(calls: list[_Call]) -> Iterator[Breach]:
    seen: dict[tuple[str, int], list[datetime]] = defaultdict(list)
    for call in calls:
        third = call.collector_kind == "third_party"
        placed = seen["case", call.case] if third else seen["debtor", call.debtor]
        placed.append(call.at)
        if sum(call.at - at < WEEK for at in placed) > SEVEN_IN_SEVEN:
            yield Breach(f"attempt {call.attempt}", "an eighth call within seven days")


def _too_soon(evidence: Evidence, calls: list[_Call]) -> Iterator[Breach]:
    talks = evidence.rows(_TALKS)
    for call in calls:
        if call.collector_kind != "third_party":
            continue
        zone = ZoneInfo(call.zones[0] if len(call.zones) == 1 else call.zone)
        day = call.at.astimezone(zone).date()
        for case, at in talks:
            if case == call.case and at < call.at:
                since = (day - at.astimezone(zone).date()).days
                if since < WEEK.days:
                    yield Breach(f"attempt {call.attempt}", f"{since} days after a conversation")


def told_before_known(evidence: Evidence) -> Iterator[Breach]:
    """The debt is not named before the person is known."""
    query = "SELECT call_id, number FROM call_turn WHERE detail AND NOT verified"
    for call, number in evidence.rows(query):
        yield Breach(f"call {call}, turn {number}", "named the debt before the person was known")


def recorded_before_notice(evidence: Evidence) -> Iterator[Breach]:
    """Nothing is recorded before it is announced."""
    query = (
        "SELECT r.id FROM recording r JOIN call c ON c.id = r.call_id "
        "WHERE c.notice_at IS NULL OR r.at < c.notice_at"
    )
    for (recording,) in evidence.rows(query):
        yield Breach(f"recording {recording}", "of a call that did not announce it")


def calls_accounted(evidence: Evidence) -> Iterator[Breach]:
    """Each call belongs to its touch alone, has come to an end, and the end has a name."""
    for (attempt,) in evidence.rows(
        "SELECT a.id FROM attempt a LEFT JOIN call c ON c.attempt_id = a.id "
        "WHERE a.channel = 'voice' GROUP BY a.id HAVING count(c.id) <> 1"
    ):
        yield Breach(f"attempt {attempt}", "is not one call")
    for (call,) in evidence.rows(
        "SELECT id FROM call WHERE (state = 'ended') <> (ended_at IS NOT NULL) "
        "OR (state = 'ended' AND outcome IS NULL)"
    ):
        yield Breach(f"call {call}", "ended without saying how")
    for call, turns, last in evidence.rows(
        "SELECT c.id, c.turn, max(t.number) FROM call c JOIN call_turn t ON t.call_id = c.id "
        "GROUP BY c.id HAVING count(*) <> c.turn OR max(t.number) <> c.turn"
    ):
        yield Breach(f"call {call}", f"is at turn {turns}, its last stored one is {last}")
