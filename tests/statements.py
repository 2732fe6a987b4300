"""Every statement the product sends while something happens, and how PostgreSQL would find its rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

Statement = tuple[Any, Any]

#: Tables that do not grow with the cases: people, settings, what stands at the moment.
SMALL = frozenset(
    {
        *("alarm", "alert_channel", "approval", "collector", "collector_portfolio", "cost_rate"),
        *("figure_run", "halt", "portfolio", "saved_filter", "sender", "session", "test_clock"),
    }
)


def statements(act: Callable[[], object]) -> list[Statement]:
    """What goes out of this process to the database while `act` runs."""
    sent: list[Statement] = []
    execute = psycopg.Cursor.execute

    def noting(cursor: Any, query: Any, params: Any = None, **more: Any) -> Any:
        sent.append((query, params))
        return execute(cursor, query, params, **more)

    psycopg.Cursor.execute = noting  # type: ignore[assignment,method-assign]
    try:
        act()
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]
    return sent


def end_to_end(url: str, sent: list[Statement]) -> set[str]:
    """Growing tables that a reading statement can only read from end to end: no index would do."""
    found: set[str] = set()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET enable_seqscan = off")
        for query, params in sent:
            text = query.decode() if isinstance(query, bytes) else str(query)
            if not text.lstrip("( \n").upper().startswith(("SELECT", "WITH")):
                continue
            explain = f"EXPLAIN (FORMAT JSON) {text}"
            row = connection.execute(explain.encode(), params).fetchone()
            assert row is not None
            plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
            found |= {table for table in _scanned(plan[0]["Plan"]) if table not in SMALL}
    return found


def _scanned(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for below in plan.get("Plans", ()):
        yield from _scanned(below)
