"""Plans and reductions on the case's page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from console_browser import Browser, add_person
from desk_kit import DeskInHand
from plan_kit import DUE, LIMITS, opened, plan_state

from bot.app.granting import instalments
from bot.domain.instalments import Wish


@pytest.fixture
def case(desk: DeskInHand) -> int:
    add_person(desk, "chen", "陈静")
    add_person(desk, "wu", "吴组长", "lead")
    return opened(desk, replace(LIMITS, accept_by_rule=False))


def enter(desk: DeskInHand, login: str, case: int) -> Browser:
    browser = Browser(desk, login)
    browser.log_in()
    browser.get(f"/cases/{case}")
    return browser


def test_a_debtors_proposal_is_seen_and_accepted(desk: DeskInHand, case: int) -> None:
    found = instalments(desk.product).ask(case, Wish(3), source="page", reply_id=None)
    browser = enter(desk, "chen", case)
    assert "待答复" in browser.page
    assert "欠款人网页申请" in browser.page
    browser.post(f"/cases/{case}/plan", do="accept", plan=found.plan_id)
    assert "已接受分期" in browser.page
    assert "执行中" in browser.page
    assert plan_state(desk, case) == "active"
    browser.post(f"/cases/{case}/plan", do="withdraw", plan=found.plan_id)
    assert plan_state(desk, case) == "withdrawn"


def test_a_proposal_is_declined(desk: DeskInHand, case: int) -> None:
    found = instalments(desk.product).ask(case, Wish(3), source="page", reply_id=None)
    enter(desk, "chen", case).post(f"/cases/{case}/plan", do="decline", plan=found.plan_id)
    assert plan_state(desk, case) == "declined"


def test_a_collector_agrees_a_plan_within_the_limits_only(desk: DeskInHand, case: int) -> None:
    browser, path = enter(desk, "chen", case), f"/cases/{case}/plan"
    browser.post(path, do="agree", periods="9", first_on="2026-03-12", first="")
    assert "期数超过本业务线的上限" in browser.page
    browser.post(path, do="agree", periods="x", first_on="2026-03-12", first="")
    assert "看不懂" in browser.page
    browser.post(path, do="agree", periods="3", first_on="2026-03-12", first="800")
    assert "分期已生效" in browser.page
    assert plan_state(desk, case) == "active"


def test_a_reduction_is_asked_by_one_and_approved_by_another(desk: DeskInHand, case: int) -> None:
    browser, path = enter(desk, "chen", case), f"/cases/{case}/reduction"
    browser.post(path, do="ask", amount="500", reason="hardship", note="失业")
    assert "已提交" in browser.page
    assert "要由另一位组长或管理员批准" in browser.page
    request = desk.one("SELECT id FROM reduction")
    browser.post(path, do="approve", reduction=request)
    assert "不能批准自己的申请" in browser.page
    lead = enter(desk, "wu", case)
    assert "失业" in lead.page
    assert lead.get("/reductions").text.count(f"案件 {case}<") == 1
    lead.get(f"/cases/{case}")
    lead.post(path, do="approve", reduction=request)
    assert "减免已入账" in lead.page
    assert desk.one("SELECT owed_minor FROM debt") == 150_000


def test_what_was_typed_wrong_is_told(desk: DeskInHand, case: int) -> None:
    browser, path = enter(desk, "chen", case), f"/cases/{case}/reduction"
    for fields, said in (
        ({"amount": "x", "reason": "hardship"}, "减免金额要大于零"),
        ({"amount": "9999", "reason": "hardship"}, "减免金额超过欠款"),
        ({"amount": "5", "reason": ""}, "请选择减免原因"),
        ({"amount": "5", "reason": "other", "pay_by": "soon"}, "日期看不懂"),
    ):
        browser.post(path, do="ask", **fields)
        assert said in browser.page
    browser.post(path, token="wrong", do="ask", amount="5", reason="other")
    assert desk.one("SELECT count(*) FROM reduction") == 0


def test_a_lead_charges_a_fee_where_the_pack_allows_it_and_gives_it_up(desk: DeskInHand) -> None:
    add_person(desk, "chen", "陈静")
    add_person(desk, "wu", "吴组长", "lead")
    case = with_fees(desk)
    debt = desk.one("SELECT id FROM debt WHERE case_id = %s", case)
    assert (
        enter(desk, "chen", case)
        .post(
            f"/cases/{case}/fee",
            do="charge",
            debt=debt,
            amount="15",
            reason="late_payment",
            key="k",
        )
        .status_code
        == 403
    )
    browser, asked = enter(desk, "wu", case), {"debt": debt, "key": "k"}
    browser.post(f"/cases/{case}/fee", do="charge", amount="x", reason="late_payment", **asked)
    assert "金额要大于零" in browser.page
    browser.post(f"/cases/{case}/fee", do="charge", amount="15", reason="late_payment", **asked)
    assert "费用已计入" in browser.page
    assert "其中费用 15.00元" in browser.page
    browser.post(f"/cases/{case}/fee", do="waive", amount="15", debt=debt, key="w")
    assert "费用已免除" in browser.page
    assert desk.one("SELECT owed_minor FROM debt WHERE id = %s", debt) == 200_000


def with_fees(desk: DeskInHand) -> int:
    """A case whose pack allows fees and whose portfolio has a limit of them."""
    book = desk.portfolio(packs=["uk"])
    with desk.product.transactions() as store:
        store.save_limits(book, replace(LIMITS, fee_minor=10_000))
    return desk.case(book, due_on=DUE)
