"""Terms, people and money for tests of plans and reductions."""

from __future__ import annotations

from datetime import date, datetime

from desk_kit import DeskInHand

from bot.domain.instalments import Limits, Part
from bot.flows.ports.money import IncomingPayment

DUE = date(2026, 3, 1)
LIMITS = Limits(
    most_periods=4,
    least_minor=10_000,
    first_within_days=7,
    first_percent=20,
    accept_by_rule=True,
    broken_after=2,
    reduction_minor=10_000,
    reduction_percent=10,
)


def opened(desk: DeskInHand, limits: Limits | None = LIMITS, amount: int = 200_000) -> int:
    """A case of a portfolio with these terms."""
    portfolio = desk.portfolio()
    if limits is not None:
        with desk.product.transactions() as store:
            store.save_limits(portfolio, limits)
    return desk.case(portfolio, due_on=DUE, amount=amount)


def person(desk: DeskInHand, login: str, role: str = "collector") -> int:
    """Somebody of the desk."""
    return desk.product.collectors.add(login, login, role, "a long password")


def pay(desk: DeskInHand, case_id: int, amount: int, paid_at: datetime | None = None) -> None:
    """Money that came by a bank."""
    count = desk.one("SELECT count(*) FROM payment")
    payment = IncomingPayment(case_id, amount, "CNY", "bank", f"test:{count}", paid_at or desk.now)
    desk.product.settler.receive(payment, livemode=False)


def parts(*given: tuple[int, int, int]) -> list[Part]:
    """(month, day, minor) of 2026."""
    return [Part(date(2026, month, day), amount) for month, day, amount in given]


def promises(desk: DeskInHand, case_id: int) -> list[tuple[str, int]]:
    """State and paid sum of the plan's instalments, first to last."""
    rows = desk.sql(
        "SELECT p.state, p.paid_minor FROM promise p JOIN instalment i ON i.promise_id = p.id "
        "WHERE p.case_id = %s ORDER BY i.plan_id, i.sequence",
        case_id,
    )
    return [tuple(row) for row in rows]


def plan_state(desk: DeskInHand, case_id: int) -> str:
    """Of the case's newest plan."""
    query = "SELECT state FROM instalment_plan WHERE case_id = %s ORDER BY id DESC LIMIT 1"
    return str(desk.one(query, case_id))


def events(desk: DeskInHand, case_id: int) -> list[str]:
    """Events and remarks, first to last."""
    rows = desk.sql("SELECT event FROM case_event WHERE case_id = %s ORDER BY seq", case_id)
    return [row[0] for row in rows]
