"""Money for one chosen debt goes to that debt, whatever order the portfolio has."""

from __future__ import annotations

import re
from datetime import date

from desk_kit import DeskInHand
from pay_page.visitor import Visitor, admitted

from bot.flows.ports.money import NoticeKind, PaymentNotice

LATER = date(2026, 4, 8)


def with_two_debts(desk: DeskInHand) -> tuple[Visitor, int, int]:
    """A debtor who owes 2,000.00 by March and 550.50 by April; the ids of both debts."""
    visitor = admitted(desk)
    desk.debt(visitor.case, int(desk.one("SELECT id FROM portfolio")), LATER, 55_050)
    rows = desk.sql("SELECT id FROM debt WHERE case_id = %s ORDER BY due_on", visitor.case)
    return visitor, rows[0][0], rows[1][0]


def owed(desk: DeskInHand, case: int) -> list[int]:
    rows = desk.sql("SELECT owed_minor FROM debt WHERE case_id = %s ORDER BY due_on", case)
    return [row[0] for row in rows]


def succeed(desk: DeskInHand, amount: int, reference: str = "") -> str:
    """The provider tells that a checkout was paid, the newest if none is named."""
    reference = reference or desk.one("SELECT reference FROM checkout ORDER BY id DESC LIMIT 1")
    notice = PaymentNotice(
        "sandbox", f"evt-{reference}", NoticeKind.SUCCEEDED, reference, amount, "CNY", desk.now
    )
    return desk.product.settler.notice(notice)


def test_the_debt_that_was_chosen_is_paid_and_the_older_one_stays(desk: DeskInHand) -> None:
    visitor, _, later = with_two_debts(desk)
    page = visitor.get().text
    [button] = re.findall(rf'name="debt" value="({later}:\d+)"', page)
    assert visitor.post(debt=button).status_code == 303
    assert succeed(desk, 55_050) == "applied"
    assert owed(desk, visitor.case) == [200_000, 0]
    assert desk.one("SELECT debt_id FROM payment") == later


def test_what_the_chosen_debt_no_longer_takes_goes_by_the_usual_order(desk: DeskInHand) -> None:
    visitor, _, later = with_two_debts(desk)
    references = []
    for _ in range(2):  # two tabs, both paid
        visitor.post(debt=f"{later}:55050")
        references.append(desk.one("SELECT reference FROM checkout ORDER BY id DESC LIMIT 1"))
    assert [succeed(desk, 55_050, each) for each in references] == ["applied", "applied"]
    assert owed(desk, visitor.case) == [144_950, 0]


def test_a_sum_without_a_chosen_debt_goes_to_the_oldest(desk: DeskInHand) -> None:
    visitor, _, _ = with_two_debts(desk)
    visitor.post(amount="550.50", part="1")
    assert succeed(desk, 55_050) == "applied"
    assert owed(desk, visitor.case) == [144_950, 55_050]
    assert desk.one("SELECT debt_id FROM payment") is None


def test_a_debt_that_changed_since_it_was_shown_is_asked_about_again(desk: DeskInHand) -> None:
    visitor, older, later = with_two_debts(desk)
    other = desk.case(int(desk.one("SELECT id FROM portfolio")), due_on=LATER)
    stranger = desk.one("SELECT id FROM debt WHERE case_id = %s", other)
    for wrong in (f"{later}:55051", f"{stranger}:200000", f"{older}", "x"):
        assert visitor.post(debt=wrong).status_code == 422
    assert desk.one("SELECT count(*) FROM checkout") == 0
