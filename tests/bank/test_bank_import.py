"""Statements against the real database: applied, waiting, known, and never twice."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from desk_kit import DeskInHand, shanghai
from statement_kit import HEADER, credit, take, write

from bot.app.granting import bank_import, bank_review, statement_of
from bot.domain.transfer_reference import reference_of
from bot.flows import import_bank
from bot.flows.ports.bank import BankOrder
from bot.flows.ports.ledger import UnusableFileError
from bot.flows.ports.money import MoneyStore
from bot.flows.review_bank import ReviewError
from bot.flows.settle import Booked, Settler

DUE = date(2026, 3, 1)


@pytest.fixture
def case(desk: DeskInHand) -> int:
    """马敏 owes 2,000.00."""
    return desk.case(desk.portfolio(), due_on=DUE)


def paid(desk: DeskInHand, case_id: int) -> int:
    return int(desk.one("SELECT sum(paid_minor) FROM debt WHERE case_id = %s", case_id))


def states(desk: DeskInHand) -> list[str]:
    return [row[0] for row in desk.sql("SELECT state FROM bank_line ORDER BY id")]


def collector(desk: DeskInHand, login: str = "lin") -> int:
    return desk.product.collectors.add(login, "小林", "collector", "a long password")


def test_a_sure_line_is_applied_thanked_for_and_closes_the_case(
    desk: DeskInHand, case: int, tmp_path: Path
) -> None:
    found = take(desk, write(tmp_path / "b.csv", [credit("20260305", "2,000.00", "馬敏")]))
    assert (found.figures.applied, found.figures.applied_minor) == (1, 200_000)
    assert (paid(desk, case), desk.state(case)) == (200_000, "closed")
    desk.step(shanghai("2026-03-10 10:00"))
    assert any("收到" in text for text in desk.texts(case))


def test_the_same_file_twice_changes_nothing(desk: DeskInHand, case: int, tmp_path: Path) -> None:
    rows = [credit("20260305", "500", "", f"还款{reference_of(case)}")]
    rows += [credit("20260305", "7.00", "路人")] * 2
    file = write(tmp_path / "b.csv", rows)
    first, again = take(desk, file), take(desk, file)
    assert (first.figures.applied, first.figures.review) == (1, 2)
    assert (again.figures.known, again.import_id) == (3, None)
    assert paid(desk, case) == 50_000
    assert states(desk) == ["applied", "review", "review"]


def test_overlapping_files_and_other_formats_are_the_same_lines(
    desk: DeskInHand, case: int, tmp_path: Path
) -> None:
    reference = reference_of(case)
    one = credit("20260305", "500", "马敏", reference, "S1")
    two = credit("20260306", "300", "马敏", reference, "S2")
    take(desk, write(tmp_path / "a.csv", [one], "gb18030"))
    book = openpyxl.Workbook()
    for row in (HEADER, one, two):
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    found = take(desk, tmp_path / "b.xlsx")
    assert (found.figures.known, found.figures.applied) == (1, 1)
    assert paid(desk, case) == 80_000


def test_two_imports_at_once_book_a_line_once(desk: DeskInHand, case: int, tmp_path: Path) -> None:
    rows = [credit("20260305", "1", "马敏", reference_of(case), f"S{n}") for n in range(20)]
    file = write(tmp_path / "b.csv", rows)
    both = [threading.Thread(target=take, args=(desk, file)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert paid(desk, case) == 2_000
    assert states(desk) == ["applied"] * 20


class Breaking(Settler):
    """A process that dies in the middle of its second transaction."""

    written = 0

    def finish(self, store: MoneyStore, booked: Sequence[Booked], now: datetime) -> None:
        Breaking.written += 1
        super().finish(store, booked, now)
        if Breaking.written == 2:
            raise SystemExit


def test_a_death_in_the_middle_leaves_whole_lines_and_the_file_again_completes_the_rest(
    desk: DeskInHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = desk.portfolio()
    cases = [desk.case(book, due_on=DUE) for _ in range(7)]
    rows = [credit("20260305", "5", "", reference_of(case), f"S{case}") for case in cases]
    rows.insert(3, credit("20260305", "6", "", reference_of(cases[0]), "S-again"))
    file = write(tmp_path / "b.csv", rows)
    monkeypatch.setattr(import_bank, "BATCH", 2)
    product = desk.product
    dying = Breaking(product.transactions, product.playbook, product.clock)
    monkeypatch.setattr(Breaking, "written", 0)
    with pytest.raises(SystemExit):
        replace(bank_import(product), settler=dying).run(statement_of(file, {}), BankOrder("loans"))
    assert [paid(desk, case) for case in cases] == [500, 500, 0, 0, 0, 0, 0]
    assert states(desk) == ["applied"] * 2
    again = take(desk, file)
    assert (again.figures.applied, again.figures.known) == (6, 2)
    assert [paid(desk, case) for case in cases] == [1_100, 500, 500, 500, 500, 500, 500]
    assert desk.one("SELECT count(*) FROM touch WHERE purpose = 'thanks'") == 8


def test_a_dry_run_tells_the_same_and_writes_nothing(
    desk: DeskInHand, case: int, tmp_path: Path
) -> None:
    reference = reference_of(case)
    rows = [
        credit("20260305", "1500", "马敏", reference),
        credit("20260306", "1500", "马敏", reference),
    ]
    rows += [credit("20260307", "5", "路人"), credit("20260307", "x")]
    file = write(tmp_path / "b.csv", rows)
    dry, real = take(desk, file, dry_run=True), take(desk, file)
    assert dry.figures == real.figures
    assert dry.import_id is None
    assert (real.figures.applied, real.figures.review, real.figures.rejected) == (1, 2, 1)
    assert [n.code for n in real.notes] == ["applied", "more_than_owed", "no_candidate", "amount_unreadable"]  # fmt: skip
    assert next(n.code for n in dry.notes) == "would_apply"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_encodings_are_read(
    desk: DeskInHand, case: int, tmp_path: Path, encoding: str
) -> None:
    assert (
        take(
            desk, write(tmp_path / "b.csv", [credit("20260305", "2000", "马敏")], encoding)
        ).figures.applied
        == 1
    )


def test_big5_is_told_from_gbk_by_its_header(desk: DeskInHand, tmp_path: Path) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE, name="馬敏")
    text = "交易日期,存入金額,匯款人,備註,餘額\n2026/03/05,2000,馬敏,還款,1\n"
    (tmp_path / "b.csv").write_bytes(text.encode("big5"))
    assert take(desk, tmp_path / "b.csv").figures.applied == 1
    assert desk.state(case) == "closed"


def test_money_out_totals_and_other_currencies_are_not_booked(
    desk: DeskInHand, case: int, tmp_path: Path
) -> None:
    reference = reference_of(case)
    rows = [
        ("20260305", "", "500", "", "", "马敏", reference, ""),
        ("合计", "", "500", "500", "", "", "", ""),
        credit("20260305", "HK$500", "马敏", reference),
        credit("20260305", "-500", "马敏", reference),
    ]
    found = take(desk, write(tmp_path / "b.csv", rows))
    assert [n.code for n in found.notes] == ["money_out", "not_a_payment", "wrong_currency", "credit_negative"]  # fmt: skip
    assert paid(desk, case) == 0


def test_a_serial_number_of_two_lines_books_the_first_and_tells_of_the_second(
    desk: DeskInHand, case: int, tmp_path: Path
) -> None:
    rows = [credit("20260305", "5", "马敏", reference_of(case), "S1")]
    rows += [credit("20260305", "5", "王芳", "货款", "S1")]
    found = take(desk, write(tmp_path / "b.csv", rows))
    assert [n.code for n in found.notes] == ["applied", "serial_repeated"]


def test_money_the_ledger_told_of_waits(desk: DeskInHand, case: int, tmp_path: Path) -> None:
    from bot.flows.ports.money import IncomingPayment

    told = IncomingPayment(case, 50_000, "CNY", "ledger", "1:50000", desk.now)
    desk.product.settler.receive(told, livemode=False)
    rows = [credit("20260309", "500", "马敏", reference_of(case))]
    found = take(desk, write(tmp_path / "b.csv", rows))
    assert [n.code for n in found.notes] == ["known_already"]
    assert paid(desk, case) == 50_000


def test_a_line_split_over_two_cases_pays_both_and_is_on_the_trail(
    desk: DeskInHand, case: int, tmp_path: Path
) -> None:
    other = desk.case(desk.one("SELECT id FROM portfolio"), due_on=DUE, amount=50_000, name="王芳")
    take(desk, write(tmp_path / "b.csv", [credit("20260305", "700", "李雷", "两笔")]))
    line, who, review = (
        desk.one("SELECT id FROM bank_line"),
        collector(desk),
        bank_review(desk.product),
    )
    with pytest.raises(ReviewError, match="sum_differs"):
        review.apply(line, who, {case: 20_000, other: 40_000})
    with pytest.raises(ReviewError, match="unknown_case"):
        review.apply(line, who, {case: 20_000, 999: 50_000})
    with pytest.raises(ReviewError, match="not_positive"):
        review.apply(line, who, {case: 70_000, other: 0})
    assert paid(desk, case) == 0
    review.apply(line, who, {case: 20_000, other: 50_000})
    assert (paid(desk, case), paid(desk, other)) == (20_000, 50_000)
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'bank_apply'") == 2
    with pytest.raises(ReviewError, match="moved_on"):
        review.apply(line, who, {case: 70_000})


def test_another_creditors_case_cannot_be_paid(desk: DeskInHand, case: int, tmp_path: Path) -> None:
    desk.portfolio("theirs", creditor_key="others")
    take(desk, write(tmp_path / "b.csv", [credit("20260305", "7")]), code="theirs")
    line = desk.one("SELECT id FROM bank_line")
    with pytest.raises(ReviewError, match="unknown_case"):
        bank_review(desk.product).apply(line, collector(desk), {case: 700})


def test_what_is_not_ours_can_be_looked_at_again(
    desk: DeskInHand, case: int, tmp_path: Path
) -> None:
    file = write(tmp_path / "b.csv", [credit("20260305", "7")])
    take(desk, file)
    line, who, review = (
        desk.one("SELECT id FROM bank_line"),
        collector(desk),
        bank_review(desk.product),
    )
    review.not_ours(line, who)
    assert take(desk, file).figures.known == 1
    with pytest.raises(ReviewError, match="moved_on"):
        review.not_ours(line, who)
    review.look_again(line, who)
    assert states(desk) == ["review"]


def test_what_payer_and_remark_say_is_sealed(desk: DeskInHand, case: int, tmp_path: Path) -> None:
    take(desk, write(tmp_path / "b.csv", [credit("20260305", "7", "欧阳明华", "房租")]))
    row = str(desk.sql("SELECT bank_line::text FROM bank_line"))
    assert "欧阳" not in row
    assert "欧阳".encode().hex() not in row


def test_files_that_cannot_be_used_are_refused(desk: DeskInHand, case: int, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("一,二,三\n1,2,3\n", "utf-8")
    with pytest.raises(UnusableFileError) as refused:
        take(desk, tmp_path / "b.csv")
    assert refused.value.code == "no_header"
    with pytest.raises(UnusableFileError) as refused:
        take(desk, write(tmp_path / "c.csv", []))
    assert refused.value.code == "no_rows"
    with pytest.raises(UnusableFileError) as refused:
        take(desk, write(tmp_path / "d.csv", [credit("20260305", "7")]), code="nowhere")
    assert refused.value.code == "portfolio_unknown"
