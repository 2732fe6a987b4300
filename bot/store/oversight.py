"""Which portfolio a row belongs to, in SQL."""

from __future__ import annotations

from bot.store.sessions import SessionRows

_OF_CASE = "SELECT c.portfolio_id FROM {table} x JOIN cases c ON c.id = x.case_id WHERE x.id = %s"

#: Kind of row, as pages name its id (`case_id`, `line_id` …) → its portfolio.
OWNERS = {
    "case": "SELECT portfolio_id FROM cases WHERE id = %s",
    "code": "SELECT id FROM portfolio WHERE code = %s",
    "portfolio": "SELECT id FROM portfolio WHERE id = %s",
    "approval": "SELECT portfolio_id FROM approval WHERE id = %s",
    "complaint": "SELECT portfolio_id FROM complaint WHERE id = %s",
    "ledger": "SELECT portfolio_id FROM ledger_upload WHERE id = %s",
    "line": "SELECT portfolio_id FROM bank_line WHERE id = %s",
    **{
        kind: _OF_CASE.format(table=table)
        for kind, table in (
            ("handoff", "handoff"),
            ("plan", "instalment_plan"),
            ("reduction", "reduction"),
            ("reply", "reply"),
            ("upload", "upload"),
            ("call", "call"),
            ("recording", "recording"),
        )
    },
}


class OversightRows(SessionRows):
    """Implements `bot.flows.oversight.OversightStore`."""

    def owning_portfolio(self, kind: str, row_id: int | str) -> int | None:
        """The portfolio that a row belongs to; None for a kind that belongs to none."""
        query = OWNERS.get(kind)
        if query is None:
            return None
        row = self._connection.execute(query.encode(), [row_id]).fetchone()
        return int(row[0]) if row and row[0] is not None else None

    def case_exists(self, case_id: int) -> bool:
        """Whether there is such a case."""
        row = self._connection.execute("SELECT FROM cases WHERE id = %s", [case_id]).fetchone()
        return row is not None
