"""What an unattended demo came to, read from the database."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from rich.console import Console
from rich.table import Table

from bot.domain.money import plain

Rows = list[dict[str, Any]]

QUERIES: dict[str, str] = {
    "cases": "SELECT p.code AS portfolio, c.state, count(*) AS cases FROM cases c "
    "JOIN portfolio p ON p.id = c.portfolio_id GROUP BY 1, 2 ORDER BY 1, 2",
    "touches": "SELECT coalesce(tier, purpose) AS tier, channel, "
    "count(*) FILTER (WHERE state = 'attempted') AS sent, "
    "count(*) FILTER (WHERE state = 'denied') AS denied, "
    "count(*) FILTER (WHERE state = 'cancelled') AS cancelled, "
    "count(*) FILTER (WHERE state = 'expired') AS expired, "
    "count(*) FILTER (WHERE state = 'planned') AS planned "
    "FROM touch GROUP BY 1, 2 ORDER BY sent DESC",
    "attempts": "SELECT channel, state, count(*) AS attempts FROM attempt "
    "GROUP BY 1, 2 ORDER BY 3 DESC",
    "calls": "SELECT direction, coalesce(outcome, state) AS outcome, count(*) AS calls, "
    "count(*) FILTER (WHERE verified_at IS NOT NULL) AS known, "
    "count(*) FILTER (WHERE transfer IS NOT NULL) AS put_through FROM call "
    "GROUP BY 1, 2 ORDER BY 3 DESC",
    "verdicts": "SELECT outcome, rule, count(*) AS verdicts FROM verdict "
    "GROUP BY 1, 2 ORDER BY 3 DESC",
    "replies": "SELECT coalesce(understanding -> 'intents' ->> 0, state) AS intent, "
    "count(*) AS replies FROM reply GROUP BY 1 ORDER BY 2 DESC",
    "promises": "SELECT state AS outcome, count(*) AS promises FROM promise "
    "GROUP BY 1 ORDER BY 2 DESC",
    "money": "SELECT p.code AS portfolio, y.currency, count(*) AS payments, "
    "sum(y.amount_minor) AS collected_minor FROM payment y "
    "JOIN portfolio p ON p.id = y.portfolio_id GROUP BY 1, 2 ORDER BY 1, 2",
    "handoffs": "SELECT reason, count(*) AS handoffs, "
    "count(*) FILTER (WHERE state IN ('open', 'claimed')) AS still_open FROM handoff "
    "GROUP BY 1 ORDER BY 2 DESC",
}

TITLES = {
    "cases": "cases by portfolio and state",
    "touches": "touches by tier and channel",
    "attempts": "attempts at the carrier",
    "calls": "calls by how they ended",
    "verdicts": "verdicts by rule",
    "replies": "replies by intent",
    "promises": "promises by outcome",
    "money": "money collected",
    "handoffs": "hand-offs by reason",
}


def collect(connection: Connection[Any]) -> dict[str, Rows]:
    """All figures by name; JSON values."""
    with connection.cursor(row_factory=dict_row) as cursor:
        figures = {name: cursor.execute(query).fetchall() for name, query in QUERIES.items()}
    for row in figures["money"]:
        row["collected_minor"] = int(row["collected_minor"])
        row["collected"] = plain(row["collected_minor"], row["currency"])
    return figures


def show(console: Console, figures: dict[str, Rows]) -> None:
    """One table per figure."""
    for name, rows in figures.items():
        if not rows:
            console.print(f"{TITLES[name]}: none")
            continue
        columns = [column for column in rows[0] if column != "collected_minor"]
        table = Table(*columns, title=TITLES[name], title_justify="left")
        for row in rows:
            table.add_row(*(str(row[column]) for column in columns))
        console.print(table)
