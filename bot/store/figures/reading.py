"""What the dashboard reads: sums of a period, days, the state of work right now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from bot.domain.figures.stock import Balance, Standing, Stock
from bot.domain.figures.sums import Cell, Sums

Row = dict[str, Any]

# A row whose case was last counted before the period counts it; one counted within does not.
_SUMS = """
SELECT measure, tier, channel, script, detail, number,
       CASE WHEN starts_with(measure, 'hour_') THEN extract(isodow FROM day)::int ELSE 0 END,
       currency, sum(n)::bigint, sum(amount)::bigint
FROM figure
WHERE portfolio_id = ANY(%(books)s) AND day BETWEEN %(first)s AND %(last)s
  AND gap > day - %(first)s::date AND measure <> 'held'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""

_HELD = """
SELECT day, tier, detail, currency, sum(n)::bigint, sum(amount)::bigint FROM figure
WHERE portfolio_id = ANY(%(books)s) AND day = ANY(%(days)s) AND measure = 'held'
GROUP BY 1, 2, 3, 4
"""

_DAYS = """
SELECT day, measure, channel, currency, sum(n)::bigint, sum(amount)::bigint FROM figure
WHERE portfolio_id = ANY(%(books)s) AND day BETWEEN %(first)s AND %(last)s
  AND measure IN ('left', 'reply', 'promise_made', 'collected', 'handoff')
GROUP BY 1, 2, 3, 4
"""

_USED = """
SELECT portfolio_id, measure, channel, sum(n)::bigint, sum(amount)::bigint FROM figure
WHERE portfolio_id = ANY(%(books)s) AND day BETWEEN %(first)s AND %(last)s
  AND measure IN ('left', 'handoff_claimed')
GROUP BY 1, 2, 3
"""

_AS_OF = """
SELECT min(at) FROM (SELECT max(computed_at) AS at FROM figure_run
                     WHERE portfolio_id = ANY(%s) AND pace = 'quick' GROUP BY portfolio_id) newest
"""

_PORTFOLIOS = """
SELECT p.id, p.code, p.name, p.zone, p.livemode, p.cadence, p.currency, p.created_at,
       r.segment_milli, r.minute_milli, r.handoff_milli
FROM portfolio p LEFT JOIN cost_rate r ON r.portfolio_id = p.id ORDER BY p.code
"""

# The conditions are those of partial indexes, so that closed hand-offs and sent touches cost nothing.
_WORK = """
SELECT h.open, h.overdue, h.claimed,
  (SELECT count(*) FROM sender s JOIN touch t ON t.sender_id = s.id WHERE t.state = 'planned'
     AND t.due_at < %(until)s AND t.portfolio_id = ANY(%(books)s)) AS planned,
  (SELECT count(*) FROM promise p JOIN cases c ON c.id = p.case_id WHERE p.state = 'open'
     AND p.due_on = %(day)s AND c.portfolio_id = ANY(%(books)s)) AS promises,
  (SELECT count(*) FROM reply r WHERE r.state = 'stored') AS unread
FROM (SELECT count(*) FILTER (WHERE state = 'open') AS open,
             count(*) FILTER (WHERE state = 'open' AND due_at < %(now)s) AS overdue,
             count(*) FILTER (WHERE state = 'claimed') AS claimed
      FROM handoff WHERE state IN ('open', 'claimed') AND portfolio_id = ANY(%(books)s)) h
"""


@dataclass(frozen=True, slots=True)
class DayCount:
    """One measure of one day."""

    day: date
    measure: str
    channel: str
    currency: str
    n: int
    amount: int


class FigureViews:
    """Reads on one connection."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def portfolios(self) -> list[Row]:
        """Every portfolio with what its contact costs; rates are None where none are set."""
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(_PORTFOLIOS).fetchall()

    def sums(self, books: Sequence[int], first: date, last: date) -> Sums:
        """Counts of a period, both days included; a case counts once in it."""
        values = {"books": list(books), "first": first, "last": last}
        rows = self._connection.execute(_SUMS, values).fetchall()
        return Sums.of(Cell(*row) for row in rows)

    def stock(self, books: Sequence[int], first: date, last: date) -> Stock:
        """What stood open the evening before the period and at its end."""
        eve = first - timedelta(days=1)
        values = {"books": list(books), "days": [eve, last]}
        found: dict[date, list[Standing]] = {eve: [], last: []}
        for day, tier, detail, *rest in self._connection.execute(_HELD, values):
            found[day].append(Standing(tier, detail == "overdue", *rest))
        return Stock(Balance(found[eve]), Balance(found[last]))

    def days(self, books: Sequence[int], first: date, last: date) -> list[DayCount]:
        """Counts by day, for lines over time."""
        values = {"books": list(books), "first": first, "last": last}
        return [DayCount(*row) for row in self._connection.execute(_DAYS, values)]

    def used(self, books: Sequence[int], first: date, last: date) -> dict[int, Sums]:
        """What the cost of contact is made of, by portfolio."""
        values = {"books": list(books), "first": first, "last": last}
        found: dict[int, list[Cell]] = {book: [] for book in books}
        for book, measure, channel, n, amount in self._connection.execute(_USED, values):
            found[book].append(Cell(measure, channel=channel, n=n, amount=amount))
        return {book: Sums.of(cells) for book, cells in found.items()}

    def as_of(self, books: Sequence[int]) -> datetime | None:
        """When the figures were last counted; None before the first time."""
        row = self._connection.execute(_AS_OF, [list(books)]).fetchone()
        return row[0] if row else None

    def work(self, books: Sequence[int], now: datetime, day: date, until: datetime) -> Row:
        """What waits for somebody at this moment, from the tables themselves."""
        values = {"books": list(books), "now": now, "day": day, "until": until}
        with self._connection.cursor(row_factory=dict_row) as cursor:
            found = cursor.execute(_WORK, values).fetchone()
        assert found is not None
        return found
