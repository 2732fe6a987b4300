"""Calls: found and locked, their turns, how they end, and what was reached in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.vocabulary import CallOutcome, CaseState, Purpose
from bot.flows.ports.calls import CalledTouch, CallRow, Reached, TakenTurn
from bot.flows.ports.delivering import DeliveryReport
from bot.store.clock_shift import SHIFT_SECONDS
from bot.store.collectors import TAKES_CALLS
from bot.store.delivering import DeliveryRows
from bot.store.receiving import QUEUED

_FIND = f"""
SELECT c.id, c.direction, c.provider_sid, c.sender_id, s.livemode, c.case_id, c.debtor_id,
       c.contact_point_id, c.script, c.session_sealed, c.turn, c.state, c.outcome, c.connected,
       c.verified_at IS NOT NULL, c.notice_at IS NOT NULL, c.transfer, c.queued_at, c.collector_id,
       c.placed_at, c.answered_at, a.token, k.state, s.address, t.answer_sealed, c.stop,
       (SELECT count(*) FROM collector WHERE {TAKES_CALLS}),
       CASE WHEN s.livemode THEN 0 ELSE {SHIFT_SECONDS} END,
       c.dialed_at IS NOT NULL
FROM call c JOIN sender s ON s.id = c.sender_id
LEFT JOIN attempt a ON a.id = c.attempt_id
LEFT JOIN cases k ON k.id = c.case_id
LEFT JOIN call_turn t ON t.call_id = c.id AND t.number = c.turn
"""

_BY_SID = "WHERE c.provider_sid = %s"
_BY_TOKEN = "WHERE c.attempt_id = (SELECT id FROM attempt WHERE token = %s)"  # noqa: S105

# The turn and the session that goes with it in one statement: somebody is on the line.
_TURN = """
WITH moved AS (
    UPDATE call SET provider_sid = coalesce(provider_sid, %(sid)s), turn = %(number)s,
        session_sealed = %(session)s, state = CASE state WHEN 'ended' THEN state ELSE 'talking' END,
        answered_at = coalesce(answered_at, %(at)s),
        verified_at = coalesce(verified_at, CASE WHEN %(verified)s THEN %(at)s::timestamptz END),
        notice_at = coalesce(notice_at, CASE WHEN %(notice)s THEN %(at)s::timestamptz END),
        connected = connected OR %(connected)s
    WHERE id = %(call)s {unmoved}
    RETURNING id, attempt_id
), reached AS (
    UPDATE attempt SET connected = true FROM moved
    WHERE %(connected)s AND attempt.id = moved.attempt_id AND NOT attempt.connected
)
INSERT INTO call_turn (call_id, number, at, step, said_sealed, heard_sealed, understood, detail,
                       verified, answer_sealed)
SELECT id, %(number)s, %(at)s, %(step)s, %(said)s, %(heard)s, %(understood)s, %(detail)s,
       %(verified)s, %(answer)s
FROM moved
"""

# Everything a turn may have been decided by that can change while a call runs.
_UNMOVED = f"""
      AND turn = %(before)s AND (state = 'ended') = %(ended)s
      AND outcome IS NOT DISTINCT FROM %(outcome)s
      AND stop IS NOT DISTINCT FROM %(stop)s AND case_id IS NOT DISTINCT FROM %(case)s
      AND (SELECT state FROM cases WHERE id = call.case_id) IS NOT DISTINCT FROM %(case_state)s
      AND EXISTS (SELECT FROM collector WHERE {TAKES_CALLS}) = %(on_duty)s
      AND CASE WHEN %(livemode)s THEN 0 ELSE {SHIFT_SECONDS} END = %(shift)s
"""
_HELD_TURN = _TURN.format(unmoved="")
_UNMOVED_TURN = _TURN.format(unmoved=_UNMOVED)

_CONNECTED = (
    "UPDATE attempt SET connected = %s WHERE id = (SELECT attempt_id FROM call WHERE id = %s)"
)

# What was reached waits as replies, read already, in the order it was reached in.
_REACHED = f"""
WITH kept AS (
    INSERT INTO reply (provider_sid, channel, to_address, from_sealed, from_hash, body_sealed,
                       received_at, understanding)
    SELECT one.sid, 'voice', s.address, coalesce(p.phone_sealed, c.caller_sealed),
           coalesce(p.phone_hash, c.caller_hash), one.body, %(at)s, one.reading
    FROM unnest(%(sids)s::text[], %(bodies)s::bytea[], %(readings)s::jsonb[])
        WITH ORDINALITY AS one(sid, body, reading, place)
    JOIN call c ON c.id = %(call)s JOIN sender s ON s.id = c.sender_id
    LEFT JOIN contact_point p ON p.id = c.contact_point_id
    ORDER BY one.place
    ON CONFLICT (provider_sid) DO NOTHING RETURNING id
)
{QUEUED}"""

_TOUCH = """
SELECT t.key, t.purpose, t.tier, t.rule, t.anchor, t.day, t.params
FROM call c JOIN attempt a ON a.id = c.attempt_id JOIN touch t ON t.id = a.touch_id
WHERE c.id = %s
"""

#: Answered hours that are remembered of a debtor.
_HOURS = 10


class CallRows(DeliveryRows):
    """Implements most of `bot.flows.ports.calls.CallStore`."""

    def call_of(self, *, sid: str | None, token: str | None) -> CallRow | None:
        """The call, its row locked; by our attempt where it is named, else by the sid."""
        return self._call(sid, token, "FOR UPDATE OF c")

    def peek_call(self, *, sid: str | None, token: str | None) -> CallRow | None:
        """As `call_of`, without a lock."""
        return self._call(sid, token, "")

    def _call(self, sid: str | None, token: str | None, lock: str) -> CallRow | None:
        where, value = _named(sid, token)
        rows = self._rows(f"{_FIND} {where} {lock}", value)
        return self._call_row(rows[0]) if rows else None

    def _call_row(self, row: Any) -> CallRow:
        values: list[Any] = list(row)
        values[9] = json.loads(self._seal.open(row[9])) if row[9] else None
        values[12] = CallOutcome(row[12]) if row[12] else None
        values[22] = CaseState(row[22]) if row[22] else None
        values[24] = self._seal.open(row[24]) if row[24] else None
        values[27] = timedelta(seconds=row[27])
        return CallRow(*values)

    def peek_debtor(self, *, sid: str | None, token: str | None) -> int | None:
        """Whose call it is, without a lock."""
        where, value = _named(sid, token)
        query = f"SELECT c.debtor_id FROM call c {where}"
        row = self._connection.execute(query.encode(), [value]).fetchone()
        return row[0] if row else None

    def change_answer(self, call: CallRow, answer: str) -> None:
        """The last turn is answered anew: the call goes on elsewhere."""
        self._connection.execute(
            "UPDATE call_turn SET answer_sealed = %s WHERE call_id = %s AND number = %s",
            [self._seal.seal(answer), call.call_id, call.turn],
        )

    def save_turn(self, call: CallRow, sid: str, turn: TakenTurn, *, at: datetime) -> None:
        """The turn with its session; then what was reached in it."""
        self._connection.execute(_HELD_TURN, self._turn(call, sid, turn, at))
        self.reach_later(call, turn.reached, suffix=str(turn.number), at=at)

    def save_if_unmoved(self, call: CallRow, sid: str, turn: TakenTurn, *, at: datetime) -> bool:
        """As `save_turn` while the call is as `call` tells; on a connection without transaction."""
        written = self._turn(call, sid, turn, at) | {
            "before": call.turn,
            "ended": call.ended,
            "outcome": call.outcome,
            "stop": call.stop,
            "case": call.case_id,
            "case_state": call.case_state,
            "on_duty": call.on_duty > 0,
            "livemode": call.livemode,
            "shift": call.shift.total_seconds(),
        }
        if not turn.reached:
            return self._connection.execute(_UNMOVED_TURN, written).rowcount > 0
        with self._connection.transaction():
            if not self._connection.execute(_UNMOVED_TURN, written).rowcount:
                return False
            self.reach_later(call, turn.reached, suffix=str(turn.number), at=at)
        return True

    def _turn(self, call: CallRow, sid: str, turn: TakenTurn, at: datetime) -> dict[str, object]:
        seal = self._seal.seal
        return {
            "call": call.call_id,
            "sid": sid,
            "number": turn.number,
            "at": at,
            "step": turn.step,
            "said": seal("\n".join(turn.said)),
            "heard": seal(turn.heard) if turn.heard is not None else None,
            "understood": json.dumps(dict(turn.understood), ensure_ascii=False),
            "detail": turn.detail,
            "verified": turn.verified,
            "answer": seal(turn.answer),
            "session": seal(json.dumps(dict(turn.session), ensure_ascii=False)),
            "notice": turn.notice,
            "connected": turn.connected,
        }

    def reach_later(
        self, call: CallRow, reached: Sequence[Reached], *, suffix: str, at: datetime
    ) -> None:
        """Each as a reply with its job; a repeat changes nothing."""
        if not reached:
            return
        readings = [{**one.reading, "call": call.call_id} for one in reached]
        self._connection.execute(
            _REACHED,
            {
                "sids": [f"call:{call.call_id}:{suffix}:{one.number}" for one in reached],
                "bodies": [self._seal.seal(one.words) for one in reached],
                "readings": [json.dumps(each, ensure_ascii=False) for each in readings],
                "call": call.call_id,
                "at": at,
            },
        )

    def report_attempt(self, report: DeliveryReport, *, real_now: datetime) -> bool:
        """Keep the report, move the attempt."""
        return self.record_report(report, real_now=real_now) is not None

    def name_call(self, call_id: int, sid: str) -> None:
        """The carrier's name of the call."""
        self._connection.execute(
            "UPDATE call SET provider_sid = %s WHERE id = %s AND provider_sid IS NULL",
            [sid, call_id],
        )

    def answered(self, call_id: int, sid: str, *, at: datetime) -> None:
        """Picked up; taken for a conversation until somebody knows better."""
        self._connection.execute(
            "UPDATE call SET provider_sid = coalesce(provider_sid, %s), "
            "state = CASE state WHEN 'ended' THEN state ELSE 'talking' END, "
            "answered_at = coalesce(answered_at, %s), connected = connected OR outcome IS NULL "
            "WHERE id = %s",
            [sid, at, call_id],
        )
        self._connection.execute(
            "UPDATE attempt a SET connected = c.connected FROM call c "
            "WHERE c.id = %s AND a.id = c.attempt_id",
            [call_id],
        )

    def heard_as(self, call_id: int, word: str, outcome: CallOutcome | None) -> None:
        """A machine was no conversation."""
        machine = outcome in {CallOutcome.MACHINE, CallOutcome.FAX}
        self._connection.execute(
            "UPDATE call SET answered_by = %s, outcome = coalesce(%s, outcome), "
            "connected = CASE WHEN %s THEN false ELSE connected END WHERE id = %s",
            [word, outcome.value if machine and outcome else None, machine, call_id],
        )
        if machine:
            self._connection.execute(_CONNECTED, [False, call_id])

    def end_call(
        self, call_id: int, sid: str, outcome: CallOutcome, *, seconds: int | None, at: datetime
    ) -> None:
        """Over; what machine detection said of it stands."""
        self._connection.execute(
            "UPDATE call SET provider_sid = coalesce(provider_sid, %s), state = 'ended', "
            "outcome = coalesce(outcome, %s), ended_at = coalesce(ended_at, %s), "
            "seconds = coalesce(%s, seconds), "
            "transfer = CASE WHEN transfer IS NULL THEN NULL ELSE 'over' END WHERE id = %s",
            [sid, outcome.value, at, seconds, call_id],
        )

    def touch_of(self, call_id: int) -> CalledTouch | None:
        """The touch the call was placed for."""
        row = self._connection.execute(_TOUCH, [call_id]).fetchone()
        if row is None:
            return None
        key, purpose, tier, rule, anchor, day, params = row
        return CalledTouch(key, Purpose(purpose), tier, rule, anchor, day, params or {})

    def remember_hour(self, debtor_id: int, hour: int) -> None:
        """The newest hours, the oldest first."""
        self._connection.execute(
            "UPDATE debtor SET answered_hours = (SELECT jsonb_agg(value ORDER BY place) FROM ("
            "SELECT value, place FROM jsonb_array_elements(answered_hours || to_jsonb(%s::int)) "
            "WITH ORDINALITY AS each(value, place) ORDER BY place DESC LIMIT %s) AS kept) "
            "WHERE id = %s",
            [hour, _HOURS, debtor_id],
        )


def _named(sid: str | None, token: str | None) -> tuple[str, str | None]:
    """What finds a call, and its value: our attempt where it is named, else the sid."""
    return (_BY_SID, sid) if token is None else (_BY_TOKEN, token)
