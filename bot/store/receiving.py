"""Inbound messages: stored at once, matched to a debtor later, with what they taught us."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.domain.response import Asked
from bot.domain.vocabulary import Channel
from bot.flows.ports.receiving import Correspondent, InboundMessage, StoredReply
from bot.store.clock_shift import SHIFT_SECONDS
from bot.store.dispatching import DispatchRows

RECEIVE_TASK = "receive"
RECEIVE_QUEUE = "replies"

#: A reply's channel when it is a form of the debtor's page; it is answered by SMS.
PAGE = "page"

#: Ends a statement whose `kept` are new replies (id): each is queued with it, so that the job's
#: existence proves the row's.
QUEUED = f"""
SELECT id, procrastinate_defer_jobs_v1(ARRAY[ROW('{RECEIVE_QUEUE}', '{RECEIVE_TASK}', 0, NULL, NULL,
    jsonb_build_object('reply_id', id), NULL)::procrastinate_job_to_defer_v1])
FROM kept
"""

_STORE = f"""
WITH kept AS (
    INSERT INTO reply (provider_sid, channel, to_address, from_sealed, from_hash, body_sealed,
                       opt_out_type, received_at)
    VALUES (%(sid)s, %(channel)s, %(to)s::text, %(from)s, %(hash)s, %(body)s, %(opt_out)s,
        %(at)s::timestamptz + make_interval(secs => CASE
            WHEN (SELECT livemode FROM sender WHERE address = %(to)s::text
                  ORDER BY livemode LIMIT 1)
            THEN 0 ELSE {SHIFT_SECONDS} END))
    ON CONFLICT (provider_sid) DO NOTHING RETURNING id
)
{QUEUED}"""

_TAKE = """
SELECT r.id, r.channel, r.body_sealed, r.received_at, r.opt_out_type, r.from_hash, r.to_address,
       r.understanding
FROM reply r WHERE r.id = %s AND r.state = 'stored' FOR UPDATE
"""

_ADDRESSED = """
SELECT s.livemode, array_agg(DISTINCT p.creditor_key)
FROM sender s JOIN portfolio p ON p.sender_id = s.id WHERE s.address = %s GROUP BY s.livemode
ORDER BY s.livemode LIMIT 1
"""

# The debtor whose phone it is and whom we contacted last; of their cases the one contacted last.
_WHO = """
SELECT p.debtor_id, p.id, c.id, c.asked
FROM contact_point p
JOIN debtor d ON d.id = p.debtor_id AND d.creditor_key = ANY(%(creditors)s)
  AND d.merged_into IS NULL
JOIN cases c ON c.debtor_id = d.id
LEFT JOIN LATERAL (
    SELECT max(a.at) AS at FROM attempt a WHERE a.case_id = c.id AND a.contact_point_id = p.id
) last ON true
WHERE p.phone_hash = %(hash)s
ORDER BY last.at DESC NULLS LAST, c.state = 'closed', c.id LIMIT 1
"""

_CALLER = """
SELECT k.debtor_id, coalesce((
    SELECT p.id FROM contact_point o
    JOIN contact_point p ON p.phone_hash = o.phone_hash AND p.debtor_id = k.debtor_id
    WHERE o.id = c.contact_point_id
), (SELECT min(p.id) FROM contact_point p WHERE p.debtor_id = k.debtor_id AND p.disabled IS NULL),
   (SELECT min(p.id) FROM contact_point p WHERE p.debtor_id = k.debtor_id)), k.id
FROM call c JOIN cases g ON g.id = c.case_id JOIN cases k ON k.id = coalesce(g.merged_into, g.id)
WHERE c.id = %s
"""

_VISITOR = """
SELECT c.debtor_id, p.id, c.id FROM cases g JOIN cases c ON c.id = coalesce(g.merged_into, g.id)
JOIN contact_point p ON p.debtor_id = c.debtor_id AND p.phone_hash = %s WHERE g.id = %s
"""

_SHARING = """
SELECT p.debtor_id, p.id FROM contact_point p JOIN debtor d ON d.id = p.debtor_id
WHERE p.phone_hash = %(hash)s AND d.creditor_key = ANY(%(creditors)s) AND d.merged_into IS NULL
"""

_EARLIER = """
SELECT (SELECT count(*) FROM reply WHERE case_id = %(case)s
          AND understanding -> 'intents' ->> 0 = 'refuse'),
       (SELECT count(*) FROM case_event WHERE case_id = %(case)s AND event = 'promise_offered')
"""


class ReceiveRows(DispatchRows):
    """Implements `bot.flows.ports.receiving`."""

    def store_reply(self, message: InboundMessage, real_now: datetime) -> int | None:
        """Store the message and its job; None when it is known already."""
        row = self._connection.execute(
            _STORE,
            {
                "sid": message.sid,
                "channel": message.channel.value,
                "to": message.to,
                "from": self._seal.seal(message.sender),
                "hash": self._seal.index(message.sender),
                "body": self._seal.seal(message.body),
                "opt_out": message.opt_out_type,
                "at": real_now,
            },
        ).fetchone()
        return row[0] if row else None

    def take_reply(self, reply_id: int) -> StoredReply | None:
        """The waiting reply, its row locked."""
        row = self._connection.execute(_TAKE, [reply_id]).fetchone()
        if row is None:
            return None
        known = self._connection.execute(_ADDRESSED, [row[6]]).fetchone()
        livemode, creditors = known or (False, [])
        return StoredReply(
            reply_id=row[0],
            channel=Channel.SMS if row[1] == PAGE else Channel(row[1]),
            body=self._seal.open(row[2]),
            received_at=row[3],
            opt_out_type=row[4],
            livemode=livemode,
            creditor_keys=tuple(creditors),
            from_hash=row[5],
            outcome=row[7].get("outcome"),
            call_id=row[7].get("call"),
            page=row[7].get("page"),
            page_case=row[7].get("case"),
        )

    def correspondent(self, reply: StoredReply) -> Correspondent | None:
        """Who wrote and about which case; takes the lanes of all who share the number."""
        query = {"creditors": list(reply.creditor_keys), "hash": reply.from_hash}
        sharing = self._connection.execute(_SHARING, query).fetchall()
        self.lock_debtors([debtor_id for debtor_id, _ in sharing])
        if reply.call_id is not None:
            return self._caller(reply.call_id)
        if reply.page_case is not None:
            return self._visitor(reply.page_case, reply.from_hash)
        row = self._connection.execute(_WHO, query).fetchone()
        if row is None:
            return None
        debtor_id, point, case_id, _ = row
        return self._correspondent(debtor_id, point, case_id)

    def _caller(self, call_id: int) -> Correspondent | None:
        """Whose call it was; an unknown telephone leaves the debtor's first one to answer to."""
        row = self._connection.execute(_CALLER, [call_id]).fetchone()
        if row is None:
            return None
        self.lock_debtors([row[0]])
        return self._correspondent(*row)

    def _visitor(self, case_id: int, phone_hash: bytes) -> Correspondent | None:
        """Who answered on the page of this case; the link was sent to that telephone."""
        row = self._connection.execute(_VISITOR, [phone_hash, case_id]).fetchone()
        return self._correspondent(*row) if row else None

    def _correspondent(self, debtor_id: int, point: int, case_id: int) -> Correspondent:
        counted = self._connection.execute(_EARLIER, {"case": case_id}).fetchone()
        asked = self._connection.execute(
            "SELECT asked FROM cases WHERE id = %s", [case_id]
        ).fetchone()
        assert counted is not None and asked is not None  # noqa: PT018
        return Correspondent(debtor_id, point, case_id, _asked(asked[0]), *counted)

    def note_reply(self, case_id: int, reply_id: int, at: datetime) -> None:
        """The case was answered."""
        self._connection.execute(
            "UPDATE cases SET last_reply_at = greatest(last_reply_at, %s) WHERE id = %s",
            [at, case_id],
        )

    def save_reading(
        self,
        reply_id: int,
        who: Correspondent | None,
        understanding: Mapping[str, Any],
        *,
        at: datetime,
    ) -> None:
        """Mark the reply handled or unmatched."""
        self._connection.execute(
            "UPDATE reply SET state = %s, handled_at = %s, understanding = %s, debtor_id = %s, "
            "case_id = %s, contact_point_id = %s WHERE id = %s",
            [
                "handled" if who else "unmatched",
                at,
                json.dumps(dict(understanding), ensure_ascii=False),
                who and who.debtor_id,
                who and who.case_id,
                who and who.contact_point_id,
                reply_id,
            ],
        )

    def suppress(
        self, reply: StoredReply, *, all_channels: bool, source: str, at: datetime
    ) -> None:
        """Opt the number out with every creditor the number written to may mean."""
        channel = "all" if all_channels else reply.channel.value
        self._connection.execute(
            "INSERT INTO suppression (creditor_key, phone_hash, channel, source, at) "
            "SELECT unnest(%s::text[]), %s, %s, %s, %s "
            "ON CONFLICT (creditor_key, phone_hash, channel) WHERE lifted_at IS NULL DO NOTHING",
            [list(reply.creditor_keys), reply.from_hash, channel, source, at],
        )

    def lift_suppression(self, reply: StoredReply, *, at: datetime) -> bool:
        """Opt the number in again."""
        return bool(
            self._connection.execute(
                "UPDATE suppression SET lifted_at = %s WHERE creditor_key = ANY(%s) "
                "AND phone_hash = %s AND channel = ANY(%s) AND lifted_at IS NULL",
                [
                    at,
                    list(reply.creditor_keys),
                    reply.from_hash,
                    [reply.channel.value, "all"],
                ],
            ).rowcount
        )

    def give_up_number(self, reply: StoredReply, *, reason: str, at: datetime) -> None:
        """Disable it wherever it stands; the cases behind it are looked at again."""
        query = {"creditors": list(reply.creditor_keys), "hash": reply.from_hash}
        for debtor_id, point in self._connection.execute(_SHARING, query).fetchall():
            self.disable_number(point, reason=reason, at=at)
            for case_id in self.siblings(debtor_id):
                self.check_at(case_id, at)

    def mark_debtor(
        self,
        debtor_id: int,
        *,
        stop_all: bool = False,
        deceased: bool = False,
        attorney: bool = False,
        vulnerable: str | None = None,
    ) -> None:
        """Set what was learnt; nothing is unset."""
        if stop_all or deceased or attorney or vulnerable:
            self._connection.execute(
                "UPDATE debtor SET stop_all = stop_all OR %s, deceased = deceased OR %s, "
                "attorney = attorney OR %s, vulnerable = coalesce(vulnerable, %s) WHERE id = %s",
                [stop_all, deceased, attorney, vulnerable, debtor_id],
            )

    def set_dispute(self, case_id: int, kind: str, *, whole: bool) -> None:
        """What is contested."""
        self._connection.execute(
            "UPDATE cases SET dispute_kind = %s, dispute_whole = %s WHERE id = %s",
            [kind, whole, case_id],
        )

    def add_promise(
        self,
        case_id: int,
        due_on: date,
        amount_minor: int,
        *,
        made_at: datetime,
        source: str,
        reply_id: int | None,
    ) -> int:
        """A new open promise."""
        row = self._connection.execute(
            "INSERT INTO promise (case_id, due_on, amount_minor, made_at, source, reply_id) "
            "VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
            [case_id, due_on, amount_minor, made_at, source, reply_id],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def supersede_promises(self, case_id: int, *, at: datetime) -> None:
        """Open promises give way, and the plan they were part of."""
        self._connection.execute(
            "UPDATE promise SET state = 'superseded', settled_at = %s "
            "WHERE case_id = %s AND state = 'open'",
            [at, case_id],
        )
        self._connection.execute(
            "UPDATE instalment_plan SET state = 'replaced', ended_at = %s "
            "WHERE case_id = %s AND state = 'active'",
            [at, case_id],
        )

    def set_unclear(self, case_id: int, count: int) -> None:
        """Consecutive replies that were not understood."""
        self._connection.execute(
            "UPDATE cases SET unclear_replies = %s WHERE id = %s", [count, case_id]
        )

    def set_asked(self, case_id: int, asked: Asked) -> None:
        """What our answer asks."""
        promise = asked.promise and [asked.promise[0].isoformat(), asked.promise[1]]
        document = {
            "script": asked.script,
            "what": asked.what,
            "offered": dict(asked.offered),
            "promise": promise,
        }
        self._connection.execute(
            "UPDATE cases SET asked = %s WHERE id = %s",
            [json.dumps(document, ensure_ascii=False), case_id],
        )

    def siblings(self, debtor_id: int) -> list[int]:
        """Open cases of the debtor."""
        rows = self._connection.execute(
            "SELECT id FROM cases WHERE debtor_id = %s AND state <> 'closed' ORDER BY id",
            [debtor_id],
        )
        return [row[0] for row in rows.fetchall()]


def _asked(document: Mapping[str, Any]) -> Asked:
    promise = document.get("promise")
    return Asked(
        document.get("script"),
        document.get("what"),
        document.get("offered") or {},
        (date.fromisoformat(promise[0]), promise[1]) if promise else None,
    )
