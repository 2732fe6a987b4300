"""Rows of what portfolios word for themselves, and the reads of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from bot.flows.ports.wording import SHIPPED, Draft, WordingAsked
from bot.scripts.own import OwnText
from bot.store.halts import HaltRows

Row = dict[str, Any]

#: Kind of the approval that puts a wording to use; its subject is `portfolio/script`.
SCRIPT = "script"

#: Among PostgreSQL's advisory locks: whoever numbers a new version.
_NUMBERING = 7303

_IN_STATE = """
SELECT u.script, u.version, w.texts FROM (
    SELECT DISTINCT ON (script) script, version FROM wording_use
    WHERE portfolio_id = %s AND id <= %s ORDER BY script, id DESC) u
JOIN wording w ON w.script = u.script AND w.version = u.version
"""

_DRAFT = """
SELECT id, script, base, texts, note, revision, written_by FROM wording
WHERE portfolio_id = %s AND script = %s AND version IS NULL FOR UPDATE
"""

_ASKED = """
SELECT a.id, a.portfolio_id, p.code, %(script)s, a.asked_by, (a.data->>'draft')::bigint,
       (a.data->>'version')::int
FROM approval a JOIN portfolio p ON p.id = a.portfolio_id
WHERE a.kind = %(kind)s AND a.decided_at IS NULL AND p.id = %(portfolio)s
  AND a.subject = p.code || '/' || %(script)s FOR UPDATE OF a
"""

_ASK = """
INSERT INTO approval (kind, subject, portfolio_id, data, asked_by, asked_at)
SELECT %s, code || '/' || %s, id, jsonb_strip_nulls(jsonb_build_object('draft', %s::bigint,
       'version', %s::int)), %s, %s FROM portfolio WHERE id = %s
ON CONFLICT (kind, subject) WHERE decided_at IS NULL DO NOTHING
"""

_APPROVE = """
UPDATE wording w SET approved_by = %s, approved_at = %s, version = greatest(%s, 1 + (
    SELECT max(version) FROM wording o WHERE o.script = w.script))
WHERE w.id = %s RETURNING version
"""

_USE = """
WITH used AS (
    INSERT INTO wording_use (portfolio_id, script, version, approval_id, at)
    VALUES (%(portfolio)s, %(script)s, %(version)s, %(approval)s, %(at)s) RETURNING id)
UPDATE portfolio SET wording = used.id FROM used WHERE portfolio.id = %(portfolio)s
"""

_VERSIONS = """
SELECT w.version, w.base, w.texts, w.note, w.written_at, w.approved_at, a.name AS written_by,
       b.name AS approved_by, (SELECT max(at) FROM wording_use u WHERE u.portfolio_id = w.portfolio_id
         AND u.script = w.script AND u.version = w.version) AS used_at
FROM wording w JOIN collector a ON a.id = w.written_by LEFT JOIN collector b ON b.id = w.approved_by
WHERE w.portfolio_id = %s AND w.script = %s AND w.version IS NOT NULL ORDER BY w.version DESC
"""

_SHOWN_DRAFT = """
SELECT w.id, w.base, w.texts, w.note, w.revision, w.changed_at, c.name AS written_by
FROM wording w JOIN collector c ON c.id = w.written_by
WHERE w.portfolio_id = %s AND w.script = %s AND w.version IS NULL
"""

_WAITING = """
SELECT a.id, a.asked_by, a.asked_at, c.name AS asker, (a.data->>'draft')::bigint AS draft,
       (a.data->>'version')::int AS version
FROM approval a JOIN collector c ON c.id = a.asked_by JOIN portfolio p ON p.id = a.portfolio_id
WHERE a.kind = %s AND a.decided_at IS NULL AND p.id = %s AND a.subject = p.code || '/' || %s
"""

_STANDING = """
SELECT p.id, p.code, p.name, p.zone, coalesce(u.version, 0) AS version,
       (d.id IS NOT NULL) AS drafted, (a.id IS NOT NULL) AS waits
FROM portfolio p
LEFT JOIN LATERAL (SELECT version FROM wording_use WHERE portfolio_id = p.id
    AND script = %(script)s ORDER BY id DESC LIMIT 1) u ON true
LEFT JOIN wording d ON d.portfolio_id = p.id AND d.script = %(script)s AND d.version IS NULL
LEFT JOIN approval a ON a.kind = %(kind)s AND a.subject = p.code || '/' || %(script)s
    AND a.decided_at IS NULL
WHERE %(scope)s::bigint[] IS NULL OR p.id = ANY(%(scope)s) ORDER BY p.livemode DESC, p.code
"""

_ALL_IN_USE = """
SELECT p.code, w.script, w.version, w.texts FROM (
    SELECT DISTINCT ON (portfolio_id, script) portfolio_id, script, version FROM wording_use
    ORDER BY portfolio_id, script, id DESC) u
JOIN wording w ON w.script = u.script AND w.version = u.version
JOIN portfolio p ON p.id = u.portfolio_id ORDER BY p.code, w.script
"""


def own_texts(pool: ConnectionPool) -> Callable[[int, int], list[OwnText]]:
    """Implements `bot.flows.ports.wording.ReadOwn`."""

    def read(portfolio_id: int, state: int) -> list[OwnText]:
        with pool.connection() as connection:
            rows = connection.execute(_IN_STATE, [portfolio_id, state]).fetchall()
        return [OwnText(*row) for row in rows]

    return read


def all_own_texts(connection: Connection[Any]) -> list[tuple[str, OwnText]]:
    """Portfolio's code and text of everything that is in use, for lint."""
    rows = connection.execute(_ALL_IN_USE).fetchall()
    return [(row[0], OwnText(*row[1:])) for row in rows]


class WordingRows(HaltRows):
    """Implements `bot.flows.ports.wording.WordingStore`."""

    def portfolio_code(self, portfolio_id: int) -> str | None:
        """None when there is no such portfolio."""
        row = self._connection.execute(
            "SELECT code FROM portfolio WHERE id = %s", [portfolio_id]
        ).fetchone()
        return row[0] if row else None

    def hold_wording(self, portfolio_id: int) -> None:
        """The portfolio's row; states of its wording are numbered in the order they commit."""
        self._connection.execute(
            "SELECT FROM portfolio WHERE id = %s FOR NO KEY UPDATE", [portfolio_id]
        )

    def wording_draft(self, portfolio_id: int, script: str) -> Draft | None:
        """The draft, locked."""
        row = self._connection.execute(_DRAFT, [portfolio_id, script]).fetchone()
        return Draft(*row) if row else None

    def add_draft(
        self,
        portfolio_id: int,
        script: str,
        base: int,
        texts: Mapping[str, str],
        note: str,
        by: int,
        *,
        at: datetime,
    ) -> bool:
        """False when somebody began one at the same time."""
        return bool(
            self._connection.execute(
                "INSERT INTO wording (portfolio_id, script, base, texts, note, written_by, "
                "written_at, changed_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) "
                "ON CONFLICT (portfolio_id, script) WHERE version IS NULL DO NOTHING",
                [portfolio_id, script, base, _json(texts), note, by, at, at],
            ).rowcount
        )

    def save_draft(
        self, draft_id: int, texts: Mapping[str, str], note: str, by: int, *, at: datetime
    ) -> None:
        """Another revision; whoever saved last wrote it."""
        self._connection.execute(
            "UPDATE wording SET texts = %s, note = %s, written_by = %s, changed_at = %s, "
            "revision = revision + 1 WHERE id = %s",
            [_json(texts), note, by, at, draft_id],
        )

    def drop_draft(self, draft_id: int) -> None:
        """Throw it away."""
        self._connection.execute(
            "DELETE FROM wording WHERE id = %s AND version IS NULL", [draft_id]
        )

    def wording_in_use(self, portfolio_id: int, script: str) -> int:
        """The version; `SHIPPED` where it never had own words, or went back."""
        row = self._connection.execute(
            "SELECT version FROM wording_use WHERE portfolio_id = %s AND script = %s "
            "ORDER BY id DESC LIMIT 1",
            [portfolio_id, script],
        ).fetchone()
        return row[0] if row else SHIPPED

    def wording_version(self, portfolio_id: int, script: str, version: int) -> OwnText | None:
        """One of the portfolio's own versions."""
        row = self._connection.execute(
            "SELECT script, version, texts FROM wording "
            "WHERE portfolio_id = %s AND script = %s AND version = %s",
            [portfolio_id, script, version],
        ).fetchone()
        return OwnText(*row) if row else None

    def ask_wording(
        self,
        portfolio_id: int,
        script: str,
        by: int,
        *,
        draft_id: int | None,
        version: int | None,
        at: datetime,
    ) -> bool:
        """False when something waits for this script already."""
        values = [SCRIPT, script, draft_id, version, by, at, portfolio_id]
        return bool(self._connection.execute(_ASK, values).rowcount)

    def wording_asked(self, portfolio_id: int, script: str) -> WordingAsked | None:
        """What waits, locked."""
        values = {"kind": SCRIPT, "portfolio": portfolio_id, "script": script}
        row = self._connection.execute(_ASKED, values).fetchone()
        return WordingAsked(*row) if row else None

    def approve_draft(self, draft_id: int, by: int, *, first: int, at: datetime) -> int:
        """The script's next version number; two portfolios never share one."""
        self._connection.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERING])
        row = self._connection.execute(_APPROVE, [by, at, first, draft_id]).fetchone()
        assert row is not None
        return int(row[0])

    def use_wording(
        self, portfolio_id: int, script: str, version: int, approval_id: int, *, at: datetime
    ) -> None:
        """A new state of the portfolio's wording."""
        values = {
            "portfolio": portfolio_id,
            "script": script,
            "version": version,
            "approval": approval_id,
            "at": at,
        }
        self._connection.execute(_USE, values)


def _json(texts: Mapping[str, str]) -> str:
    return json.dumps(dict(texts), ensure_ascii=False)


@dataclass(frozen=True)
class WordingViews:
    """Reads of the console on one connection."""

    connection: Connection[Any]

    def standing(self, script: str, scope: tuple[int, ...] | None) -> list[Row]:
        """Every portfolio in scope with the version it uses, and what is under way."""
        chosen = None if scope is None else list(scope)
        return self._rows(_STANDING, {"script": script, "kind": SCRIPT, "scope": chosen})

    def versions(self, portfolio_id: int, script: str) -> list[Row]:
        """The portfolio's own versions, the newest first."""
        return self._rows(_VERSIONS, [portfolio_id, script])

    def draft(self, portfolio_id: int, script: str) -> Row | None:
        """The draft, if there is one."""
        found = self._rows(_SHOWN_DRAFT, [portfolio_id, script])
        return found[0] if found else None

    def waiting(self, portfolio_id: int, script: str) -> Row | None:
        """What waits for a second person."""
        found = self._rows(_WAITING, [SCRIPT, portfolio_id, script])
        return found[0] if found else None

    def _rows(self, query: str, values: Any) -> list[Row]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()
