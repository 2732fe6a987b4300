"""Rows that switching a portfolio on touches, and what operators look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from bot.flows.portfolio_desk import LiveAsked, Traces
from bot.flows.ports.halting import Halt
from bot.flows.ports.uploading import Upload
from bot.store.halts import standing_halts
from bot.store.portfolios import PortfolioRows
from bot.store.seal import Seal
from bot.store.session import Store
from bot.store.uploads import latest_uploads

Row = dict[str, Any]

#: Kind of the approval that switches a portfolio live.
GO_LIVE = "go_live"

_TRACES = """
SELECT (SELECT count(*) FROM cases c WHERE c.portfolio_id = p.id),
       (SELECT count(*) FROM attempt a JOIN cases c ON c.id = a.case_id WHERE c.portfolio_id = p.id),
       (SELECT count(*) FROM reply r JOIN cases c ON c.id = r.case_id WHERE c.portfolio_id = p.id),
       (SELECT count(*) FROM promise m JOIN cases c ON c.id = m.case_id WHERE c.portfolio_id = p.id)
FROM portfolio p WHERE p.code = %s
"""

_ASKED = """
SELECT a.id, a.portfolio_id, a.subject, a.data->>'sender', a.asked_by, u.name, a.asked_at
FROM approval a JOIN collector u ON u.id = a.asked_by
WHERE a.kind = %(kind)s AND a.decided_at IS NULL
  AND (%(code)s::text IS NULL OR a.subject = %(code)s) ORDER BY a.id FOR UPDATE OF a
"""

# The test clock may stand in the future: nothing of a live book may.
_LIVE_CASES = """
UPDATE cases c SET next_check_at = %(at)s, entered_at = least(c.entered_at, %(at)s)
FROM portfolio p WHERE p.code = %(code)s AND c.portfolio_id = p.id
"""

_SENDERS = """
SELECT s.id, s.code, s.kind, s.address, s.livemode, s.per_second, s.voice, s.calls_per_second,
       s.lines, s.paced_to, s.stopped_reason, s.stopped_at,
       (SELECT count(*) FROM portfolio p WHERE p.sender_id = s.id) AS portfolios,
       (SELECT count(*) FROM touch t WHERE t.sender_id = s.id AND t.state = 'planned'
          AND t.due_at <= CASE WHEN s.livemode THEN %(live)s ELSE %(test)s END) AS due,
       (SELECT min(t.due_at) FROM touch t WHERE t.sender_id = s.id AND t.state = 'planned')
         AS next_due
FROM sender s ORDER BY s.livemode DESC, s.code
"""

_ATTEMPTS = """
SELECT a.sender_id, a.channel, a.state, count(*) AS n FROM attempt a
WHERE a.called_at > %s GROUP BY a.sender_id, a.channel, a.state
"""


class PortfolioDeskRows(Store):
    """Implements what `bot.flows.portfolio_desk` needs besides `PortfolioRows`."""

    def traces(self, code: str) -> Traces:
        """What happened in the portfolio."""
        row = self._connection.execute(_TRACES, [code]).fetchone()
        return Traces(*row) if row else Traces(0, 0, 0, 0)

    def ask_live(self, code: str, sender: str, by: int, *, at: datetime) -> bool:
        """Wait for a second person; False when the portfolio waits already."""
        return bool(
            self._connection.execute(
                "INSERT INTO approval (kind, subject, portfolio_id, data, asked_by, asked_at) "
                "SELECT %s, code, id, jsonb_build_object('sender', %s::text), %s, %s "
                "FROM portfolio WHERE code = %s "
                "ON CONFLICT (kind, subject) WHERE decided_at IS NULL DO NOTHING",
                [GO_LIVE, sender, by, at, code],
            ).rowcount
        )

    def live_asked(self, code: str | None) -> list[LiveAsked]:
        """What waits, of one portfolio or of all; locked, so that one answer counts."""
        rows = self._connection.execute(_ASKED, {"kind": GO_LIVE, "code": code}).fetchall()
        return [LiveAsked(*row) for row in rows]

    def make_live(self, code: str, sender_id: int, *, at: datetime) -> None:
        """Live mode; what a trial planned is dropped, and planned anew on the real clock."""
        self._connection.execute(
            "DELETE FROM verdict v USING touch t, portfolio p WHERE v.touch_id = t.id "
            "AND t.portfolio_id = p.id AND p.code = %s",
            [code],
        )
        self._connection.execute(
            "DELETE FROM touch t USING portfolio p WHERE t.portfolio_id = p.id AND p.code = %s",
            [code],
        )
        self._connection.execute(
            "UPDATE portfolio SET livemode = true, sender_id = %s WHERE code = %s",
            [sender_id, code],
        )
        self._connection.execute(_LIVE_CASES, {"code": code, "at": at})


@dataclass(frozen=True)
class PortfolioUnits:
    """Implements `bot.flows.ports.transactions.Transactions` of portfolios and stops."""

    pool: ConnectionPool
    seal: Seal

    @contextmanager
    def __call__(self) -> Iterator[PortfolioUnit]:
        """Commits on a clean exit, rolls back otherwise."""
        with self.pool.connection() as connection:
            yield PortfolioUnit(PortfolioRows(connection), PortfolioDeskRows(connection, self.seal))


@dataclass(frozen=True)
class PortfolioUnit:
    """Implements `bot.flows.portfolio_desk.PortfolioUnit` on one connection."""

    books: PortfolioRows
    rows: PortfolioDeskRows


@dataclass(frozen=True)
class OperationsViews:
    """Reads of the operations pages on one connection."""

    connection: Connection[Any]

    def halts(self) -> list[Halt]:
        """Stops that stand."""
        return standing_halts(self.connection)

    def portfolios(self) -> list[Row]:
        """Every portfolio with its cases, what is owed, and its sender's state."""
        return self._rows(
            "SELECT p.id, p.code, p.name, p.creditor, p.livemode, p.cadence, p.packs, p.currency, "
            "s.code AS sender, s.stopped_reason, coalesce(k.open, 0) AS open_cases, "
            "coalesce(k.all, 0) AS cases FROM portfolio p JOIN sender s ON s.id = p.sender_id "
            "LEFT JOIN (SELECT portfolio_id, count(*) AS all, "
            "count(*) FILTER (WHERE state <> 'closed') AS open FROM cases GROUP BY portfolio_id) k "
            "ON k.portfolio_id = p.id ORDER BY p.livemode DESC, p.code",
            [],
        )

    def portfolio(self, code: str) -> Row | None:
        """Every column of one portfolio, and the code of its sender."""
        found = self._rows(
            "SELECT p.*, s.code AS sender, s.kind AS sender_kind, s.address AS sender_address "
            "FROM portfolio p JOIN sender s ON s.id = p.sender_id WHERE p.code = %s",
            [code],
        )
        return found[0] if found else None

    def senders(self, *, live: datetime, test: datetime) -> list[Row]:
        """Every sender with what waits for it."""
        return self._rows(_SENDERS, {"live": live, "test": test})

    def attempts(self, *, now: datetime) -> list[Row]:
        """Attempts of the last day by sender, channel and state."""
        return self._rows(_ATTEMPTS, [now - timedelta(days=1)])

    def alarms(self) -> list[Row]:
        """Standing alarms, newest first."""
        return self._rows(
            "SELECT a.kind, a.subject, a.message, a.at, s.code AS sender FROM alarm a "
            "LEFT JOIN sender s ON a.kind = 'sender_stopped' AND s.id::text = a.subject "
            "WHERE a.cleared_at IS NULL ORDER BY a.at DESC LIMIT 50",
            [],
        )

    def imports(self, portfolio_id: int, *, limit: int = 10) -> list[Row]:
        """The latest ledger imports, also those of the command line."""
        return self._rows(
            "SELECT at, file_name, figures FROM ledger_import WHERE portfolio_id = %s "
            "ORDER BY id DESC LIMIT %s",
            [portfolio_id, limit],
        )

    def uploads(self, code: str | None, *, limit: int = 20) -> list[Upload]:
        """The newest uploads."""
        return latest_uploads(self.connection, code, limit=limit)

    def script_uses(self, *, since: datetime) -> list[Row]:
        """How often each version of a script was planned since then, and when last."""
        return self._rows(
            "SELECT script, script_version AS version, count(*) AS n, max(created_at) AS latest "
            "FROM touch WHERE created_at > %s GROUP BY script, script_version",
            [since],
        )

    def _rows(self, query: str, values: Any) -> list[Row]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()
