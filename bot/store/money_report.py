"""What came in and went out, by day, read from the books alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Connection

from bot.flows.notice_desk import HELD_OUTCOMES

#: How long before a payment a message or call still counts as what brought it.
BROUGHT_WITHIN_DAYS = 14

# The channel is that of the last attempt before the debtor paid: thanks and confirmations of a
# stop bring no money. What was booked to the wrong case is taken off on the day it was undone.
MONEY_QUERY = """
WITH chosen AS (
    SELECT id, zone, (%(first)s::date)::timestamp AT TIME ZONE zone AS since,
           (%(last)s::date + 1)::timestamp AT TIME ZONE zone AS until
    FROM portfolio WHERE code = %(code)s)
, moved AS (
    SELECT (e.at AT TIME ZONE f.zone)::date AS day, e.currency, e.kind, e.debit, e.credit,
           e.amount_minor AS n, e.source
    FROM chosen f JOIN cases c ON c.portfolio_id = f.id JOIN entry e ON e.case_id = c.id
    WHERE e.at >= f.since AND e.at < f.until
      AND (e.debit IN ('received', 'waived', 'charged_back')
           OR e.credit IN ('received', 'refunded', 'charged_back', 'fee')))
, brought AS (
    SELECT 'payment:' || p.id AS source, p.provider, coalesce((
        SELECT a.channel FROM attempt a
        WHERE a.case_id = p.case_id AND a.state <> 'refused'
          AND a.purpose NOT IN ('thanks', 'opt_out_confirmation')
          AND a.at <= p.paid_at AND a.at > p.paid_at - make_interval(days => %(within)s)
        ORDER BY a.at DESC, a.id DESC LIMIT 1), 'none') AS channel
    FROM chosen f JOIN payment p ON p.portfolio_id = f.id
    WHERE 'payment:' || p.id IN (SELECT source FROM moved))
SELECT m.day, coalesce(b.provider, ''), coalesce(b.channel, ''), m.currency,
       count(DISTINCT m.source) FILTER (WHERE m.debit = 'received')
       - count(DISTINCT m.source) FILTER (WHERE m.credit = 'received'),
       (coalesce(sum(n) FILTER (WHERE m.debit = 'received'), 0)
        - coalesce(sum(n) FILTER (WHERE m.credit = 'received'), 0))::bigint,
       coalesce(sum(n) FILTER (WHERE m.credit = 'refunded'), 0)::bigint,
       coalesce(sum(n) FILTER (WHERE m.credit = 'charged_back'), 0)::bigint,
       coalesce(sum(n) FILTER (WHERE m.debit = 'charged_back'), 0)::bigint,
       coalesce(sum(n) FILTER (WHERE m.credit = 'fee'), 0)::bigint,
       coalesce(sum(n) FILTER (WHERE m.debit = 'waived'), 0)::bigint
FROM moved m LEFT JOIN brought b USING (source)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 4, 2, 3
"""

_UNMATCHED = """
SELECT (n.received_at AT TIME ZONE f.zone)::date, n.provider, n.kind, n.outcome, n.currency,
       count(*), sum(n.amount_minor)::bigint
FROM portfolio f, payment_notice n
LEFT JOIN checkout k ON n.reference <> '' AND k.reference = n.reference
LEFT JOIN cases c ON c.id = k.case_id
WHERE f.code = %(code)s AND n.outcome = ANY(%(outcomes)s)
  AND (c.portfolio_id = f.id OR c.id IS NULL)
  AND n.received_at >= (%(first)s::date)::timestamp AT TIME ZONE f.zone
  AND n.received_at < (%(last)s::date + 1)::timestamp AT TIME ZONE f.zone
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One day, provider, channel and currency. Sums in minor units.

    `provider` and `channel` are empty for fees and waivers, which are no payments; `channel` is
    `none` when nothing went out in the days before the payment.
    """

    day: date
    provider: str
    channel: str
    currency: str
    payments: int
    received: int
    refunded: int
    charged_back: int
    reinstated: int
    fees: int
    waived: int

    @property
    def net(self) -> int:
        """What stayed."""
        return self.received - self.refunded - self.charged_back + self.reinstated


@dataclass(frozen=True, slots=True)
class UnmatchedLine:
    """Notices of a day that wait for a human. `total` in minor units."""

    day: date
    provider: str
    kind: str
    outcome: str
    currency: str
    notices: int
    total: int


class MoneyReports:
    """Reads on one connection."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def money(self, code: str, first: date, last: date) -> list[MoneyLine]:
        """Both days included, in the portfolio's zone; a day is the day of booking."""
        values = {"code": code, "first": first, "last": last, "within": BROUGHT_WITHIN_DAYS}
        return [MoneyLine(*row) for row in self._connection.execute(MONEY_QUERY, values)]

    def unmatched(self, code: str, first: date, last: date) -> list[UnmatchedLine]:
        """Notices about the portfolio's checkouts, and those that name no checkout at all."""
        values = {"code": code, "first": first, "last": last, "outcomes": list(HELD_OUTCOMES)}
        return [UnmatchedLine(*row) for row in self._connection.execute(_UNMATCHED, values)]

    def knows(self, code: str) -> bool:
        """Whether there is such a portfolio."""
        query = "SELECT 1 FROM portfolio WHERE code = %s"
        return self._connection.execute(query, [code]).fetchone() is not None
