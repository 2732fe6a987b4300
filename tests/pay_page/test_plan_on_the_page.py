"""A debtor with an instalment plan sees it, pays the next part, and keeps it by saying more."""

from __future__ import annotations

from datetime import date

from desk_kit import DeskInHand
from pay_page.visitor import Visitor, admitted

from bot.app.granting import instalments
from bot.domain.instalments import Part


def with_plan(desk: DeskInHand) -> Visitor:
    """A verified debtor who pays 2,000.00 in parts of 800, 600 and 600."""
    visitor = admitted(desk)
    lead = desk.product.collectors.add("wu", "wu", "lead", "a long password")
    given = ((date(2026, 3, 12), 80_000), (date(2026, 4, 12), 60_000), (date(2026, 5, 12), 60_000))
    parts = [Part(day, amount) for day, amount in given]
    instalments(desk.product).agree(visitor.case, lead, parts)
    return visitor


def test_the_plan_stands_on_the_page_and_its_next_part_is_paid_with_one_button(
    desk: DeskInHand,
) -> None:
    visitor = with_plan(desk)
    page = visitor.get().text
    for told in ("分期约定", "2026年3月12日", "还这一期 800元", "2026年5月12日"):
        assert told in page, told
    assert visitor.post(plan="80000").status_code == 303
    assert desk.sql("SELECT amount_minor, debt_id FROM checkout") == [(80_000, None)]


def test_a_part_that_changed_since_it_was_shown_is_asked_about_again(desk: DeskInHand) -> None:
    visitor = with_plan(desk)
    for wrong in ("70000", "x", ""):
        assert visitor.post(plan=wrong).status_code == 422
    assert visitor.post(plan="0").status_code == 422
    assert desk.one("SELECT count(*) FROM checkout") == 0


def test_a_day_named_within_a_plan_is_noted_and_the_plan_stays(desk: DeskInHand) -> None:
    visitor = with_plan(desk)
    assert "下一期是2026年3月12日的800元" in visitor.get("/answer/promise").text
    answer = visitor.answer("promise", day="2026-03-13", amount="500")
    assert "您的分期约定照旧" in answer.text
    assert desk.one("SELECT state FROM instalment_plan") == "active"
    assert desk.one("SELECT count(*) FROM case_event WHERE event = 'plan_noted'") == 1


def test_without_a_plan_there_is_no_such_button(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    assert 'name="plan"' not in visitor.get().text
    assert visitor.post(plan="0").status_code == 422
