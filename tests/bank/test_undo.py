"""An applied bank line is taken back: everything is as if its money had not come."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from desk_kit import DeskInHand, shanghai
from statement_kit import credit, take, write

from bot.app.granting import bank_review, instalments
from bot.app.verify.breach import Evidence
from bot.app.verify.grants import bank_lines_add_up, plans_stand
from bot.app.verify.money import books_agree, money_adds_up
from bot.app.verify.records import states_replay
from bot.domain.instalments import Part
from bot.domain.transfer_reference import reference_of
from bot.flows.review_bank import ReviewError

DUE = date(2026, 3, 1)


@pytest.fixture
def lead(desk: DeskInHand) -> int:
    return desk.product.collectors.add("wu", "wu", "lead", "a long password")


def applied(desk: DeskInHand, folder: Path, case: int, amount: str = "500") -> int:
    """A line that paid the case by itself; returns its id."""
    take(desk, write(folder / "b.csv", [credit("20260305", amount, "", reference_of(case))]))
    assert desk.one("SELECT state FROM bank_line") == "applied"
    return int(desk.one("SELECT id FROM bank_line"))


def owed(desk: DeskInHand, case: int) -> int:
    return int(desk.one("SELECT sum(owed_minor)::bigint FROM debt WHERE case_id = %s", case))


def breaches(desk: DeskInHand) -> list[str]:
    checks = (books_agree, money_adds_up, bank_lines_add_up, plans_stand, states_replay)
    with desk.product.pool.connection() as connection:
        evidence = Evidence(connection, None)
        return [f"{found.where} {found.what}" for check in checks for found in check(evidence)]


def handoffs(desk: DeskInHand) -> list[str]:
    return [row[0] for row in desk.sql("SELECT reason FROM handoff WHERE state = 'open'")]


def test_the_money_leaves_the_case_and_the_line_waits_again(
    desk: DeskInHand, lead: int, tmp_path: Path
) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    line = applied(desk, tmp_path, case)
    assert owed(desk, case) == 150_000
    assert bank_review(desk.product).undo(line, lead, "wrong_case") == (case,)
    assert owed(desk, case) == 200_000
    assert desk.one("SELECT state FROM bank_line") == "review"
    assert desk.sql("SELECT kind, sum(amount_minor)::bigint FROM entry WHERE source LIKE 'payment:%%' GROUP BY kind ORDER BY kind") == [("payment", 50_000), ("undone", 50_000)]  # fmt: skip
    [(action, told)] = desk.sql("SELECT action, data FROM audit WHERE case_id = %s", case)
    assert (action, told["reason"], told["amount_minor"]) == ("bank_undo", "wrong_case", 50_000)
    assert (
        desk.one("SELECT count(*) FROM touch WHERE purpose = 'thanks' AND state = 'planned'") == 0
    )
    assert breaches(desk) == []


def test_undone_twice_changes_nothing(desk: DeskInHand, lead: int, tmp_path: Path) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    line = applied(desk, tmp_path, case)
    review = bank_review(desk.product)
    review.undo(line, lead, "wrong_case")
    before = desk.one("SELECT count(*) FROM entry")
    with pytest.raises(ReviewError, match="not_applied"):
        review.undo(line, lead, "wrong_case")
    assert desk.one("SELECT count(*) FROM entry") == before
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'bank_undo'") == 1


def test_the_line_can_then_pay_another_case_and_even_the_same_again(
    desk: DeskInHand, lead: int, tmp_path: Path
) -> None:
    book = desk.portfolio()
    case, right = desk.case(book, due_on=DUE), desk.case(book, due_on=DUE)
    line, review = applied(desk, tmp_path, case), bank_review(desk.product)
    review.undo(line, lead, "wrong_case")
    review.apply(line, lead, {right: 30_000, case: 20_000})
    assert (owed(desk, case), owed(desk, right)) == (180_000, 170_000)
    review.undo(line, lead, "wrong_split")
    review.apply(line, lead, {case: 50_000})
    assert (owed(desk, case), owed(desk, right)) == (150_000, 200_000)
    assert breaches(desk) == []


def test_a_case_that_the_money_had_closed_runs_again(
    desk: DeskInHand, lead: int, tmp_path: Path
) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    line = applied(desk, tmp_path, case, "2000")
    assert desk.state(case) == "closed"
    bank_review(desk.product).undo(line, lead, "not_a_repayment")
    assert desk.state(case) == "active"
    assert handoffs(desk) == []
    assert breaches(desk) == []


def test_who_was_thanked_already_is_for_a_human(
    desk: DeskInHand, lead: int, tmp_path: Path
) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    line = applied(desk, tmp_path, case)
    desk.step(shanghai("2026-03-10 11:00"))
    assert any("500" in text for text in desk.texts(case))
    bank_review(desk.product).undo(line, lead, "wrong_case")
    assert (desk.state(case), handoffs(desk)) == ("handed_off", ["payment_undone"])
    sent = len(desk.texts(case))
    for day in ("11", "12", "16"):
        desk.step(shanghai(f"2026-03-{day} 11:00"))
    assert len(desk.texts(case)) == sent
    assert breaches(desk) == []


@pytest.mark.parametrize(("until", "state"), [("2026-03-11", "open"), ("2026-03-15", "superseded")])
def test_a_promise_the_money_had_kept_waits_again_or_no_longer_counts(
    desk: DeskInHand, lead: int, tmp_path: Path, until: str, state: str
) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    desk.step(shanghai("2026-03-10 10:00"))
    desk.reply(case, "12号还500")
    line = applied(desk, tmp_path, case)
    assert desk.one("SELECT state FROM promise") == "kept"
    desk.set_now(shanghai(f"{until} 11:00"))
    bank_review(desk.product).undo(line, lead, "wrong_case")
    assert desk.one("SELECT state FROM promise") == state
    assert breaches(desk) == []


def test_nothing_is_undone_without_a_reason_or_after_a_refund(
    desk: DeskInHand, lead: int, tmp_path: Path
) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    line, review = applied(desk, tmp_path, case), bank_review(desk.product)
    with pytest.raises(ReviewError, match="bad_reason"):
        review.undo(line, lead, "because")
    desk.sql("UPDATE payment SET refunded_minor = 100")
    with pytest.raises(ReviewError, match="given_back"):
        review.undo(line, lead, "wrong_case")
    assert desk.one("SELECT state FROM bank_line") == "applied"


def test_a_line_nobody_has_applied_is_not_undone(
    desk: DeskInHand, lead: int, tmp_path: Path
) -> None:
    desk.case(desk.portfolio(), due_on=DUE)
    take(desk, write(tmp_path / "b.csv", [credit("20260305", "7", "路人")]))
    line = int(desk.one("SELECT id FROM bank_line"))
    for each in (line, 999):
        with pytest.raises(ReviewError, match="not_applied"):
            bank_review(desk.product).undo(each, lead, "wrong_case")


def test_a_plan_that_the_money_had_completed_goes_on(
    desk: DeskInHand, lead: int, tmp_path: Path
) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    parts = [Part(date(2026, 3, 20), 120_000), Part(date(2026, 4, 20), 80_000)]
    instalments(desk.product).agree(case, lead, parts)
    line = applied(desk, tmp_path, case, "2000")
    assert desk.one("SELECT state FROM instalment_plan") == "completed"
    bank_review(desk.product).undo(line, lead, "wrong_case")
    assert desk.one("SELECT state FROM instalment_plan") == "active"
    assert desk.sql("SELECT state, paid_minor FROM promise ORDER BY id") == [("open", 0)] * 2
    assert desk.state(case) == "promised"
    assert breaches(desk) == []
