"""The list: the urgent case first, nothing personal, nothing that runs."""

from __future__ import annotations

import re
from datetime import date

import pytest
from desk_kit import DeskInHand, shanghai
from scene import Browser, add_person, handed_off


@pytest.fixture
def browser(desk: DeskInHand) -> Browser:
    add_person(desk)
    logged_in = Browser(desk)
    logged_in.log_in()
    return logged_in


def reasons(page: str) -> list[str]:
    """The reasons in the order of the list."""
    return re.findall(r"data-row>([^<]+)</a>", page)


def test_an_empty_desk_says_so(browser: Browser) -> None:
    assert "没有等人处理的案件" in browser.get("/").text


def test_the_urgent_come_first_then_the_nearest_deadline(
    desk: DeskInHand, browser: Browser
) -> None:
    handed_off(desk, "上个月失业了，实在没钱还")
    handed_off(desk, "我要投诉你们")
    handed_off(desk, "我要找人工客服")
    assert reasons(browser.get("/").text) == ["投诉", "要求人工", "还款困难"]


def test_what_is_late_stands_out_until_somebody_claims_it(
    desk: DeskInHand, browser: Browser
) -> None:
    case = handed_off(desk)
    assert "还剩3小时" in browser.get("/").text or "还剩4小时" in browser.page
    desk.set_now(shanghai("2026-03-10 18:50"))
    assert "超时1小时" in browser.get("/").text
    assert "1 件超时未领" in browser.page
    browser.get(f"/cases/{case}")
    browser.act(case, "claim")
    assert "超时" not in browser.get("/").text.replace("件超时未领", "")
    assert "1 件在我手上" in browser.page


def test_names_are_masked_and_cannot_run(desk: DeskInHand, browser: Browser) -> None:
    handed_off(desk, name="<script>alert(1)</script>有限公司")
    handed_off(desk, name="诸葛孔明")
    page = browser.get("/").text
    assert "<script>alert" not in page
    assert "诸葛**" in page
    assert "孔明" not in page


def test_test_mode_is_marked(desk: DeskInHand, browser: Browser) -> None:
    handed_off(desk)
    assert '<span class="badge test">测试</span></span>' not in browser.get("/").text
    assert browser.page.count("badge test") == 2  # the clock and the case


def test_filters_narrow_the_list(desk: DeskInHand, browser: Browser) -> None:
    mine = handed_off(desk, "我要投诉你们")
    handed_off(desk, "我要找人工客服")
    other_book = desk.portfolio("trade", name="供应链应收", creditor_key="yuanshan")
    far = desk.case(other_book, due_on=date(2026, 3, 9))
    desk.step(shanghai("2026-03-11 13:40"))
    desk.reply(far, "请让人工联系我")
    browser.get(f"/cases/{mine}")
    browser.act(mine, "claim")
    assert reasons(browser.get("/?reason=complaint").text) == ["投诉"]
    assert reasons(browser.get("/?portfolio=trade").text) == ["要求人工"]
    assert reasons(browser.get("/?mine=1").text) == ["投诉"]
    assert "没有符合条件的案件" in browser.get("/?portfolio=trade&mine=1").text


def test_a_reply_waits_until_a_collector_has_dealt_with_it(
    desk: DeskInHand, browser: Browser
) -> None:
    case = handed_off(desk)
    assert ">有回复<" in browser.get("/").text
    browser.get(f"/cases/{case}")
    browser.act(case, "claim")
    assert ">有回复<" not in browser.get("/").text
    desk.set_now(shanghai("2026-03-10 15:00"))
    desk.reply(case, "怎么还没人找我")
    assert ">有回复<" in browser.get("/").text
    browser.get(f"/cases/{case}")
    desk.set_now(shanghai("2026-03-10 15:10"))
    browser.act(case, "note", note="已回电")
    assert ">有回复<" not in browser.get("/").text


def test_standing_alarms_are_on_top(desk: DeskInHand, browser: Browser) -> None:
    desk.sql(
        "INSERT INTO alarm (kind, subject, message, at) "
        "VALUES ('sender_stopped', '1', '<b>30002</b>', now())"
    )
    page = browser.get("/").text
    assert "发送号码已停用" in page
    assert "&lt;b&gt;30002" in page


@pytest.mark.parametrize("query", ["13800137001", "+86 138 0013 7001", "０１３８-0013-7001"])
def test_a_case_is_found_by_phone(desk: DeskInHand, browser: Browser, query: str) -> None:
    case = handed_off(desk, phone="+8613800137001")
    query = query.replace("０１３８", "138")
    answer = browser.post("/search", q=query)
    assert answer.url == f"{desk.url}/console/cases/{case}"


def test_a_case_is_found_by_contract(desk: DeskInHand, browser: Browser) -> None:
    case = handed_off(desk)
    contract = desk.one("SELECT contract FROM debt WHERE case_id = %s", case)
    assert browser.post("/search", q=f" {contract} ").url.endswith(f"/cases/{case}")


def test_a_search_that_finds_several_lists_them_masked(desk: DeskInHand, browser: Browser) -> None:
    first = handed_off(desk, phone="+8613800137009")
    second_book = desk.portfolio("second", name="现金贷")
    debtor = desk.one("SELECT debtor_id FROM cases WHERE id = %s", first)
    desk.case(second_book, due_on=date(2026, 3, 8), debtor_id=debtor, phone="+8613800137009")
    page = browser.post("/search", q="13800137009").text
    assert page.count("data-row") == 2
    assert "马敏" not in page


def test_a_search_that_finds_nothing_says_how_to_ask(browser: Browser) -> None:
    assert "没有找到" in browser.post("/search", q="HT-none").text
    assert browser.post("/search", q="  ").url.endswith("/console/")


def test_the_test_clock_moves_with_everything_due_on_the_way(
    desk: DeskInHand, browser: Browser
) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.set_now(shanghai("2026-03-10 08:00"))
    browser.get("/")
    browser.post("/clock", by="1d")
    assert len(desk.texts(case)) == 1
    assert "3月11日 08:00" in browser.get("/").text


def test_the_test_clock_does_not_move_for_a_forged_form(desk: DeskInHand, browser: Browser) -> None:
    before = desk.now
    browser.get("/")
    browser.post("/clock", token="forged", by="1d")
    assert browser.post("/clock", by="1y").status_code == 400
    assert (desk.now - before).total_seconds() < 60
