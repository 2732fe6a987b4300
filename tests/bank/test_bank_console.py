"""The console's pages of bank statements: upload, decide, split."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pytest
from console_browser import Browser, add_person
from desk_kit import DeskInHand
from statement_kit import credit, write

from bot.domain.transfer_reference import reference_of
from bot.flows.ports.money import NoticeKind, PaymentNotice

DUE = date(2026, 3, 1)


@pytest.fixture
def case(desk: DeskInHand) -> int:
    add_person(desk)
    return desk.case(desk.portfolio(), due_on=DUE)


@pytest.fixture
def browser(desk: DeskInHand, case: int) -> Browser:
    found = Browser(desk)
    found.log_in()
    return found


def upload(browser: Browser, path: Path, **fields: str) -> None:
    browser.get("/bank")
    browser.send(
        "/bank", {"file": (path.name, io.BytesIO(path.read_bytes()))}, portfolio="loans", **fields
    )


def paid(desk: DeskInHand, case_id: int) -> int:
    return int(desk.one("SELECT sum(paid_minor) FROM debt WHERE case_id = %s", case_id))


def test_a_statement_is_tried_then_imported_and_its_report_told(
    desk: DeskInHand, browser: Browser, case: int, tmp_path: Path
) -> None:
    rows = [credit("20260305", "500", "马敏", reference_of(case)), credit("20260305", "7", "路人")]
    file = write(tmp_path / "b.csv", rows, "gb18030")
    upload(browser, file, do="try")
    assert "试运行，没有写入" in browser.page
    assert paid(desk, case) == 0
    upload(browser, file, do="import")
    assert "入账 1 笔（500.00元）" in browser.page
    assert paid(desk, case) == 50_000
    browser.get("/")
    assert re.search(r"银行流水 <b>1</b></a>", browser.page)


def test_one_click_applies_a_line_to_the_candidate_beside_others(
    desk: DeskInHand, browser: Browser, case: int, tmp_path: Path
) -> None:
    upload(browser, write(tmp_path / "b.csv", [credit("20260305", "33", "马敏")]), do="import")
    line = desk.one("SELECT id FROM bank_line")
    browser.get(f"/bank/{line}")
    assert "付款人与债务人同名" in browser.page
    assert "金额大于本案的欠款" not in browser.page
    assert "马敏" not in re.sub(r"<h1>.*?</h1>", "", browser.page, flags=re.DOTALL)  # masked
    browser.post(f"/bank/{line}", do="all", case=case)
    assert "已入账" in browser.page
    assert paid(desk, case) == 3_300
    desk.sql("UPDATE debt SET amount_minor = 3400")
    browser.get(f"/bank/{line}")
    assert "金额大于本案的欠款" in browser.page
    browser.post(f"/bank/{line}", do="all", case=case)
    assert paid(desk, case) == 3_300


def test_a_line_is_found_by_contract_split_set_aside_and_taken_back(
    desk: DeskInHand, browser: Browser, case: int, tmp_path: Path
) -> None:
    other = desk.case(desk.one("SELECT id FROM portfolio"), due_on=DUE, name="王芳")
    rows = [credit("20260305", "33.30", "路人"), credit("20260306", "1", "路人")]
    upload(browser, write(tmp_path / "b.csv", rows), do="import")
    first, second = (row[0] for row in desk.sql("SELECT id FROM bank_line ORDER BY id"))
    contract = desk.one("SELECT contract FROM debt WHERE case_id = %s", other)
    browser.get(f"/bank/{first}?q={contract}")
    assert f"案件 {other}" in browser.page
    browser.post(f"/bank/{first}", do="split", case0=case, sum0="30", case1=other, sum1="3.31")
    assert "金额之和不等于" in browser.page
    browser.post(f"/bank/{first}", do="split", case0=case, sum0="30", case1=other, sum1="3.30")
    assert (paid(desk, case), paid(desk, other)) == (3_000, 330)
    browser.get(f"/bank/{second}")
    browser.post(f"/bank/{second}", do="not_ours")
    browser.get(f"/bank/{second}")
    browser.post(f"/bank/{second}", do="again")
    assert desk.one("SELECT state FROM bank_line WHERE id = %s", second) == "review"


def test_what_cannot_be_read_gets_a_clear_answer(
    desk: DeskInHand, browser: Browser, case: int, tmp_path: Path
) -> None:
    (tmp_path / "b.csv").write_text("一,二\n1,2\n", "utf-8")
    upload(browser, tmp_path / "b.csv", do="import")
    assert "没有找到表头" in browser.page
    upload(browser, write(tmp_path / "c.csv", [credit("20260305", "7")]), do="import", map="进账")
    assert "--map" in browser.page
    browser.post("/bank", do="import")
    assert "请选择资产包和流水文件" in browser.page


def test_a_large_statement_is_taken_and_a_huge_one_is_told(
    desk: DeskInHand, browser: Browser, case: int, tmp_path: Path
) -> None:
    rows = [credit("20260305", "7", "路人", "x" * 100)] + [("合计", "y" * 2000)] * 1000
    upload(browser, write(tmp_path / "b.csv", rows), do="try")
    assert "待核对 1 笔" in browser.page
    (tmp_path / "c.csv").write_bytes(b"1," * (17 << 20))
    upload(browser, tmp_path / "c.csv", do="import")
    assert "文件太大" in browser.page


def test_a_form_without_its_token_changes_nothing(
    desk: DeskInHand, browser: Browser, case: int, tmp_path: Path
) -> None:
    upload(browser, write(tmp_path / "b.csv", [credit("20260305", "7")]), do="import")
    line = desk.one("SELECT id FROM bank_line")
    browser.post(f"/bank/{line}", token="wrong", do="not_ours")
    assert desk.one("SELECT state FROM bank_line") == "review"


def test_a_booked_line_is_undone_with_a_reason_and_waits_again(
    desk: DeskInHand, browser: Browser, case: int, tmp_path: Path
) -> None:
    rows = [credit("20260305", "500", "马敏", reference_of(case))]
    upload(browser, write(tmp_path / "b.csv", rows), do="import")
    line = desk.one("SELECT id FROM bank_line")
    browser.get(f"/bank/{line}")
    assert "撤销入账" in browser.page
    browser.post(f"/bank/{line}", do="undo", reason="")
    assert "请选择撤销的原因" in browser.page
    assert paid(desk, case) == 50_000
    browser.post(f"/bank/{line}", do="undo", reason="wrong_case")
    assert "已撤销，这一笔回到待核对" in browser.page
    assert paid(desk, case) == 0
    browser.get(f"/cases/{case}")
    assert "已撤销 500.00元" in browser.page
    assert "入账撤销，款项扣回 500.00元" in browser.page
    browser.get(f"/bank/{line}")
    browser.post(f"/bank/{line}", do="undo", reason="wrong_case")
    assert "没有入账（或已撤销）" in browser.page


def test_every_look_at_who_paid_is_on_the_trail(
    desk: DeskInHand, browser: Browser, case: int, tmp_path: Path
) -> None:
    browser.get("/bank")
    looks = "SELECT data FROM audit WHERE action = 'bank_look' ORDER BY id"
    assert desk.sql(looks) == []  # there was nothing to see
    upload(browser, write(tmp_path / "b.csv", [credit("20260305", "7", "路人")]), do="import")
    line = desk.one("SELECT id FROM bank_line")
    browser.get("/bank")
    browser.get(f"/bank/{line}")
    assert [row[0] for row in desk.sql(looks)] == [{"lines": [line]}] * 3


def test_a_notice_that_somebody_settled_is_dismissed_with_how(
    desk: DeskInHand, browser: Browser
) -> None:
    refund = PaymentNotice("stripe", "evt_1", NoticeKind.REFUNDED, "", 500, "CNY", desk.now, "pi_1")
    assert desk.product.settler.notice(refund) == "waiting"
    notice = desk.one("SELECT id FROM payment_notice")
    browser.get("/bank")
    assert "原付款还没有收到" in browser.page
    browser.post(f"/bank/notices/{notice}", reason="")
    assert "请选择怎样处理的" in browser.page
    browser.post(f"/bank/notices/{notice}", reason="settled_at_provider")
    assert "告警解除" in browser.page
    assert "原付款还没有收到" not in browser.page
    assert desk.one("SELECT count(*) FROM alarm WHERE cleared_at IS NULL") == 0
    told = desk.one("SELECT data FROM audit WHERE action = 'notice_dismissed'")
    assert told == {"notice": notice, "was": "waiting", "reason": "settled_at_provider"}
    browser.post(f"/bank/notices/{notice}", reason="other")
    assert "已经处理过" in browser.page
