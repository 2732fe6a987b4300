"""Payment links and debtors' files as collectors see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from bot.store.seal import Seal

Row = dict[str, Any]

#: So many visits without a payment after the first are a lead.
LEAD_VISITS = 2

_SUMMARY = """
SELECT count(*) AS links, coalesce(sum(v.visits), 0)::int AS visits, max(v.last_at) AS last_at,
       min(v.verified_at) AS verified_at, min(l.opened_at) AS opened_at,
       count(*) FILTER (WHERE l.revoked_at IS NULL AND l.expires_at > %(now)s) AS good,
       EXISTS (SELECT FROM payment p WHERE p.case_id = %(case)s AND p.undone_minor = 0
               AND p.received_at >= (SELECT min(opened_at) FROM payment_link
                                     WHERE case_id = %(case)s)) AS paid_since
FROM payment_link l LEFT JOIN link_visits v ON v.link_id = l.id WHERE l.case_id = %(case)s
"""

_LEADS = """
SELECT c.id AS case_id, p.code AS portfolio, sum(v.visits)::int AS visits, max(v.last_at) AS last_at,
       bool_or(v.verified_at IS NOT NULL) AS verified
FROM link_visits v JOIN payment_link l ON l.id = v.link_id JOIN cases c ON c.id = l.case_id
JOIN portfolio p ON p.id = c.portfolio_id
WHERE c.state <> 'closed' AND (%(portfolio)s::text IS NULL OR p.code = %(portfolio)s)
GROUP BY c.id, p.code
HAVING sum(v.visits) >= %(least)s AND NOT EXISTS (
    SELECT FROM payment y WHERE y.case_id = c.id AND y.undone_minor = 0 AND y.received_at >= min(l.opened_at))
ORDER BY max(v.last_at) DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class LinkSummary:
    """What people did with a case's links."""

    links: int
    good: int  #: still open the page
    visits: int
    last_at: datetime | None
    verified: bool
    paid_since: bool  #: money came after the first visit

    @property
    def lead(self) -> bool:
        """Came back and did not pay: worth a call."""
        return self.visits >= LEAD_VISITS and not self.paid_since


class LinkViews:
    """Reads on one connection."""

    def __init__(self, connection: Connection[Any], seal: Seal) -> None:
        self._connection = connection
        self._seal = seal

    def summary(self, case_id: int, now: datetime) -> LinkSummary:
        """Links of the case."""
        row = self._rows(_SUMMARY, {"case": case_id, "now": now})[0]
        return LinkSummary(
            row["links"],
            row["good"],
            row["visits"],
            row["last_at"],
            row["verified_at"] is not None,
            row["paid_since"],
        )

    def leads(self, portfolio: str | None = None, *, limit: int = 200) -> list[Row]:
        """Open cases whose debtor came back to the page and has not paid since, newest first."""
        return self._rows(_LEADS, {"portfolio": portfolio, "least": LEAD_VISITS, "limit": limit})

    def uploads(self, case_id: int) -> list[Row]:
        """Files the debtor sent, newest first, without their content."""
        return self._rows(
            "SELECT u.id, u.media_type, u.size, u.at, r.understanding -> 'page' ->> 'kind' AS kind "
            "FROM upload u JOIN reply r ON r.id = u.reply_id WHERE u.case_id = %s ORDER BY u.id DESC",
            [case_id],
        )

    def upload(self, case_id: int, upload_id: int) -> tuple[str, bytes] | None:
        """Media type and content of one file of the case."""
        rows = self._rows(
            "SELECT media_type, content_sealed FROM upload WHERE id = %s AND case_id = %s",
            [upload_id, case_id],
        )
        if not rows:
            return None
        return rows[0]["media_type"], self._seal.open_bytes(rows[0]["content_sealed"])

    def _rows(self, query: str, values: Any) -> list[Row]:
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, values).fetchall()
