"""What money does to the books: spread, kept as credit, used, taken back, put back.

Each function posts in the caller's transaction, which holds the debtor's lane.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.allocation import Spread, spread, spread_over
from bot.domain.books import Account, Held, Kind, Page, Share, taken_back
from bot.domain.facts import CaseFacts, DebtFacts
from bot.domain.vocabulary import AllocationOrder
from bot.flows.ports.books import BookStore


class NotOwedError(ValueError):
    """A fee or a waiver of a debt that is not there, or of more than it owes."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A fee or a waiver of one debt. `key` makes it happen once; `source` says who decided.

    `source` is `collector:<id>`, `plan:<id>`, `reduction:<id>` …; both stand in the books.
    """

    case_id: int
    debt_id: int
    amount_minor: int
    key: str
    source: str


#: The figure of a payment that each way of taking it back moves.
_TAKEN = {Kind.REFUND: "refunded", Kind.CHARGEBACK: "charged_back", Kind.UNDONE: "undone"}


def source_of(payment_id: int) -> str:
    """How the books name a payment."""
    return f"payment:{payment_id}"


def book_payment(
    store: BookStore, facts: CaseFacts, payment_id: int, found: Spread, *, at: datetime
) -> None:
    """Post a new payment as it was spread; the payment's row holds the credit already."""
    page, source = Page(facts.case_id, facts.currency), source_of(payment_id)
    entries = page.entries(Kind.PAYMENT, found.shares, source)
    store.post(entries + page.kept_as_credit(found.credit_minor, source), source=source, at=at)
    store.allocate(payment_id, found.parts)


def use_credit(store: BookStore, case_id: int, *, at: datetime) -> int:
    """Let debts of the case take credit that stands, the oldest payment's first; returns how much.

    Called whenever the case may owe more than before.
    """
    used = 0
    for holder in store.credit_holders(case_id):
        facts = store.facts([case_id], at)[0]
        found = spread(holder.credit_minor, facts.debts, facts.portfolio.allocation)
        part = holder.credit_minor - found.credit_minor
        if not part:
            break
        page, source = store.page(case_id), source_of(holder.payment_id)
        key = f"credit:{holder.payment_id}:{store.posted(source, case_id)}"
        store.post(page.entries(Kind.CREDIT_USED, found.shares, key), source=source, at=at)
        store.allocate(holder.payment_id, found.parts)
        store.change_payment(holder.payment_id, credit=-part)
        used += part
    if used:
        data = {"amount_minor": used}
        store.save_remark(case_id, "credit_used", at=at, actor="books", data=data)
    return used


def take_back(
    store: BookStore, case_id: int, payment_id: int, amount_minor: int, kind: Kind, *, at: datetime
) -> Held:
    """Undo so much of a payment, credit first and then the newest shares; debts owe it again.

    `kind` is REFUND, CHARGEBACK or UNDONE. A debt that the creditor withdrew owes nothing again.
    Raises PostingError for more than the payment holds.
    """
    page, source = store.page(case_id), source_of(payment_id)
    back = taken_back(amount_minor, store.held(payment_id))
    key = f"{kind}:{payment_id}:{store.posted(source, case_id)}"
    entries = page.credit_given_back(kind, back.credit_minor, key)
    entries += page.entries(kind, back.shares, key)
    gone = store.withdrawn([share.debt_id for share in back.shares])
    unlisted = [share for share in back.shares if share.debt_id in gone]
    entries += page.entries(Kind.WITHDRAWN, unlisted, f"{key}:withdrawn")
    store.post(entries, source=source, at=at)
    parts = _sums(back.shares)
    store.allocate(payment_id, {debt_id: -amount for debt_id, amount in parts.items()})
    if kind is not Kind.UNDONE:  # of a mistake of ours the creditor's ledger never knew
        store.expect_ledger(parts, at=at)
    store.change_payment(payment_id, credit=-back.credit_minor, **{_TAKEN[kind]: amount_minor})
    return back


def put_back(
    store: BookStore,
    facts: CaseFacts,
    payment_id: int,
    amount_minor: int,
    *,
    chosen: int | None = None,
    at: datetime,
) -> None:
    """A chargeback was undone: the money goes to what is owed now, the rest is credit.

    `chosen` is the debt the payer had paid.
    """
    found = spread(amount_minor, facts.debts, facts.portfolio.allocation, chosen)
    page, source = store.page(facts.case_id), source_of(payment_id)
    key = f"{Kind.REINSTATED}:{payment_id}:{store.posted(source, facts.case_id)}"
    entries = page.entries(Kind.REINSTATED, found.shares, key)
    entries += page.reinstated_as_credit(found.credit_minor, key)
    store.post(entries, source=source, at=at)
    store.allocate(payment_id, found.parts)
    store.expect_ledger({debt: -amount for debt, amount in found.parts.items()}, at=at)
    store.change_payment(payment_id, credit=found.credit_minor, charged_back=-amount_minor)


def charge_fee(store: BookStore, fee: Adjustment, *, at: datetime) -> bool:
    """Add a fee to a debt that owes something; False when its key is known.

    Credit of the case pays it at once. Raises NotOwedError.
    """
    if store.known_key(fee.case_id, f"fee:{fee.key}:"):
        return False
    debt = _debt(store, fee, at)
    share = Share(debt.debt_id, Account.DEBT_FEE, _above_zero(fee))
    entries = store.page(fee.case_id).entries(Kind.FEE, [share], f"fee:{fee.key}")
    store.post(entries, source=fee.source, at=at)
    use_credit(store, fee.case_id, at=at)
    return True


def waive(store: BookStore, waiver: Adjustment, *, at: datetime) -> bool:
    """Give up a part of a debt: its fees first, then interest, then principal.

    False when its key is known. Raises NotOwedError for more than the debt owes. The caller sees
    to what follows when nothing is owed any more (`Settler.owes_less`).
    """
    if store.known_key(waiver.case_id, f"waiver:{waiver.key}:"):
        return False
    debt = _debt(store, waiver, at)
    if _above_zero(waiver) > debt.outstanding_minor:
        raise NotOwedError(f"debt {debt.debt_id} owes {debt.outstanding_minor}")
    shares = spread_over(waiver.amount_minor, debt, AllocationOrder.FEE_FIRST)
    entries = store.page(waiver.case_id).entries(Kind.WAIVER, shares, f"waiver:{waiver.key}")
    store.post(entries, source=waiver.source, at=at)
    return True


def waive_fee(store: BookStore, waiver: Adjustment, *, at: datetime) -> None:
    """Give up a part of what the debt owes in fees, and nothing else of it. Raises NotOwedError."""
    debt = _debt(store, waiver, at)
    if _above_zero(waiver) > debt.fee_owed_minor:
        raise NotOwedError(f"debt {debt.debt_id} owes {debt.fee_owed_minor} in fees")
    share = Share(debt.debt_id, Account.DEBT_FEE, waiver.amount_minor)
    entries = store.page(waiver.case_id).entries(Kind.WAIVER, [share], f"waiver:{waiver.key}")
    store.post(entries, source=waiver.source, at=at)


def _debt(store: BookStore, asked: Adjustment, at: datetime) -> DebtFacts:
    facts = store.facts([asked.case_id], at)
    debts = {debt.debt_id: debt for case in facts for debt in case.debts}
    if asked.debt_id not in debts:
        raise NotOwedError(f"case {asked.case_id} has no listed debt {asked.debt_id}")
    return debts[asked.debt_id]


def _above_zero(asked: Adjustment) -> int:
    if asked.amount_minor <= 0:
        raise NotOwedError("an amount above zero is needed")
    return asked.amount_minor


def _sums(shares: Iterable[Share]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for share in shares:
        sums[share.debt_id] = sums.get(share.debt_id, 0) + share.amount_minor
    return sums
