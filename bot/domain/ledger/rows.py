"""One good row of a ledger, and what there is to say about a row that is not plainly good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.ledger.words import key_of
from bot.domain.phone import Phone


class Outcome(StrEnum):
    """What became of a row or a debt, as the report names it."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"  #: the same as another row of the file
    SUPERSEDED = "superseded"  #: a later row of the file says otherwise and counts
    REJECTED = "rejected"
    PASSED_OVER = "passed_over"  #: a title, total or remark row
    WARNING = "warning"  #: imported, but somebody should look
    MISSING = "missing"  #: open here, not in the full-balance file
    SETTLED = "settled"  #: missing, and settled because that was asked for


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the report. `value` is masked where it is personal.

    `code` names the sentence in `bot/policy/ledger_notes.yaml`, `details` fill it.
    """

    line: int
    column: str  #: as the file's header writes it
    value: str
    outcome: Outcome
    code: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One debt as a file states it. None means the file does not say."""

    line: int
    contract: str
    ref: str  #: unique within the contract
    sequence: int | None
    name: str
    customer_no: str | None
    phones: tuple[Phone, ...]  #: never empty
    due_on: date
    amount_minor: int
    paid_minor: int | None
    currency: str
    late_count: int | None = None
    payday: int | None = None
    locale: str | None = None
    id_tail: str | None = None
    interest_minor: int | None = None  #: part of the amount
    charges_minor: int | None = None  #: fees and penalties within the amount

    @property
    def key(self) -> tuple[str, str]:
        """What makes the debt one within its portfolio."""
        return self.contract, self.ref

    @property
    def money(self) -> tuple[date, int, int | None, str, int | None, int | None, int | None]:
        """What two rows of one debt must agree in."""
        parts = (self.interest_minor, self.charges_minor)
        return self.due_on, self.amount_minor, self.paid_minor, self.currency, self.sequence, *parts

    @property
    def identity(self) -> str:
        """The text whose blind index is the debtor's identity at one creditor."""
        return customer_identity(self.customer_no) if self.customer_no else self.person(0)

    def person(self, which: int) -> str:
        """Name and one phone, as an identity."""
        return f"person:{name_key(self.name)}|{self.phones[which].e164}"


def customer_identity(customer_no: str) -> str:
    """The identity of a debtor whom the creditor numbers."""
    return f"customer:{customer_no}"


def name_key(name: str) -> str:
    """How names are compared: without spaces, width and case."""
    return key_of(name)
