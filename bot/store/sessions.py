"""Sessions of the console, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.flows.ports.sessions import Seat, SessionLine
from bot.store.collectors import COLUMNS, CollectorRows, as_person

_SEAT = f"""
SELECT s.id, s.begun_at, s.seen_at, collector.*
FROM session s CROSS JOIN LATERAL (SELECT {COLUMNS} FROM collector WHERE id = s.collector_id)
     collector
WHERE s.token_hash = %s AND s.ended_at IS NULL
"""


class SessionRows(CollectorRows):
    """Implements `bot.flows.ports.sessions.SessionStore`."""

    def begin_session(
        self, collector_id: int, token: str, *, address: str, agent: str, at: datetime
    ) -> int:
        """A new session; returns its id."""
        row = self._connection.execute(
            "INSERT INTO session (collector_id, token_hash, begun_at, seen_at, address_sealed, "
            "agent) VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
            [collector_id, self._seal.index(token), at, at, self._seal.seal(address), agent],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def seat(self, token: str) -> Seat | None:
        """The open session of a token with its person."""
        row = self._connection.execute(_SEAT, [self._seal.index(token)]).fetchone()
        return Seat(row[0], as_person(row[3:]), row[1], row[2]) if row else None

    def touch_session(self, session_id: int, *, at: datetime) -> None:
        """It was used."""
        self._connection.execute(
            "UPDATE session SET seen_at = greatest(seen_at, %s) WHERE id = %s", [at, session_id]
        )

    def end_session(self, session_id: int, why: str, *, at: datetime) -> bool:
        """End one; False when it has ended already."""
        return bool(
            self._connection.execute(
                "UPDATE session SET ended_at = %s, ended_why = %s "
                "WHERE id = %s AND ended_at IS NULL",
                [at, why, session_id],
            ).rowcount
        )

    def end_sessions(
        self, collector_id: int, why: str, *, at: datetime, but: int | None = None
    ) -> int:
        """End all of a person but one; returns how many were open."""
        return self._connection.execute(
            "UPDATE session SET ended_at = %s, ended_why = %s "
            "WHERE collector_id = %s AND ended_at IS NULL AND id IS DISTINCT FROM %s",
            [at, why, collector_id, but],
        ).rowcount

    def sessions_of(
        self, collector_id: int, *, begun: datetime, seen: datetime
    ) -> Sequence[SessionLine]:
        """Open sessions begun and seen after these instants, the latest first."""
        rows = self._connection.execute(
            "SELECT id, begun_at, seen_at, address_sealed, agent FROM session "
            "WHERE collector_id = %s AND ended_at IS NULL AND begun_at >= %s AND seen_at >= %s "
            "ORDER BY seen_at DESC, id DESC",
            [collector_id, begun, seen],
        ).fetchall()
        return [
            SessionLine(row[0], row[1], row[2], self._seal.open(row[3]), row[4]) for row in rows
        ]
