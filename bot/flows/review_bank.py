"""What a human does with a bank line the desk was not sure of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.books import Kind
from bot.flows.apply_line import LineShare, apply_shares
from bot.flows.ports.bank import BankStore, WaitingLine
from bot.flows.ports.money import PaymentRow
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.reversals import Reversal, money_left
from bot.flows.settle import Settler, WrongCurrencyError

#: Why a line is taken back: a closed set, so that no personal data ends in the trail.
UNDO_REASONS = ("wrong_case", "wrong_split", "not_a_repayment", "returned_by_bank", "other")


class ReviewError(ValueError):
    """Nothing was changed.

    `code`: moved_on (somebody else decided), not_positive, sum_differs, unknown_case,
    wrong_currency; of undoing: not_applied, given_back, bad_reason.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class ReviewBank:
    """One method per button; all leave a line in the trail."""

    transactions: Transactions[BankStore]
    settler: Settler
    clock: Clock

    def apply(self, line_id: int, collector_id: int, shares: Mapping[int, int]) -> None:
        """The line pays these cases (case id → minor units), which add up to it.

        Raises ReviewError.
        """
        with self.transactions() as store:
            line = self._waiting(store, line_id)
            self._check(store, line, shares)
            standing = _standing(store, shares)
            try:
                apply_shares(
                    store, self.settler, [LineShare(line, *share) for share in standing.items()]
                )
            except WrongCurrencyError as wrong:
                raise ReviewError("wrong_currency") from wrong
            for case_id, amount in standing.items():
                self._trail(store, line, collector_id, "bank_apply", case_id, amount)
            at = self.clock.now(livemode=line.livemode)
            store.conclude_lines([line_id], "applied", by=collector_id, at=at)

    def not_ours(self, line_id: int, collector_id: int) -> None:
        """The money is nobody's debt here, or is in the books already. Raises ReviewError."""
        with self.transactions() as store:
            line = self._waiting(store, line_id)
            self._trail(store, line, collector_id, "bank_not_ours", None, line.amount_minor)
            at = self.clock.now(livemode=line.livemode)
            store.conclude_lines([line_id], "not_ours", by=collector_id, at=at)

    def look_again(self, line_id: int, collector_id: int) -> None:
        """A line that was set aside waits again. Raises ReviewError."""
        with self.transactions() as store:
            line = store.waiting_line(line_id)
            if line is None or line.state != "not_ours":
                raise ReviewError("moved_on")
            self._trail(store, line, collector_id, "bank_look_again", None, line.amount_minor)
            at = self.clock.now(livemode=line.livemode)
            store.conclude_lines([line_id], "review", by=None, at=at)

    def undo(self, line_id: int, collector_id: int, reason: str) -> tuple[int, ...]:
        """Take an applied line off its cases again; it waits as before. Returns the cases.

        Books, promises and the cases themselves are as if the money had not come. Raises
        ReviewError; a line that was undone already is `not_applied`, and nothing changes.
        """
        if reason not in UNDO_REASONS:
            raise ReviewError("bad_reason")
        with self.transactions() as store:
            line = store.waiting_line(line_id)
            if line is None or line.state != "applied":
                raise ReviewError("not_applied")
            payments = store.payments_of_line(line_id)
            store.lock_cases([payment.case_id for payment in payments])
            payments = store.payments_of_line(line_id)  # one of them may have been merged meanwhile
            for payment in payments:
                self._unbook(store, line, payment, collector_id, reason)
            store.reopen_line(line_id)
            return tuple(payment.case_id for payment in payments)

    def looked(self, collector_id: int, line_ids: Sequence[int]) -> None:
        """Somebody read who paid and what they wrote: a line of the trail for each look."""
        if not line_ids:
            return
        with self.transactions() as store:
            data = {"lines": list(line_ids)}
            store.audit(collector_id, "bank_look", None, data, at=self.clock.real())

    def _unbook(
        self,
        store: BankStore,
        line: WaitingLine,
        payment: PaymentRow,
        collector_id: int,
        reason: str,
    ) -> None:
        if payment.held_minor != payment.amount_minor:
            raise ReviewError("given_back")
        at = self.clock.now(livemode=line.livemode)
        actor, handoffs = f"collector:{collector_id}", self.settler.playbook.handoffs
        back = Reversal(payment, handoffs, at, actor)
        money_left(store, back, payment.amount_minor, Kind.UNDONE)
        data = {"line": line.line_id, "amount_minor": payment.amount_minor, "reason": reason}
        store.audit(collector_id, "bank_undo", payment.case_id, data, at=at)

    def _waiting(self, store: BankStore, line_id: int) -> WaitingLine:
        line = store.waiting_line(line_id)
        if line is None or line.state != "review":
            raise ReviewError("moved_on")
        return line

    def _check(self, store: BankStore, line: WaitingLine, shares: Mapping[int, int]) -> None:
        if not shares or any(amount <= 0 for amount in shares.values()):
            raise ReviewError("not_positive")
        if sum(shares.values()) != line.amount_minor:
            raise ReviewError("sum_differs")
        if store.cases_of(line, list(shares)) != set(shares):
            raise ReviewError("unknown_case")

    def _trail(
        self,
        store: BankStore,
        line: WaitingLine,
        collector_id: int,
        action: str,
        case_id: int | None,
        amount_minor: int,
    ) -> None:
        data = {"line": line.line_id, "amount_minor": amount_minor}
        at = self.clock.now(livemode=line.livemode)
        store.audit(collector_id, action, case_id, data, at=at)


def _standing(store: BankStore, shares: Mapping[int, int]) -> dict[int, int]:
    """What falls to cases that were merged falls to those they were merged into."""
    found: Counter[int] = Counter()
    standing = store.lock_cases(list(shares))
    for case_id, amount in shares.items():
        found[standing[case_id]] += amount
    return found
