"""Rows of senders and portfolios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import dict_row

from bot.flows.ports.portfolios import (
    DuplicateCodeError,
    NewPortfolio,
    NewSender,
    PortfolioLine,
    SenderLine,
)

_SENDERS = """
SELECT s.id, s.code, s.kind, s.address, s.livemode, s.per_second, s.stopped_reason,
       (SELECT count(*) FROM portfolio p WHERE p.sender_id = s.id),
       s.voice, s.calls_per_second, s.lines
FROM sender s WHERE %(code)s::text IS NULL OR s.code = %(code)s ORDER BY s.code
"""

_PORTFOLIOS = """
SELECT p.code, p.name, p.creditor, p.currency, p.livemode, p.paused,
       count(c.id), count(c.id) FILTER (WHERE c.state <> 'closed'),
       coalesce(sum(o.owed) FILTER (WHERE c.currency = p.currency), 0)::bigint
FROM portfolio p
LEFT JOIN cases c ON c.portfolio_id = p.id
LEFT JOIN LATERAL (
    SELECT sum(owed_minor) AS owed FROM debt
    WHERE case_id = c.id AND c.state <> 'closed') o ON true
GROUP BY p.id ORDER BY p.code
"""


_CHANGEABLE = (
    "name",
    "signature",
    "cadence",
    "packs",
    "collector_kind",
    "phone",
    "complaint_phone",
    "payee_account",
    "contact_name",
    "grace_days",
    "allocation",
)


class PortfolioRows:
    """Implements `bot.flows.ports.portfolios.PortfolioStore` on one connection."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def sender(self, code: str) -> SenderLine | None:
        """The sender of that code."""
        row = self._connection.execute(_SENDERS, {"code": code}).fetchone()
        return SenderLine(*row) if row else None

    def senders(self) -> list[SenderLine]:
        """All senders by code."""
        rows = self._connection.execute(_SENDERS, {"code": None}).fetchall()
        return [SenderLine(*row) for row in rows]

    def add_sender(self, sender: NewSender) -> None:
        """Raises DuplicateCodeError."""
        self._insert("sender", asdict(sender) | {"kind": sender.kind.value})

    def let_call(self, sender_id: int, *, voice: bool, calls_per_second: float, lines: int) -> None:
        """Whether and how fast a sender may call; its cases are looked at again."""
        self._connection.execute(
            "UPDATE sender SET voice = %s, calls_per_second = %s, lines = %s WHERE id = %s",
            [voice, calls_per_second, lines, sender_id],
        )

    def set_words(self, code: str, words: Mapping[str, str], *, at: datetime) -> None:
        """What debtors read and hear of it; the next call will tell whether anything still lacks."""
        holes = ", ".join(f"{name} = %({name})s" for name in words)
        query = f"UPDATE portfolio SET {holes} WHERE code = %(code)s"
        self._connection.execute(query.encode(), {**words, "code": code})
        self._connection.execute(
            "UPDATE alarm SET cleared_at = %s "
            "WHERE kind = 'portfolio_incomplete' AND subject = %s AND cleared_at IS NULL",
            [at, code],
        )

    def set_allocation(self, code: str, order: str) -> bool:
        """How the portfolio spreads money; False when there is no such portfolio."""
        query = "UPDATE portfolio SET allocation = %s WHERE code = %s"
        return bool(self._connection.execute(query, [order, code]).rowcount)

    def start_sender(self, sender_id: int, *, at: datetime) -> None:
        """Let it send again and clear its alarm."""
        self._connection.execute(
            "UPDATE sender SET stopped_reason = NULL, stopped_at = NULL WHERE id = %s", [sender_id]
        )
        self._connection.execute(
            "UPDATE alarm SET cleared_at = %s "
            "WHERE kind = 'sender_stopped' AND subject = %s AND cleared_at IS NULL",
            [at, str(sender_id)],
        )

    def portfolios(self) -> list[PortfolioLine]:
        """All portfolios by code."""
        return [PortfolioLine(*row) for row in self._connection.execute(_PORTFOLIOS).fetchall()]

    def portfolio(self, code: str) -> Mapping[str, Any] | None:
        """Every column of one portfolio, and the code of its sender."""
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(
                "SELECT p.*, s.code AS sender FROM portfolio p JOIN sender s ON s.id = p.sender_id "
                "WHERE p.code = %s",
                [code],
            ).fetchone()

    def add_portfolio(self, portfolio: NewPortfolio, *, sender_id: int, at: datetime) -> None:
        """Raises DuplicateCodeError."""
        values = asdict(portfolio)
        del values["sender"]
        values |= {"packs": list(portfolio.packs), "sender_id": sender_id, "created_at": at}
        self._insert("portfolio", values)

    def change_portfolio(self, portfolio: NewPortfolio, *, sender_id: int) -> None:
        """What may change; what is planned goes out by the new sender."""
        values = asdict(portfolio) | {"packs": list(portfolio.packs), "sender_id": sender_id}
        sets = ", ".join(f"{name} = %({name})s" for name in _CHANGEABLE)
        query = f"UPDATE portfolio SET {sets}, sender_id = %(sender_id)s WHERE code = %(code)s"
        self._connection.execute(query.encode(), values)
        self._connection.execute(
            "UPDATE touch t SET sender_id = p.sender_id FROM portfolio p "
            "WHERE p.code = %s AND t.portfolio_id = p.id AND t.state = 'planned' "
            "AND t.sender_id <> p.sender_id",
            [portfolio.code],
        )

    def _insert(self, table: str, values: Mapping[str, object]) -> None:
        columns, marks = ", ".join(values), ", ".join(f"%({name})s" for name in values)
        try:
            with self._connection.transaction():
                statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
                self._connection.execute(statement.encode(), values)
        except UniqueViolation as taken:
            raise DuplicateCodeError(str(values["code"])) from taken
