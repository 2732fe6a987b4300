"""Bank lines, or parts of them, become payments of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.facts import CaseFacts
from bot.flows.ports.bank import BankStore, WaitingLine
from bot.flows.ports.money import IncomingPayment
from bot.flows.settle import Booked, Settler

PROVIDER = "bank"


@dataclass(frozen=True, slots=True)
class Applied:
    """What late money changed in looking back."""

    repaired: int = 0  #: broken promises that had been kept
    contacted: int = 0  #: contacts after paying and before we knew


@dataclass(frozen=True, slots=True)
class LineShare:
    """What of a line falls to a case, minor units."""

    line: WaitingLine
    case_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class _Paid:
    share: LineShare
    booked: Booked
    paid_at: datetime


def reference_of(line: WaitingLine, case_id: int) -> str:
    """Of the payment: once for each case, and once more when the line was undone meanwhile."""
    once = f"line:{line.line_id}:{case_id}"
    return f"{once}:{line.undone}" if line.undone else once


def apply_shares(
    store: BankStore, settler: Settler, shares: Sequence[LineShare], *, within_debt: bool = False
) -> dict[int, Applied]:
    """Book them in the caller's transaction, at most one of each case; by line, what was booked.

    A share is left out, with nothing written, when `within_debt` and its case owes less by now,
    when its payment is known, or when its case was merged into that of an earlier one. All are of
    one mode. Raises WrongCurrencyError, LookupError.
    """
    if not shares:
        return {}
    standing = store.lock_cases([share.case_id for share in shares])
    now = settler.clock.now(livemode=shares[0].line.livemode)
    known = {facts.case_id: facts for facts in store.facts(list(standing.values()), now)}
    paid: list[_Paid] = []
    for share in shares:
        facts = known.pop(standing[share.case_id], None)
        booked = facts and _book(store, settler, share, facts, now, within_debt=within_debt)
        if booked:
            paid.append(_Paid(share, booked, min(share.line.paid_at, now)))
    settler.finish(store, [each.booked for each in paid], now)
    return _looked_back(store, paid, now)


def _book(
    store: BankStore,
    settler: Settler,
    share: LineShare,
    facts: CaseFacts,
    now: datetime,
    *,
    within_debt: bool,
) -> Booked | None:
    if within_debt and share.amount_minor > facts.outstanding_minor:
        return None
    line = share.line
    payment = IncomingPayment(
        facts.case_id,
        share.amount_minor,
        line.currency,
        PROVIDER,
        reference_of(line, facts.case_id),
        min(line.paid_at, now),
    )
    return settler.book(store, payment, facts, now)


def _looked_back(store: BankStore, paid: Sequence[_Paid], now: datetime) -> dict[int, Applied]:
    """Which line is which payment, and what had happened between paying and now."""
    store.add_shares([(each.share.line.line_id, each.booked.payment_id) for each in paid])
    contacted = store.contacted_since([(each.booked.case_id, each.paid_at) for each in paid])
    found = {}
    for each in paid:
        case_id, line_id = each.booked.case_id, each.share.line.line_id
        contacts = contacted.get(case_id, 0)
        if contacts:
            data = {"line": line_id, "contacts": contacts}
            kind, actor = "contacted_after_paying", "bank"
            store.save_remark(case_id, kind, at=now, actor=actor, data=data)
        found[line_id] = Applied(each.booked.repaired, contacts)
    return found
