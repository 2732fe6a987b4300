"""Reads what the books hold about the rows of one batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection

from bot.domain.ledger.known import Known, KnownCase, KnownDebt, KnownDebtor, persons
from bot.domain.ledger.rows import LedgerRow, customer_identity, name_key
from bot.domain.vocabulary import CaseState
from bot.flows.ports.ledger import LedgerPortfolio
from bot.store.seal import Seal

_CONTRACTS = """
SELECT DISTINCT d.contract, c.debtor_id
FROM debt d JOIN cases c ON c.id = d.case_id
WHERE d.portfolio_id = %s AND d.contract = ANY(%s)
"""

_IDENTITIES = """
SELECT identity_hash, coalesce(merged_into, id) FROM debtor WHERE creditor_key = %s AND identity_hash = ANY(%s)
"""

_OF_PHONES = """
SELECT p.phone_hash, coalesce(d.merged_into, d.id), d.name_sealed
FROM contact_point p JOIN debtor d ON d.id = p.debtor_id
WHERE d.creditor_key = %s AND p.phone_hash = ANY(%s) ORDER BY 2, d.id
"""

_LOCK = "SELECT 1 FROM debtor WHERE id = ANY(%s) ORDER BY id FOR UPDATE"

_DEBTORS = """
SELECT id, name_sealed, locale, payday, id_tail_sealed FROM debtor WHERE id = ANY(%s)
"""

_OTHER_NAMES = """
SELECT merged_into, name_sealed FROM debtor WHERE merged_into = ANY(%s)
"""

_POINTS = """
SELECT debtor_id, phone_hash FROM contact_point WHERE debtor_id = ANY(%s)
"""

_CASES = """
SELECT id, debtor_id, currency, state, late_count FROM cases
WHERE portfolio_id = %s AND debtor_id = ANY(%s)
"""

_DEBTS = """
SELECT d.contract, d.ref, d.id, d.case_id, c.currency, d.sequence, d.due_on, d.amount_minor,
       d.paid_minor, d.settled_by IS NOT NULL, d.interest_minor, d.charges_minor, d.fee_minor,
       d.waived_minor, d.interest_owed_minor, d.fee_owed_minor, d.reversed_minor
FROM debt d JOIN cases c ON c.id = d.case_id
WHERE d.portfolio_id = %s AND d.contract = ANY(%s)
"""


class KnownReader:
    """Takes Known for a batch on one connection."""

    def __init__(self, connection: Connection[Any], seal: Seal) -> None:
        self._connection = connection
        self._seal = seal

    def known(self, portfolio: LedgerPortfolio, rows: Sequence[LedgerRow], *, lock: bool) -> Known:
        """See `LedgerBooks.known`."""
        contracts = sorted({row.contract for row in rows})
        owners = dict(self._rows(_CONTRACTS, portfolio.portfolio_id, contracts))
        hashes = {self._seal.index(p.e164): p.e164 for row in rows for p in row.phones}
        identities = self._by_phone(portfolio, rows, hashes)
        identities.update(self._by_identity(portfolio, rows))
        debtor_ids = sorted({*owners.values(), *identities.values()})
        if lock:
            self._rows(_LOCK, debtor_ids)
        return Known(
            debtors=self._debtors(debtor_ids, hashes),
            contracts=owners,
            identities=identities,
            cases=self._cases(portfolio.portfolio_id, debtor_ids),
            debts=self._debts(portfolio.portfolio_id, contracts),
        )

    def _rows(self, query: str, *parameters: object) -> list[Any]:
        with self._connection.cursor(binary=True) as cursor:
            return cursor.execute(query, parameters).fetchall()

    def _by_identity(self, portfolio: LedgerPortfolio, rows: Iterable[LedgerRow]) -> dict[str, int]:
        """Debtors whose stored identity a row's customer number or name and phone gives."""
        texts = {text for row in rows for text in persons(row)}
        texts.update(customer_identity(row.customer_no) for row in rows if row.customer_no)
        wanted = {self._seal.index(text): text for text in texts}
        found = self._rows(_IDENTITIES, portfolio.creditor_key, list(wanted))
        return {wanted[identity]: debtor_id for identity, debtor_id in found}

    def _by_phone(
        self, portfolio: LedgerPortfolio, rows: Iterable[LedgerRow], hashes: dict[bytes, str]
    ) -> dict[str, int]:
        """Debtors of a row's name who have one of its phones, the oldest first."""
        named: dict[tuple[str, str], str] = {
            (phone.e164, name_key(row.name)): row.person(which)
            for row in rows
            for which, phone in enumerate(row.phones)
        }
        found: dict[str, int] = {}
        for phone, debtor_id, name in self._rows(_OF_PHONES, portfolio.creditor_key, list(hashes)):
            text = named.get((hashes[phone], name_key(self._seal.open(name))))
            if text is not None:
                found.setdefault(text, debtor_id)
        return found

    def _debtors(self, ids: list[int], hashes: dict[bytes, str]) -> dict[int, KnownDebtor]:
        phones: dict[int, set[str]] = defaultdict(set)
        for debtor_id, phone in self._rows(_POINTS, ids):
            if phone in hashes:
                phones[debtor_id].add(hashes[phone])
        names: dict[int, set[str]] = defaultdict(set)
        for debtor_id, name in self._rows(_OTHER_NAMES, ids):
            names[debtor_id].add(self._seal.open(name))
        return {
            debtor_id: KnownDebtor(
                debtor_id,
                self._seal.open(name),
                locale,
                payday,
                None if tail is None else self._seal.open(tail),
                frozenset(phones[debtor_id]),
                frozenset(names[debtor_id]),
            )
            for debtor_id, name, locale, payday, tail in self._rows(_DEBTORS, ids)
        }

    def _cases(self, portfolio_id: int, debtors: list[int]) -> dict[tuple[int, str], KnownCase]:
        return {
            (debtor_id, currency): KnownCase(case_id, debtor_id, currency, CaseState(state), late)
            for case_id, debtor_id, currency, state, late in self._rows(
                _CASES, portfolio_id, debtors
            )
        }

    def _debts(self, portfolio_id: int, contracts: list[str]) -> dict[tuple[str, str], KnownDebt]:
        return {
            (contract, ref): KnownDebt(*rest)
            for contract, ref, *rest in self._rows(_DEBTS, portfolio_id, contracts)
        }
