"""Takes snapshots of cases: set-based reads for a whole chunk, then plain frozen values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from bot.domain.facts import (
    CaseFacts,
    ContactFact,
    ContactPointFacts,
    DebtFacts,
    DebtorFacts,
    LastTouch,
    PortfolioFacts,
    PromiseFacts,
)
from bot.domain.vocabulary import (
    AllocationOrder,
    CaseState,
    Channel,
    Owner,
    PhoneKind,
    PromiseState,
    Purpose,
    SenderKind,
)
from bot.store.seal import Seal

#: How far back contacts matter: the longest rolling window of a pack (7 days) and a margin.
CONTACT_WINDOW = timedelta(days=8)

#: Years after which a claim is time-barred unless interrupted (Civil Code art. 188).
LIMITATION_YEARS = 3

_CASES = """
SELECT c.id, c.state, c.portfolio_id, c.debtor_id, c.currency, c.entered_at, c.late_count,
       c.unclear_replies, c.last_reply_at, c.dispute_whole,
       d.name_sealed, d.locale, d.vulnerable, d.deceased, d.attorney, d.stop_all, d.human_only,
       d.agreed_from, d.agreed_to, nullif(d.inconvenient, '[]'), d.payday, d.us_state,
       c.returned_at, nullif(d.answered_hours, '[]')
FROM cases c JOIN debtor d ON d.id = c.debtor_id
WHERE c.id = ANY(%b::bigint[]) ORDER BY c.id
"""

#: Of `debt`: the fields of `DebtFacts` in their order; rows with `settled_by` are no longer owed.
DEBT_COLUMNS = """
       id, contract || CASE WHEN ref = contract THEN '' ELSE '-' || ref END, due_on,
       amount_minor + fee_minor - waived_minor, paid_minor, sequence, interest_owed_minor,
       fee_owed_minor, fee_minor, waived_minor"""

_DEBTS = f"""
SELECT case_id, {DEBT_COLUMNS}
FROM debt WHERE case_id = ANY(%b::bigint[]) AND settled_by IS NULL
"""

_PROMISES = """
SELECT p.case_id, p.id, p.due_on, p.amount_minor, p.state, p.made_at, l.id
FROM promise p LEFT JOIN instalment i ON i.promise_id = p.id
LEFT JOIN instalment_plan l ON l.id = i.plan_id AND l.state = 'active'
WHERE p.case_id = ANY(%b::bigint[]) AND p.state <> 'superseded' ORDER BY p.id
"""

_POINTS = """
SELECT p.debtor_id, p.id, p.kind, p.region, p.zones, p.owner, p.disabled, p.consent_voice,
       p.checked_at,
       (SELECT array_agg(s.channel) FROM suppression s
        WHERE s.creditor_key = d.creditor_key AND s.phone_hash = p.phone_hash
          AND s.lifted_at IS NULL), p.disabled_at
FROM contact_point p JOIN debtor d ON d.id = p.debtor_id
WHERE p.debtor_id = ANY(%b::bigint[]) ORDER BY p.id
"""

# Last what was said to debtors who were merged into these: they are the same people.
_CONTACTS = """
SELECT debtor_id, at, channel, purpose, contact_point_id, case_id, connected, false
FROM attempt WHERE debtor_id = ANY(%b::bigint[]) AND at > %s AND state <> 'refused'
UNION ALL
SELECT debtor_id, placed_at, 'voice', 'call_back', coalesce(contact_point_id, 0), case_id,
       connected, true
FROM call WHERE debtor_id = ANY(%b::bigint[]) AND placed_at > %s AND direction = 'inbound'
UNION ALL
SELECT m.merged_into, a.at, a.channel, a.purpose, coalesce(q.id, a.contact_point_id),
       coalesce(k.merged_into, k.id), a.connected, false
FROM debtor m JOIN attempt a ON a.debtor_id = m.id AND a.at > %s AND a.state <> 'refused'
JOIN cases k ON k.id = a.case_id JOIN contact_point o ON o.id = a.contact_point_id
LEFT JOIN contact_point q ON q.debtor_id = m.merged_into AND q.phone_hash = o.phone_hash
WHERE m.merged_into = ANY(%b::bigint[])
UNION ALL
SELECT m.merged_into, c.placed_at, 'voice', 'call_back', coalesce(c.contact_point_id, 0),
       coalesce(k.merged_into, k.id), c.connected, true
FROM debtor m JOIN call c ON c.debtor_id = m.id AND c.placed_at > %s AND c.direction = 'inbound'
LEFT JOIN cases k ON k.id = c.case_id
WHERE m.merged_into = ANY(%b::bigint[])
ORDER BY 2
"""

_TOUCHES = """
SELECT t.case_id, t.rule, t.anchor, max(t.day), max((t.due_at AT TIME ZONE p.zone)::date)
FROM touch t JOIN portfolio p ON p.id = t.portfolio_id
WHERE t.case_id = ANY(%b::bigint[]) AND t.rule IS NOT NULL AND t.anchor IS NOT NULL
GROUP BY t.case_id, t.rule, t.anchor
"""

_TIER_ATTEMPTS = """
SELECT c.id, count(*) FILTER (WHERE t.state = 'attempted' AND t.tier = c.tier
              AND t.updated_at > greatest(c.last_reply_at, c.returned_at, '-infinity')),
       min(t.due_at) FILTER (WHERE t.state = 'planned')
FROM cases c JOIN touch t ON t.case_id = c.id
WHERE c.id = ANY(%b::bigint[]) GROUP BY c.id
"""

#: Of `portfolio p` and its `sender s`; `portfolio_of` reads them.
PORTFOLIO_COLUMNS = """
       p.id, p.code, p.creditor, p.signature, p.zone, p.region, p.currency, p.cadence, p.packs,
       p.livemode, p.collector_kind, s.kind, p.phone, p.complaint_phone, p.payee_account,
       p.grace_days, p.sender_id, s.per_second, s.voice, p.allocation, p.contact_name, p.wording"""

_PORTFOLIOS = f"""
SELECT {PORTFOLIO_COLUMNS}
FROM portfolio p JOIN sender s ON s.id = p.sender_id WHERE p.id = ANY(%b::bigint[])
"""


# Asking a mapping is five times faster than calling the enumeration, and a plan asks for each case.
STATES = {member.value: member for member in CaseState}
_PROMISE_STATES = {member.value: member for member in PromiseState}
CHANNELS = {member.value: member for member in Channel}
PURPOSES = {member.value: member for member in Purpose}
_KINDS = {member.value: member for member in PhoneKind}
_OWNERS = {member.value: member for member in Owner}
_ORDERS = {member.value: member for member in AllocationOrder}
_NOWHERE: frozenset[Channel] = frozenset()
_TEXTS_ONLY, _WITH_CALLS = frozenset({Channel.SMS}), frozenset(Channel)


class FactsReader:
    """Reads CaseFacts on one connection."""

    def __init__(self, connection: Connection[Any], seal: Seal) -> None:
        self._connection = connection
        self._seal = seal

    def facts(self, case_ids: Sequence[int], now: datetime) -> list[CaseFacts]:
        """Snapshots of the cases, ordered by id; unknown ids are left out.

        `now` bounds how far back contacts are read.
        """
        cases = self._rows(_CASES, list(case_ids))
        if not cases:
            return []
        ids = [row[0] for row in cases]
        debtor_ids = list({row[3] for row in cases})
        since = now - CONTACT_WINDOW
        owners, debts, promises, points, contacts, touches, attempts = self._asked(
            (_PORTFOLIOS, list({row[2] for row in cases})),
            (_DEBTS, ids),
            (_PROMISES, ids),
            (_POINTS, debtor_ids),
            (_CONTACTS, *(debtor_ids, since) * 2, *(since, debtor_ids) * 2),
            (_TOUCHES, ids),
            (_TIER_ATTEMPTS, ids),
        )
        portfolios = {row[0]: portfolio_of(row) for row in owners}
        debts_of = _grouped(debts, _debt)
        promises_of = _grouped(promises, _promise)
        points_of = _grouped(points, _point)
        contacts_of = _grouped(contacts, _contact)
        touches_of = _grouped(touches, _last_touch)
        attempts_of = {row[0]: row[1:] for row in attempts}
        return [
            _case(
                row,
                portfolios[row[2]],
                self._debtor(row, points_of.get(row[3], ())),
                debts_of.get(row[0], ()),
                promises_of.get(row[0], ()),
                contacts_of.get(row[3], ()),
                touches_of.get(row[0], ()),
                attempts_of.get(row[0], (0, None)),
            )
            for row in cases
        ]

    def portfolios(self, ids: Iterable[int]) -> dict[int, PortfolioFacts]:
        """Portfolio facts by id."""
        return {row[0]: portfolio_of(row) for row in self._rows(_PORTFOLIOS, list(ids))}

    def _asked(self, *questions: tuple[Any, ...]) -> list[list[Any]]:
        """The rows of each query with its parameters, all sent before the first answer is read."""
        with self._connection.pipeline():
            cursors = [
                self._connection.cursor(binary=True).execute(query, parameters)
                for query, *parameters in questions
            ]
        return [cursor.fetchall() for cursor in cursors]

    def _rows(self, query: str, *parameters: object) -> list[Any]:
        with self._connection.cursor(binary=True) as cursor:
            return cursor.execute(query, parameters).fetchall()

    def _debtor(self, row: Any, points: tuple[ContactPointFacts, ...]) -> DebtorFacts:
        return DebtorFacts(
            debtor_id=row[3],
            name=self._seal.open(row[10]),
            locale=row[11],
            vulnerable=row[12],
            deceased=row[13],
            attorney=row[14],
            stop_all=row[15],
            human_only=row[16],
            agreed_hours=None if row[17] is None else (row[17], row[18]),
            inconvenient_hours=tuple((first, last) for first, last in row[19] or ()),
            payday=row[20],
            us_state=row[21],
            answered_hours=tuple(row[23] or ()),
            contact_points=points,
        )


def _grouped(rows: list[Any], build: Any) -> dict[int, Any]:
    """Rows by their first column, each built from the rest."""
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(build(row))
    return {owner: tuple(group) for owner, group in groups.items()}


def portfolio_of(row: Any) -> PortfolioFacts:
    """Of a row of `PORTFOLIO_COLUMNS`."""
    return PortfolioFacts(
        portfolio_id=row[0],
        code=row[1],
        creditor=row[2],
        signature=row[3],
        zone=row[4],
        region=row[5],
        currency=row[6],
        cadence=row[7],
        packs=tuple(row[8]),
        livemode=row[9],
        collector_kind=row[10],
        sender_kind=SenderKind(row[11]),
        phone=row[12],
        complaint_phone=row[13],
        payee_account=row[14],
        grace_days=row[15],
        sender_id=row[16],
        per_second=row[17],
        offered=_WITH_CALLS if row[18] else _TEXTS_ONLY,
        allocation=_ORDERS[row[19]],
        contact_name=row[20],
        wording=row[21],
    )


def _debt(row: Any) -> DebtFacts:
    return DebtFacts(*row[1:])


def _promise(row: Any) -> PromiseFacts:
    return PromiseFacts(row[1], row[2], row[3], _PROMISE_STATES[row[4]], row[5], row[6])


def _point(row: Any) -> ContactPointFacts:
    return ContactPointFacts(
        contact_point_id=row[1],
        kind=_KINDS[row[2]],
        region=row[3],
        zones=tuple(row[4]),
        owner=_OWNERS[row[5]],
        disabled=row[6],
        suppressed=_suppressed(row[9]) if row[9] else _NOWHERE,
        consent_voice=row[7],
        checked_at=row[8],
        disabled_at=row[10],
    )


def _suppressed(channels: list[str]) -> frozenset[Channel]:
    return frozenset(Channel if "all" in channels else (CHANNELS[name] for name in channels))


def _contact(row: Any) -> ContactFact:
    return ContactFact(row[1], CHANNELS[row[2]], PURPOSES[row[3]], *row[4:])


def _last_touch(row: Any) -> LastTouch:
    return LastTouch(row[1], row[2], row[3] or 0, row[4])


def _case(
    row: Any,
    portfolio: PortfolioFacts,
    debtor: DebtorFacts,
    debts: tuple[DebtFacts, ...],
    promises: tuple[PromiseFacts, ...],
    contacts: tuple[ContactFact, ...],
    touches: tuple[LastTouch, ...],
    attempts: tuple[int, datetime | None],
) -> CaseFacts:
    state = STATES[row[1]]
    return CaseFacts(
        case_id=row[0],
        state=state,
        portfolio=portfolio,
        debtor=debtor,
        currency=row[4],
        entered_at=row[5],
        debts=debts,
        promises=promises,
        late_count=row[6],
        dispute_open=state is CaseState.DISPUTED,
        dispute_whole=state is CaseState.DISPUTED and row[9],
        unclear_replies=row[7],
        contacts=contacts,
        last_touches=touches,
        tier_attempts=attempts[0],
        last_reply_at=row[8],
        next_touch_at=attempts[1],
        limitation_on=_limitation(debts),
        returned_on=_local_day(row[22], portfolio.zone),
    )


def _local_day(at: datetime | None, zone: str) -> date | None:
    return None if at is None else at.astimezone(ZoneInfo(zone)).date()


def _limitation(debts: tuple[DebtFacts, ...]) -> date | None:
    """Three years after the earliest unpaid due date; interruptions only move it later."""
    due = min((debt.due_on for debt in debts if debt.outstanding_minor), default=None)
    if due is None:
        return None
    year = due.year + LIMITATION_YEARS
    leap_day = due.month == 2 and due.day == 29
    return due.replace(year=year, day=28) if leap_day else due.replace(year=year)
