"""Collectors' corrections: written line by line, read for export."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.correction import bare
from bot.domain.response import Asked
from bot.domain.vocabulary import Channel
from bot.flows.ports.corrections import Correctable, CorrectedReply
from bot.flows.ports.receiving import Correspondent, StoredReply
from bot.store.collectors import CollectorRows
from bot.store.receiving import ReceiveRows

_CORRECTABLE = """
SELECT r.id, r.channel, r.body_sealed, r.received_at, r.opt_out_type, p.livemode,
       coalesce((SELECT array_agg(DISTINCT b.creditor_key) FROM sender s
                 JOIN portfolio b ON b.sender_id = s.id
                 WHERE s.address = r.to_address AND s.livemode = p.livemode), '{}'),
       r.from_hash, coalesce(d.merged_into, r.debtor_id), r.contact_point_id, p.zone,
       r.understanding,
       coalesce((SELECT sum(amount_minor)::bigint FROM debt WHERE case_id = c.id), 0)
FROM reply r JOIN cases c ON c.id = r.case_id JOIN portfolio p ON p.id = c.portfolio_id
LEFT JOIN debtor d ON d.id = r.debtor_id
WHERE r.id = %(reply)s AND r.case_id = %(case)s AND r.state = 'handled' FOR UPDATE OF r
"""

# Asked after the reply's row is locked: two who correct at once see each other's line.
_STANDING = "SELECT id, after FROM correction WHERE reply_id = %s ORDER BY id DESC LIMIT 1"

_SHARING = """
SELECT p.debtor_id FROM contact_point p JOIN debtor d ON d.id = p.debtor_id
WHERE p.phone_hash = %s AND d.creditor_key = ANY(%s) AND d.merged_into IS NULL
"""

_CORRECTED = """
SELECT r.body_sealed, r.received_at, r.channel, r.opt_out_type, p.zone, c.currency,
       r.understanding, k."after", d.name_sealed, d.payday, p.creditor,
       ARRAY(SELECT phone_sealed FROM contact_point WHERE debtor_id = d.id),
       ARRAY(SELECT contract FROM debt WHERE case_id = c.id
             UNION SELECT ref FROM debt WHERE case_id = c.id)
FROM reply r JOIN cases c ON c.id = r.case_id JOIN portfolio p ON p.id = c.portfolio_id
JOIN debtor d ON d.id = r.debtor_id
JOIN LATERAL (SELECT "after" FROM correction WHERE reply_id = r.id ORDER BY id DESC LIMIT 1) k
  ON true
WHERE p.livemode = %s ORDER BY r.id
"""


class CorrectionRows(ReceiveRows, CollectorRows):
    """Implements `bot.flows.ports.corrections.CorrectionStore`."""

    def correctable(self, case_id: int, reply_id: int) -> Correctable | None:
        """The reply of that case, locked with the lanes of all who share its number."""
        query = {"reply": reply_id, "case": case_id}
        row = self._connection.execute(_CORRECTABLE, query).fetchone()
        if row is None:
            return None
        *message, creditors, from_hash, debtor_id, point, zone, read, most = row
        reply = StoredReply(
            reply_id=message[0],
            channel=Channel(message[1]),
            body=self._seal.open(message[2]),
            received_at=message[3],
            opt_out_type=message[4],
            livemode=message[5],
            creditor_keys=tuple(creditors),
            from_hash=from_hash,
        )
        sharing = self._connection.execute(_SHARING, [from_hash, creditors]).fetchall()
        self.lock_debtors([debtor_id, *(other for (other,) in sharing)])
        who = Correspondent(debtor_id, point, case_id, Asked(), 0, 0)
        standing = self._connection.execute(_STANDING, [reply_id]).fetchone() or (0, read)
        return Correctable(reply, who, zone, standing[1], standing[0], most)

    def add_correction(
        self,
        reply_id: int,
        collector_id: int,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        at: datetime,
    ) -> None:
        """Another line; the newest stands."""
        self._connection.execute(
            'INSERT INTO correction (reply_id, collector_id, at, "before", "after") '
            "VALUES (%s, %s, %s, %s, %s)",
            [reply_id, collector_id, at, json.dumps(dict(before)), json.dumps(dict(after))],
        )

    def corrected_replies(self, *, livemode: bool) -> list[CorrectedReply]:
        """In the order of the replies, without corrections that were taken back."""
        rows = self._connection.execute(_CORRECTED, [livemode]).fetchall()
        return [self._corrected(row) for row in rows if bare(row[6]) != bare(row[7])]

    def _corrected(self, row: tuple[Any, ...]) -> CorrectedReply:
        text, sent_at, channel, opt_out, zone, currency, engine, means, name, *rest = row
        payday, creditor, phones, papers = rest
        return CorrectedReply(
            text=self._seal.open(text),
            sent_at=sent_at,
            channel=Channel(channel),
            opt_out_type=opt_out,
            zone=zone,
            currency=currency,
            engine=engine,
            means=means,
            debtor=self._seal.open(name),
            payday=payday,
            creditor=creditor,
            phones=tuple(self._seal.open(phone) for phone in phones),
            papers=tuple(papers),
        )
