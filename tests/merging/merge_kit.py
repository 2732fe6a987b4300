"""One person the ledger gave twice, and what verify says of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from desk_kit import DeskInHand

from bot.app.merging import merging
from bot.app.verify.breach import Evidence
from bot.app.verify.checks import run_checks
from bot.flows.merging import Merged

DUE = date(2026, 3, 8)
OLD_PHONE, NEW_PHONE = "+8613800137091", "+8613800137092"


@dataclass
class Twins:
    """`gone` is merged into `kept`; `lead` does it."""

    desk: DeskInHand
    book: int
    gone: int
    kept: int
    lead: int

    @classmethod
    def of(cls, desk: DeskInHand) -> Twins:
        """Two cases of 2,000 yuan each."""
        book = desk.portfolio()
        gone = desk.case(book, due_on=DUE, phone=OLD_PHONE)
        kept = desk.case(book, due_on=DUE, phone=NEW_PHONE)
        lead = desk.product.collectors.add("wu", "吴组长", "lead", "correct horse battery")
        return cls(desk, book, gone, kept, lead)

    def merge(self) -> Merged:
        """Do it."""
        return merging(self.desk.product).merge(self.gone, self.kept, self.lead)

    def refused(self) -> str:
        """The code of why it is not done."""
        from bot.flows.desk import DeskError

        try:
            self.merge()
        except DeskError as refused:
            return refused.code
        return "merged"

    def owed(self, case: int) -> int:
        """By its debts."""
        query = "SELECT coalesce(sum(owed_minor), 0)::bigint FROM debt WHERE case_id = %s"
        return int(self.desk.one(query, case))

    def debtor(self, case: int) -> int:
        """Whose case it is."""
        return int(self.desk.one("SELECT debtor_id FROM cases WHERE id = %s", case))

    def breaches(self) -> list[str]:
        """Everything that verify finds, without the carrier's log."""
        with self.desk.product.pool.connection() as connection:
            found = run_checks(Evidence(connection, None))
        return [f"{each.where} {each.what}" for check in found for each in check.breaches]
