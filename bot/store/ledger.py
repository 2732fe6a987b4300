"""The books as the ledger import writes them: whole batches by COPY and set-based statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from bot.domain.books import Entry, Page
from bot.domain.ledger.changes import CaseChange, Changes, DebtorChange, DebtUpdate, NewDebt
from bot.domain.ledger.claims import charged, restated
from bot.domain.ledger.known import Known, KnownDebt
from bot.domain.ledger.rows import LedgerRow
from bot.flows.ports.ledger import LedgerFile, LedgerPortfolio, MissingDebt, Written
from bot.store.books import ENTRY_COLUMNS, entry_row
from bot.store.ledger_known import KnownReader
from bot.store.seal import Seal

_PORTFOLIO = """
SELECT id, code, creditor_key, region, currency, livemode FROM portfolio WHERE code = %s
"""

_IMPORT = """
INSERT INTO ledger_import (portfolio_id, file_name, sha256, at) VALUES (%s, %s, %s, %s)
RETURNING id
"""

_UPDATE = """
UPDATE debt SET sequence = %s, due_on = %s, amount_minor = %s, interest_minor = %s,
    charges_minor = %s, interest_owed_minor = %s, fee_owed_minor = %s, settled_by = NULL,
    updated_at = %s
WHERE id = %s
"""

_ATTRIBUTES = """
UPDATE debtor SET locale = %s, payday = %s, id_tail_sealed = %s WHERE id = %s
"""

_OWES = "SELECT FROM debt WHERE case_id = c.id AND owed_minor > 0"

_NOTHING_OWED = f"""
SELECT c.id FROM cases c
WHERE c.id = ANY(%s) AND c.state <> 'closed' AND NOT EXISTS ({_OWES}) ORDER BY c.id
"""

_OWED_AGAIN = f"""
SELECT c.id FROM cases c
WHERE c.id = ANY(%s) AND c.state = 'closed' AND EXISTS ({_OWES}) ORDER BY c.id
"""

_CREDIT = f"""
SELECT c.id FROM cases c
WHERE c.id = ANY(%s) AND EXISTS ({_OWES})
  AND EXISTS (SELECT FROM payment p WHERE p.case_id = c.id AND p.credit_minor > 0) ORDER BY c.id
"""

# Rejected rows list their contract with all its debts: nobody knows which one was meant.
_MISSING = """
SELECT d.id, c.debtor_id, c.id, d.contract, d.ref, c.currency, d.owed_minor
FROM debt d JOIN cases c ON c.id = d.case_id
WHERE d.portfolio_id = %s AND d.id > %s AND d.owed_minor > 0
  AND NOT EXISTS (SELECT FROM ledger_stage s WHERE (s.contract, s.ref) = (d.contract, d.ref))
  AND NOT EXISTS (SELECT FROM ledger_listed l WHERE l.contract = d.contract)
ORDER BY d.id LIMIT %s
"""

# What each account of a debt owes is withdrawn; the snapshot is from before the update.
_SETTLE = """
WITH settled AS (
    UPDATE debt SET settled_by = %(by)s, updated_at = %(at)s
    WHERE id = ANY(%(ids)s) AND owed_minor > 0
    RETURNING id, case_id, paid_minor)
, booked AS (
    INSERT INTO entry (case_id, debt_id, debit, credit, amount_minor, currency, kind, source, key,
        at)
    SELECT d.case_id, d.id, 'withdrawn', part.account, part.owed, c.currency, 'withdrawn', %(by)s,
        'withdrawn:' || %(import)s::bigint || ':' || d.id || ':' || part.account, %(at)s
    FROM settled s JOIN debt d ON d.id = s.id JOIN cases c ON c.id = d.case_id,
        LATERAL (VALUES
            ('debt_interest', d.interest_owed_minor), ('debt_fee', d.fee_owed_minor),
            ('debt', d.owed_minor - d.interest_owed_minor - d.fee_owed_minor))
            AS part(account, owed)
    WHERE part.owed > 0)
, history AS (
    INSERT INTO debt_change (debt_id, import_id, at, before, after)
    SELECT id, %(import)s, %(at)s, jsonb_build_object('settled_by', NULL, 'paid_minor', paid_minor),
           jsonb_build_object('settled_by', %(by)s::text, 'paid_minor', paid_minor) FROM settled)
SELECT DISTINCT case_id FROM settled
"""


class LedgerStore(KnownReader):
    """Implements `LedgerBooks` on `connection`, which must be in autocommit mode."""

    def __init__(self, connection: Connection[Any], seal: Seal) -> None:
        super().__init__(connection, seal)
        self._connection = connection
        self._seal = seal

    def portfolio(self, code: str) -> LedgerPortfolio | None:
        """The portfolio of that code."""
        found = self._rows(_PORTFOLIO, code)
        return LedgerPortfolio(*found[0]) if found else None

    @contextmanager
    def importing(self, creditor_key: str) -> Iterator[bool]:
        """Holds the creditor's import lock for the session; False when somebody else does."""
        name = f"ledger import {creditor_key}"
        taken = self._rows("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", name)[0][0]
        try:
            yield taken
        finally:
            if taken and not self._connection.closed:
                self._rows("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)

    def unit(self) -> AbstractContextManager[Any]:
        """One transaction."""
        return self._connection.transaction()

    def known(self, portfolio: LedgerPortfolio, rows: Sequence[LedgerRow], *, lock: bool) -> Known:
        """See `LedgerBooks.known`."""
        return super().known(portfolio, rows, lock=lock)

    def open_import(self, portfolio_id: int, file: LedgerFile, at: datetime) -> int:
        """A row for this import; returns its id."""
        found = self._rows(_IMPORT, portfolio_id, file.name, file.sha256, at)
        return int(found[0][0])

    def save_figures(self, import_id: int, figures: Mapping[str, Any]) -> None:
        """Keep what the import did."""
        self._connection.execute(
            "UPDATE ledger_import SET figures = %s WHERE id = %s", [Jsonb(dict(figures)), import_id]
        )

    def write(
        self, portfolio: LedgerPortfolio, changes: Changes, *, import_id: int, at: datetime
    ) -> Written:
        """Write everything but the payments."""
        debtors = self._write_debtors(portfolio.creditor_key, changes.debtors, at)
        cases = self._write_cases(portfolio.portfolio_id, changes.cases, debtors, import_id, at)
        self._write_debts(portfolio.portfolio_id, changes, cases, import_id, at)
        self._write_updates(changes.updates, import_id, at)
        self._reversals_seen(changes.seen)
        touched = _touched(changes)
        self._check_now([cases[id(case)] for case in touched if case.known], at)
        again = [cases[id(case)] for case in touched if case.new_debts or case.reopening]
        every = [cases[id(case)] for case in touched]
        return Written(
            nothing_owed=[row[0] for row in self._rows(_NOTHING_OWED, every)],
            owed_again=[row[0] for row in self._rows(_OWED_AGAIN, again)],
            with_credit=[row[0] for row in self._rows(_CREDIT, every)],
        )

    def _write_debtors(
        self, creditor_key: str, debtors: Sequence[DebtorChange], at: datetime
    ) -> dict[int, int]:
        """Ids by the change's own identity in memory."""
        new = [debtor for debtor in debtors if debtor.known is None]
        ids = {id(d): d.known.debtor_id for d in debtors if d.known is not None}
        ids.update(zip(map(id, new), self._ids("debtor", len(new)), strict=True))
        seal = self._seal
        self._copy(
            "debtor",
            "id, creditor_key, identity_hash, name_sealed, id_tail_sealed, locale, deceased, "
            "attorney, stop_all, human_only, payday, created_at",
            (
                (
                    ids[id(d)],
                    creditor_key,
                    seal.index(d.identity),
                    seal.seal(d.name),
                    self._sealed(d.id_tail),
                    d.locale,
                    *(False,) * 4,
                    d.payday,
                    at,
                )
                for d in new
            ),
        )
        self._update_many(
            _ATTRIBUTES,
            [
                (d.locale, d.payday, self._sealed(d.id_tail), ids[id(d)])
                for d in debtors
                if d.attributes_changed
            ],
        )
        self._write_phones(debtors, ids)
        return ids

    def _write_phones(self, debtors: Sequence[DebtorChange], ids: Mapping[int, int]) -> None:
        self._copy(
            "contact_point",
            "debtor_id, phone_sealed, phone_hash, phone_masked, kind, region, zones, extension, "
            "consent_voice",
            (
                (
                    ids[id(debtor)],
                    self._seal.seal(phone.e164),
                    self._seal.index(phone.e164),
                    phone.masked,
                    phone.kind.value,
                    phone.region,
                    list(phone.zones),
                    phone.extension,
                    False,
                )
                for debtor in debtors
                for phone in debtor.phones.values()
            ),
        )

    def _write_cases(
        self,
        portfolio_id: int,
        cases: Sequence[CaseChange],
        debtors: Mapping[int, int],
        import_id: int,
        at: datetime,
    ) -> dict[int, int]:
        new = [case for case in cases if case.known is None]
        ids = {id(case): case.known.case_id for case in cases if case.known is not None}
        ids.update(zip(map(id, new), self._ids("cases", len(new)), strict=True))
        self._copy(
            "cases",
            "id, portfolio_id, debtor_id, currency, entered_at, next_check_at, late_count, "
            "unclear_replies, dispute_whole, event_seq",
            (
                (
                    ids[id(case)],
                    portfolio_id,
                    debtors[id(case.debtor)],
                    case.currency,
                    at,
                    at,
                    case.late_count,
                    0,
                    False,
                    1,
                )
                for case in new
            ),
        )
        data = Jsonb({"import": import_id})
        self._copy(
            "case_event",
            "case_id, seq, at, event, state_before, state_after, actor, data",
            ((ids[id(case)], 1, at, "opened", "", "active", "ledger", data) for case in new),
        )
        self._update_many(
            "UPDATE cases SET late_count = %s WHERE id = %s",
            [(case.late_count, ids[id(case)]) for case in cases if case.late_count_changed],
        )
        return ids

    def _write_debts(
        self,
        portfolio_id: int,
        changes: Changes,
        cases: Mapping[int, int],
        import_id: int,
        at: datetime,
    ) -> None:
        ids = self._ids("debt", len(changes.new_debts))
        self._copy(
            "debt",
            "id, case_id, portfolio_id, contract, ref, sequence, due_on, amount_minor, "
            "opening_paid_minor, paid_minor, interest_minor, charges_minor, interest_owed_minor, "
            "fee_owed_minor, updated_at",
            (
                (
                    debt_id,
                    cases[id(debt.case)],
                    portfolio_id,
                    debt.contract,
                    debt.ref,
                    debt.sequence,
                    debt.due_on,
                    debt.amount_minor,
                    debt.paid_minor,
                    debt.paid_minor,
                    debt.parts.interest_minor,
                    debt.parts.charges_minor,
                    debt.parts.interest_owed_minor,
                    debt.parts.fee_owed_minor,
                    at,
                )
                for debt_id, debt in zip(ids, changes.new_debts, strict=True)
            ),
        )
        self._post(_charged(changes.new_debts, ids, cases), import_id, at)

    def _post(self, entries: Iterable[Entry], import_id: int, at: datetime) -> None:
        """The debts' figures are written beside them, so nothing has to follow."""
        source = f"ledger:{import_id}"
        rows = (entry_row(entry, source=source, at=at) for entry in entries)
        self._copy("entry", ENTRY_COLUMNS, rows)

    def _reversals_seen(self, debt_ids: Sequence[int]) -> None:
        """The creditor's ledger shows what was given back here."""
        if debt_ids:
            self._connection.execute(
                "UPDATE debt SET reversed_minor = 0 WHERE id = ANY(%s)", [list(debt_ids)]
            )

    def _write_updates(self, updates: Sequence[DebtUpdate], import_id: int, at: datetime) -> None:
        self._update_many(
            _UPDATE,
            [
                (
                    u.sequence,
                    u.due_on,
                    u.amount_minor,
                    u.parts.interest_minor,
                    u.parts.charges_minor,
                    u.parts.interest_owed_minor,
                    u.parts.fee_owed_minor,
                    at,
                    u.before.debt_id,
                )
                for u in updates
            ],
        )
        self._copy(
            "debt_change",
            "debt_id, import_id, at, before, after",
            (
                (u.before.debt_id, import_id, at, Jsonb(_before(u.before)), Jsonb(_after(u)))
                for u in updates
            ),
        )
        self._post(_restated(updates, import_id), import_id, at)

    def _check_now(self, case_ids: list[int], at: datetime) -> None:
        self._connection.execute(
            "UPDATE cases SET next_check_at = least(next_check_at, %s) WHERE id = ANY(%s)",
            [at, case_ids],
        )

    def missing(self, portfolio_id: int, *, after: int, limit: int) -> list[MissingDebt]:
        """Open debts the staged file does not list."""
        return [MissingDebt(*row) for row in self._rows(_MISSING, portfolio_id, after, limit)]

    def settle_missing(
        self, debts: Sequence[MissingDebt], *, import_id: int, at: datetime
    ) -> list[int]:
        """Settle those that are still open; returns the open cases that owe nothing now."""
        self._rows(
            "SELECT 1 FROM debtor WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            sorted({debt.debtor_id for debt in debts}),
        )
        given = {
            "by": f"ledger:{import_id}",
            "import": import_id,
            "at": at,
            "ids": [debt.debt_id for debt in debts],
        }
        cases = [row[0] for row in self._connection.execute(_SETTLE, given)]
        self._check_now(cases, at)
        return [row[0] for row in self._rows(_NOTHING_OWED, cases)]

    def _ids(self, table: str, count: int) -> list[int]:
        query = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        return [row[0] for row in self._rows(query, table, count)]

    def _sealed(self, text: str | None) -> bytes | None:
        return None if text is None else self._seal.seal(text)

    def _copy(self, table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
        statement = f"COPY {table} ({columns}) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def _update_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            with self._connection.cursor() as cursor:
                cursor.executemany(statement, rows)


def _charged(
    debts: Sequence[NewDebt], ids: Sequence[int], cases: Mapping[int, int]
) -> Iterator[Entry]:
    for debt, debt_id in zip(debts, ids, strict=True):
        page = Page(cases[id(debt.case)], debt.case.currency)
        yield from charged(page, debt_id, debt.amount_minor, debt.paid_minor, debt.parts)


def _restated(updates: Sequence[DebtUpdate], import_id: int) -> Iterator[Entry]:
    for update in updates:
        page = Page(update.before.case_id, update.before.currency)
        key = f"{import_id}"
        yield from restated(page, update.before, update.amount_minor, update.parts, key)


def _touched(changes: Changes) -> list[CaseChange]:
    """Cases of which anything changes."""
    moved = {id(update.case) for update in changes.updates}
    moved.update(id(payment.case) for payment in changes.payments)
    return [case for case in changes.cases if case.touched or case.new_debts or id(case) in moved]


def _before(debt: KnownDebt) -> dict[str, object]:
    return {
        "sequence": debt.sequence,
        "due_on": debt.due_on.isoformat(),
        "amount_minor": debt.amount_minor,
        "settled": debt.settled,
    }


def _after(update: DebtUpdate) -> dict[str, object]:
    return {
        "sequence": update.sequence,
        "due_on": update.due_on.isoformat(),
        "amount_minor": update.amount_minor,
        "settled": False,
    }
