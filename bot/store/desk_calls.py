"""Calls that collectors place: who is on the line, whom they go on to, how the debtor's side went."""

from __future__ import annotations

from datetime import datetime

from bot.domain.vocabulary import CallOutcome
from bot.flows.ports.desk_calls import Dialable
from bot.store.call_desk import CallDeskRows

# A call nobody told the end of is over after four hours, which no call outlasts (lines.py).
_ON_THE_LINE = """
SELECT EXISTS (SELECT FROM call WHERE debtor_id = %(debtor)s AND state <> 'ended'
               AND placed_at > %(at)s - interval '4 hours' AND id <> coalesce(%(but)s, 0)
               AND (direction <> 'desk' OR %(but)s::bigint IS NULL OR dialed_at IS NOT NULL))
    OR (%(but)s::bigint IS NULL AND EXISTS (
        SELECT FROM cases c JOIN touch t ON t.case_id = c.id
        WHERE c.debtor_id = %(debtor)s AND t.state = 'planned' AND t.channel = 'voice'
          AND t.purpose = 'collector' AND t.latest_at > %(at)s))
"""

_TALKING = """
SELECT EXISTS (SELECT FROM call WHERE collector_id = %(who)s AND state <> 'ended'
               AND placed_at > %(at)s - interval '4 hours' AND transfer IN ('dialing', 'talking'))
"""

_DIALABLE = """
SELECT t.id, t.key, p.phone_sealed, EXISTS (
    SELECT FROM halt h WHERE h.lifted_at IS NULL
      AND (h.portfolio_id IS NULL OR h.portfolio_id = t.portfolio_id))
FROM call c JOIN attempt a ON a.id = c.attempt_id JOIN touch t ON t.id = a.touch_id
JOIN contact_point p ON p.id = c.contact_point_id
WHERE c.id = %s
"""

_DONE = """
UPDATE call SET outcome = %(outcome)s, seconds = coalesce(%(seconds)s, seconds),
    connected = connected OR %(answered)s,
    answered_at = coalesce(answered_at, CASE WHEN %(answered)s THEN %(at)s::timestamptz END)
WHERE id = %(call)s
"""

_CONNECTED = """
UPDATE attempt a SET connected = c.connected FROM call c WHERE c.id = %s AND a.id = c.attempt_id
"""

# Not through RANK: the carrier had the collector's call, but nothing left for the debtor.
_NEVER = """
UPDATE attempt a SET state = 'refused', error_code = coalesce(a.error_code, 'not_put_through'),
    updated_at = %s
FROM call c WHERE c.id = %s AND a.id = c.attempt_id AND c.dialed_at IS NULL
"""

_RESULT = """
UPDATE call SET result = %(result)s,
    verified_at = CASE WHEN %(known)s THEN answered_at END
WHERE id = %(call)s AND case_id = %(case)s AND collector_id = %(who)s AND direction = 'desk'
  AND state = 'ended' AND dialed_at IS NOT NULL
"""


class DeskCallRows(CallDeskRows):
    """Implements `bot.flows.ports.desk_calls.DeskCallStore`."""

    def touch_known(self, key: str) -> bool:
        """Whether there is such a touch."""
        row = self._connection.execute("SELECT 1 FROM touch WHERE key = %s", [key]).fetchone()
        return row is not None

    def on_the_line(self, debtor_id: int, *, but: int | None, at: datetime) -> bool:
        """Whether somebody talks with the debtor, or is about to."""
        return self._exists(_ON_THE_LINE, {"debtor": debtor_id, "but": but, "at": at})

    def talking(self, collector_id: int, *, at: datetime) -> bool:
        """Whether the collector is in a call."""
        return self._exists(_TALKING, {"who": collector_id, "at": at})

    def _exists(self, query: str, values: dict[str, object]) -> bool:
        row = self._connection.execute(query.encode(), values).fetchone()
        return bool(row and row[0])

    def dialable(self, call_id: int) -> Dialable:
        """Whom the call goes on to."""
        row = self._connection.execute(_DIALABLE, [call_id]).fetchone()
        assert row is not None  # the call is a touch's
        touch_id, key, phone, halted = row
        return Dialable(touch_id, key, self._seal.open(phone), halted)

    def dialed(self, call_id: int, *, at: datetime) -> None:
        """It goes on to the debtor."""
        self._connection.execute(
            "UPDATE call SET dialed_at = coalesce(dialed_at, %s) WHERE id = %s", [at, call_id]
        )

    def debtor_answered(self, call_id: int, *, at: datetime) -> None:
        """Picked up; a conversation until the collector says otherwise."""
        self._connection.execute(
            "UPDATE call SET state = CASE state WHEN 'ended' THEN state ELSE 'talking' END, "
            "answered_at = coalesce(answered_at, %s), connected = true WHERE id = %s",
            [at, call_id],
        )
        self._connection.execute(_CONNECTED, [call_id])

    def debtor_done(
        self, call_id: int, outcome: CallOutcome, *, seconds: int | None, at: datetime
    ) -> None:
        """The carrier's word on the debtor's side."""
        answered = outcome is CallOutcome.ANSWERED
        values = {"outcome": outcome.value, "answered": answered, "at": at, "call": call_id}
        self._connection.execute(_DONE, {**values, "seconds": seconds})
        self._connection.execute(_CONNECTED, [call_id])

    def never_dialed(self, call_id: int, *, at: datetime) -> None:
        """The attempt counts as none."""
        self._connection.execute(_NEVER, [at, call_id])

    def keep_result(
        self, call_id: int, case_id: int, who: int, result: str, *, known: bool
    ) -> bool:
        """Only of one's own call that is over."""
        values = {"call": call_id, "case": case_id, "who": who, "result": result, "known": known}
        return bool(self._connection.execute(_RESULT, values).rowcount)
