"""One bank line, or a part of it, becomes a payment of a case."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows.ports.bank import BankStore, WaitingLine
from bot.flows.ports.money import IncomingPayment
from bot.flows.settle import Settler

PROVIDER = "bank"


@dataclass(frozen=True, slots=True)
class Applied:
    """What late money changed in looking back."""

    repaired: int  #: broken promises that had been kept
    contacted: int  #: contacts after paying and before we knew


def reference_of(line: WaitingLine, case_id: int) -> str:
    """Of the payment: once for each case, and once more when the line was undone meanwhile."""
    once = f"line:{line.line_id}:{case_id}"
    return f"{once}:{line.undone}" if line.undone else once


def apply_share(
    store: BankStore,
    settler: Settler,
    line: WaitingLine,
    case_id: int,
    amount_minor: int,
    *,
    within_debt: bool = False,
) -> Applied | None:
    """Book the payment in the caller's transaction.

    None, with nothing written, when `within_debt` and the case owes less by now. Raises
    WrongCurrencyError, LookupError.
    """
    case_id = store.lock_case(case_id)
    now = settler.clock.now(livemode=line.livemode)
    facts = store.facts([case_id], now)[0]
    if within_debt and amount_minor > facts.outstanding_minor:
        return None
    before = store.count_repairs(case_id)
    reference = reference_of(line, case_id)
    payment = IncomingPayment(
        case_id, amount_minor, line.currency, PROVIDER, reference, min(line.paid_at, now)
    )
    if not settler.apply_knowing(store, payment, facts, now):
        return None
    store.add_share(line.line_id, reference)
    contacted = store.contacted_since(case_id, payment.paid_at)
    if contacted:
        store.save_remark(
            case_id,
            "contacted_after_paying",
            at=now,
            actor="bank",
            data={"line": line.line_id, "contacts": contacted},
        )
    return Applied(store.count_repairs(case_id) - before, contacted)
