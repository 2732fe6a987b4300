"""Providers' notices that stay with a human, for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from bot.flows.notice_desk import HELD_OUTCOMES

_LISTED = """
SELECT n.id, n.received_at, n.provider, n.kind, n.outcome, n.amount_minor, n.currency, k.case_id,
       c.portfolio_id
FROM payment_notice n
LEFT JOIN checkout k ON n.reference <> '' AND k.reference = n.reference
LEFT JOIN cases c ON c.id = k.case_id
WHERE n.outcome = ANY(%s) ORDER BY n.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as the page and the command show it. `case_id` where a checkout names one."""

    notice_id: int
    received_at: datetime
    provider: str
    kind: str
    outcome: str
    amount_minor: int
    currency: str
    case_id: int | None
    portfolio_id: int | None


def held_notices(connection: Connection[Any], *, limit: int = 100) -> list[NoticeView]:
    """Notices that wait for a human, the oldest first."""
    rows = connection.execute(_LISTED, [list(HELD_OUTCOMES), limit]).fetchall()
    return [NoticeView(*row) for row in rows]
