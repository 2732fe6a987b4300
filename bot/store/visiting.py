"""Visits of the debtor's page: who verified, what was answered, which files came with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple
from datetime import datetime
from typing import Any

from bot.domain.vocabulary import Owner
from bot.flows.page_reading import reading_of
from bot.flows.ports.paying import SAME_VISIT, LinkFacts, Look
from bot.flows.ports.visiting import Identity, NewPageReply
from bot.flows.reading import as_document
from bot.store.cases import CaseRows
from bot.store.receiving import QUEUED

_IDENTITY = """
SELECT d.id_tail_sealed, (SELECT array_agg(p.phone_sealed ORDER BY p.id) FROM contact_point p
                          WHERE p.debtor_id = d.id AND p.owner = %s)
FROM debtor d JOIN cases c ON c.debtor_id = d.id WHERE c.id = %s
"""

_TRIES = """
SELECT count(*) FROM page_check WHERE case_id = %(case)s AND NOT passed AND at > greatest(
    %(since)s::timestamptz,
    coalesce((SELECT max(at) FROM page_check WHERE case_id = %(case)s AND passed), '-infinity'))
"""

# The telephone the link was sent to: that of the attempt the link was made for. Without one the
# debtor's first that is in use.
_STORE = f"""
WITH who AS (
    SELECT c.id AS case_id, c.debtor_id, s.address, p.id AS point, p.phone_sealed, p.phone_hash
    FROM payment_link l JOIN cases c ON c.id = l.case_id
    JOIN portfolio f ON f.id = c.portfolio_id JOIN sender s ON s.id = f.sender_id
    CROSS JOIN LATERAL (
        SELECT q.id, q.phone_sealed, q.phone_hash FROM contact_point q
        LEFT JOIN LATERAL (
            SELECT min(a.at) AS at FROM attempt a WHERE a.case_id = c.id
            AND a.contact_point_id = q.id AND a.at >= l.created_at
        ) told ON true
        WHERE q.debtor_id = c.debtor_id
        ORDER BY told.at NULLS LAST, q.disabled IS NOT NULL, q.owner <> 'debtor', q.id LIMIT 1
    ) p WHERE l.id = %(link)s
), kept AS (
    INSERT INTO reply (provider_sid, channel, to_address, from_sealed, from_hash, body_sealed,
                       received_at, understanding, state, handled_at, debtor_id, case_id,
                       contact_point_id)
    SELECT %(sid)s, 'page', address, phone_sealed, phone_hash, %(body)s, %(at)s,
           %(document)s::jsonb, %(state)s, %(handled)s, debtor_id, case_id, point
    FROM who ON CONFLICT (provider_sid) DO NOTHING RETURNING id
)
{QUEUED}"""


class VisitRows(CaseRows):
    """Implements `bot.flows.ports.visiting.VisitStore` but for `link`."""

    def mark_opened(self, link: LinkFacts, *, at: datetime) -> None:
        """A person's visit: a line of the timeline and one more in the link's count."""
        counted = self._connection.execute(
            "INSERT INTO link_visits AS v (link_id, visits, last_at) VALUES (%s, 1, %s) "
            "ON CONFLICT (link_id) DO UPDATE SET visits = v.visits + 1, last_at = excluded.last_at "
            "WHERE v.last_at IS NULL OR v.last_at < excluded.last_at - %s::interval "
            "RETURNING visits",
            [link.link_id, at, SAME_VISIT],
        ).fetchone()
        if counted is None:
            return
        self._connection.execute(
            "UPDATE payment_link SET opened_at = %s WHERE id = %s AND opened_at IS NULL",
            [at, link.link_id],
        )
        self.note(link, "link_opened", {"visit": counted[0]}, at=at)

    def note(self, link: LinkFacts, kind: str, data: Mapping[str, Any], *, at: datetime) -> None:
        """A line of the timeline."""
        every = {"link": link.link_id, **data}
        self.save_remark(link.case_id, kind, at=at, actor="debtor", data=every)

    def look(self, portfolio_id: int) -> Look:
        """How the page looks; the plain one without a row."""
        row = self._connection.execute(
            "SELECT colour, logo_type, bank_details, complaint_address, privacy FROM page_look "
            "WHERE portfolio_id = %s",
            [portfolio_id],
        ).fetchone()
        return Look(*row) if row else Look()

    def portfolio_id(self, code: str) -> int | None:
        """Of the portfolio of that code."""
        row = self._connection.execute(
            "SELECT id FROM portfolio WHERE code = %s", [code]
        ).fetchone()
        return row[0] if row else None

    def save_look(self, portfolio_id: int, look: Look, logo: bytes | None) -> None:
        """As it is to be; `logo` None leaves the image."""
        values = [portfolio_id, *astuple(look)]
        self._connection.execute(
            "INSERT INTO page_look (portfolio_id, colour, logo_type, bank_details, "
            "complaint_address, privacy) VALUES (%s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (portfolio_id) DO UPDATE SET colour = excluded.colour, "
            "logo_type = excluded.logo_type, bank_details = excluded.bank_details, "
            "complaint_address = excluded.complaint_address, privacy = excluded.privacy",
            values,
        )
        if logo is not None:
            self._connection.execute(
                "UPDATE page_look SET logo = %s WHERE portfolio_id = %s",
                [logo or None, portfolio_id],
            )

    def logo(self, portfolio_id: int) -> bytes | None:
        """The image."""
        row = self._connection.execute(
            "SELECT logo FROM page_look WHERE portfolio_id = %s", [portfolio_id]
        ).fetchone()
        return row[0] if row else None

    def identity(self, case_id: int) -> Identity:
        """The end of the identity document, and of the debtor's own telephones."""
        row = self._connection.execute(_IDENTITY, [Owner.DEBTOR.value, case_id]).fetchone()
        if row is None:
            return Identity(None, ())
        tail = self._seal.open(row[0])[-4:].upper() if row[0] else None
        return Identity(tail, tuple(self._seal.open(sealed)[-4:] for sealed in row[1] or ()))

    def wrong_tries(self, case_id: int, since: datetime) -> int:
        """Wrong tries since then and since the last right one."""
        row = self._connection.execute(_TRIES, {"case": case_id, "since": since}).fetchone()
        assert row is not None
        return int(row[0])

    def hold_tries(self, case_id: int) -> None:
        """An advisory lock: no row is held that an opening wants in another order."""
        self._connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7303))", [str(case_id)]
        )

    def add_try(self, link: LinkFacts, *, passed: bool, at: datetime) -> None:
        """A try to verify."""
        self._connection.execute(
            "INSERT INTO page_check (link_id, case_id, at, passed) VALUES (%s, %s, %s, %s)",
            [link.link_id, link.case_id, at, passed],
        )

    def mark_verified(self, link: LinkFacts, *, at: datetime) -> None:
        """The first time through this link."""
        first = self._connection.execute(
            "INSERT INTO link_visits AS v (link_id, verified_at) VALUES (%s, %s) "
            "ON CONFLICT (link_id) DO UPDATE SET verified_at = excluded.verified_at "
            "WHERE v.verified_at IS NULL",
            [link.link_id, at],
        ).rowcount
        if first:
            self.note(link, "link_verified", {}, at=at)

    def knows_reply(self, sid: str) -> bool:
        """Whether this form was sent before."""
        row = self._connection.execute("SELECT 1 FROM reply WHERE provider_sid = %s", [sid])
        return row.fetchone() is not None

    def store_page_reply(self, reply: NewPageReply, at: datetime) -> int | None:
        """Store the reply, its files and its job."""
        row = self._connection.execute(
            _STORE,
            {
                "link": reply.link.link_id,
                "sid": reply.sid,
                "body": self._seal.seal(reply.body),
                "at": at,
                "document": json.dumps(_document(reply)),
                "state": "handled" if reply.settled else "stored",
                "handled": at if reply.settled else None,
            },
        ).fetchone()
        if row is None:
            return None
        for file in reply.files:
            self._connection.execute(
                "INSERT INTO upload (case_id, reply_id, media_type, size, content_sealed, at) "
                "VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    reply.link.case_id,
                    row[0],
                    file.media_type,
                    len(file.content),
                    self._seal.seal_bytes(file.content),
                    at,
                ],
            )
        return int(row[0])


def _document(reply: NewPageReply) -> dict[str, Any]:
    page = dict(reply.understanding)
    read = as_document(reading_of(page)) if reply.settled else {"case": reply.link.case_id}
    return {**read, "page": page}
