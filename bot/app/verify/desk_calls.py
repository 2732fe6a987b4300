"""Calls that collectors placed: the gate said yes at the last moment, and each rang one telephone."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.app.verify.breach import Breach, Evidence
from bot.app.verify.contact import closed_by

_UNASKED = """
SELECT c.id FROM call c WHERE c.direction = 'desk' AND c.dialed_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM attempt a JOIN verdict v ON v.touch_id = a.touch_id
    WHERE a.id = c.attempt_id AND v.stage = 'dial' AND v.outcome = 'allow' AND v.at <= c.dialed_at)
"""

_DIALED = """
SELECT c.id, c.dialed_at, p.packs, cp.zones, d.agreed_from, d.agreed_to
FROM call c JOIN cases k ON k.id = c.case_id JOIN portfolio p ON p.id = k.portfolio_id
JOIN contact_point cp ON cp.id = c.contact_point_id JOIN debtor d ON d.id = c.debtor_id
WHERE c.direction = 'desk' AND c.dialed_at IS NOT NULL
"""

_UNCOUNTED = """
SELECT c.id FROM call c JOIN attempt a ON a.id = c.attempt_id
WHERE c.direction = 'desk' AND c.dialed_at IS NOT NULL AND a.state = 'refused'
"""

# The collector's own side is one call at the carrier, the debtor's another.
_LEGS = """
SELECT c.id, count(DISTINCT b.provider_sid) FROM call c JOIN callback b ON b.attempt_id = c.attempt_id
WHERE c.direction = 'desk' GROUP BY c.id HAVING count(DISTINCT b.provider_sid) > 2
"""

_AT_ONCE = """
SELECT c.id, o.id FROM call c JOIN call o ON o.debtor_id = c.debtor_id AND o.id <> c.id
  AND o.direction <> 'inbound' AND (o.direction <> 'desk' OR o.id > c.id)
  AND coalesce(o.dialed_at, CASE WHEN o.direction <> 'desk' THEN o.placed_at END) < c.ended_at
  AND o.ended_at > c.dialed_at
WHERE c.direction = 'desk' AND c.dialed_at IS NOT NULL
"""


def dialed_as_allowed(evidence: Evidence) -> Iterator[Breach]:
    """A collector's call was allowed when it rang, in open hours, once, and it counts."""
    for (call,) in evidence.rows(_UNASKED):
        yield Breach(f"call {call}", "dialled without the gate's leave")
    for call, at, packs, zones, agreed_from, agreed_to in evidence.rows(_DIALED):
        for zone in zones:
            local = at.astimezone(ZoneInfo(zone))
            agreed = agreed_from is not None and agreed_from <= local.hour < agreed_to
            if not agreed and closed_by(packs, local):
                yield Breach(f"call {call}", f"dialled at {local:%H:%M} in {zone}")
    for (call,) in evidence.rows(_UNCOUNTED):
        yield Breach(f"call {call}", "rang at the debtor's and does not count")
    for call, sides in evidence.rows(_LEGS):
        yield Breach(f"call {call}", f"has {sides} sides at the carrier")
    for call, other in evidence.rows(_AT_ONCE):
        yield Breach(f"call {call}", f"while call {other} went on with the same debtor")
