"""One case: the whole story on one page, and buttons that are safe to press late."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from html.parser import HTMLParser

import pytest
from desk_kit import DeskInHand, shanghai
from scene import Browser, add_person, handed_off


@pytest.fixture
def browser(desk: DeskInHand) -> Browser:
    add_person(desk)
    logged_in = Browser(desk)
    logged_in.log_in()
    return logged_in


def attributes(page: str) -> tuple[set[str], set[str]]:
    """Names and values of every attribute, as a browser reads them."""
    names: set[str] = set()
    values: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            names.update(name for name, _ in attrs)
            values.update(value or "" for _, value in attrs)

    Reader().feed(page)
    return names, values


def opened(browser: Browser, case: int) -> str:
    return browser.get(f"/cases/{case}").text


def claimed(browser: Browser, case: int) -> None:
    opened(browser, case)
    assert browser.act(case, "claim").status_code == 200


def test_the_page_tells_who_owes_what_and_everything_that_was_said(
    desk: DeskInHand, browser: Browser
) -> None:
    case = handed_off(desk, "明天下午还500")
    desk.reply(case, "我要找人工客服")
    page = opened(browser, case)
    for told in (
        "马*",
        "+86138****",
        "2,000.00元",
        "逾期1–5天",
        "已转人工，机器人不再联系",
        "承诺 3月11日 还 500.00元",
        "还款提醒 · 短信",
        "已送达",
        "转人工：要求人工",
        "第1版",
        "把握",
    ):
        assert told in page, told
    assert '<mark title="承诺日期">明天下午</mark>' in page


def test_a_case_that_is_not_there_is_not_found(browser: Browser) -> None:
    assert browser.get("/cases/999").status_code == 404
    assert "没有这一页" in browser.page
    assert browser.post("/cases/999", do="note", note="x").status_code == 404
    assert browser.post("/cases/999/reveal").status_code == 404


def test_what_people_wrote_cannot_run_on_the_page(desk: DeskInHand, browser: Browser) -> None:
    text = "我要找人工客服 <img src=x onerror=alert(1)>\"'"
    case = handed_off(desk, text, name="<b>马</b>")
    opened(browser, case)
    browser.act(case, "note", note="</textarea><script>alert(2)</script>")
    page = opened(browser, case)
    assert "<img" not in page
    assert "<script>" not in page
    assert "&lt;script&gt;alert(2)" in page
    names, values = attributes(page)
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert not [value for value in values if value.strip().startswith("javascript:")]


def test_the_link_a_debtor_got_does_not_open_from_the_console(
    desk: DeskInHand, browser: Browser
) -> None:
    case = handed_off(desk)
    [token] = re.findall(r"/p/([\w-]+)", " ".join(desk.texts(case)))
    page = opened(browser, case)
    assert token not in page
    assert "/p/…" in page


def test_name_and_numbers_are_shown_in_full_only_after_a_trace(
    desk: DeskInHand, browser: Browser
) -> None:
    case = handed_off(desk, phone="+8613800137001")
    assert "马敏" not in opened(browser, case)
    assert "3800137001" not in browser.page
    page = browser.post(f"/cases/{case}/reveal").text
    assert "马敏" in page
    assert "+8613800137001" in page
    assert desk.sql("SELECT action, case_id FROM audit WHERE action = 'reveal'") == [
        ("reveal", case)
    ]
    assert "马敏" not in browser.get("/").text
    opened(browser, case)
    assert "马敏" not in browser.post(f"/cases/{case}/reveal", cover="1").text


def test_revealing_one_case_covers_the_one_before(desk: DeskInHand, browser: Browser) -> None:
    first, second = handed_off(desk), handed_off(desk, name="周文博")
    opened(browser, first)
    browser.post(f"/cases/{first}/reveal")
    assert "周文博" in browser.post(f"/cases/{second}/reveal").text
    assert "马敏" not in opened(browser, first)


def test_of_two_who_claim_at_once_one_wins_and_the_other_sees_who(
    desk: DeskInHand, browser: Browser
) -> None:
    add_person(desk, "wang", "王磊")
    other = Browser(desk, "wang")
    other.log_in()
    case = handed_off(desk)
    both = (browser, other)
    for each in both:
        opened(each, case)
    with ThreadPoolExecutor(2) as executor:
        codes = list(executor.map(lambda b: b.act(case, "claim", note="我来").status_code, both))
    assert sorted(codes) == [200, 409]
    winner, loser = sorted(both, key=lambda b: codes[both.index(b)])
    name = {"chen": "陈静", "wang": "王磊"}[winner.login]
    assert f"这件案件刚被{name}领取了" in loser.page
    assert desk.one("SELECT count(*) FROM handoff WHERE state = 'claimed'") == 1


def test_claiming_twice_is_harmless(desk: DeskInHand, browser: Browser) -> None:
    case = handed_off(desk)
    opened(browser, case)
    handoff = browser.handoff
    for _ in range(2):
        answer = browser.post(f"/cases/{case}", do="claim", handoff=handoff)
        assert answer.status_code == 200


def test_a_note_is_kept_with_its_author(desk: DeskInHand, browser: Browser) -> None:
    case = handed_off(desk)
    opened(browser, case)
    browser.act(case, "note", note="  本人接听，约周五  ")
    assert "陈静 的备注" in browser.page
    assert "本人接听，约周五</blockquote>" in browser.page
    assert browser.act(case, "note", note="  ").status_code == 409
    assert "备注还是空的" in browser.page


def test_returning_gives_the_case_back_to_the_bot(desk: DeskInHand, browser: Browser) -> None:
    case = handed_off(desk)
    claimed(browser, case)
    answer = browser.act(case, "return", note="已说明，恢复提醒")
    assert answer.url == f"{desk.url}/console/"
    assert desk.state(case) == "active"
    assert desk.one("SELECT state FROM handoff") == "closed"
    assert desk.one("SELECT count(*) FROM note") == 1
    for day in range(11, 17):
        desk.step(shanghai(f"2026-03-{day} 00:10"))
        desk.step(shanghai(f"2026-03-{day} 13:40"))
    assert len(desk.texts(case)) > 2


def test_releasing_puts_the_case_back_into_the_list(desk: DeskInHand, browser: Browser) -> None:
    case = handed_off(desk)
    claimed(browser, case)
    browser.act(case, "release")
    assert desk.sql("SELECT state, claimed_by FROM handoff") == [("open", None)]


def test_closing_wants_a_reason_from_the_list(desk: DeskInHand, browser: Browser) -> None:
    case = handed_off(desk)
    claimed(browser, case)
    for wrong in ("", "made up"):
        assert browser.act(case, "close", reason=wrong).status_code == 409
        assert "请选择关闭原因" in browser.page
    browser.act(case, "close", reason="legal")
    assert desk.state(case) == "closed"
    assert "人工关闭案件：转法务" in opened(browser, case)


@pytest.mark.parametrize("do", ["return", "close", "release"])
def test_only_the_one_who_claimed_it_moves_a_case(
    desk: DeskInHand, browser: Browser, do: str
) -> None:
    case = handed_off(desk)
    opened(browser, case)
    assert browser.act(case, do, reason="legal").status_code == 409
    assert "请先领取案件" in browser.page
    other = add_person(desk, "wang", "王磊")
    desk.product.desk.claim(int(browser.handoff), other)
    assert browser.act(case, do, reason="legal").status_code == 409
    assert "现在由王磊处理" in browser.page
    assert desk.state(case) == "handed_off"


def test_a_button_pressed_after_the_money_came_loses_nothing(
    desk: DeskInHand, browser: Browser
) -> None:
    from bot.flows.ports.money import IncomingPayment

    case = handed_off(desk)
    claimed(browser, case)
    handoff = browser.handoff
    payment = IncomingPayment(case, 200_000, "CNY", "bank", "r1", desk.now)
    desk.product.settler.receive(payment, livemode=False)
    answer = browser.post(f"/cases/{case}", do="return", handoff=handoff, note="约了周五")
    assert answer.status_code == 409
    assert "案件的状态已经变了" in browser.page
    assert "约了周五</blockquote>" in browser.page
    assert "到账 2,000.00元" in browser.page
    assert desk.state(case) == "closed"


def test_a_verdict_is_told_in_the_words_of_its_rule(desk: DeskInHand, browser: Browser) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.sql(
        "INSERT INTO verdict (case_id, stage, outcome, rule, pack, facts, at) "
        "VALUES (%s, 'plan', 'deny', 'base.optout.number', 'base', '{}', %s)",
        case,
        desk.now,
    )
    from bot.policy.rulebook import reason_zh

    page = opened(browser, case)
    assert f"合规排程时不允许：{reason_zh('base.optout.number')}" in page


@pytest.mark.parametrize(
    ("day", "told"),
    [("2026-03-10 00:10", "还款提醒 · 短信"), ("2026-03-10 14:00", "今天已联系过")],
)
def test_the_next_touch_or_why_there_is_none(
    desk: DeskInHand, browser: Browser, day: str, told: str
) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai(day))
    [card] = re.findall(r"<h2>下一步</h2>(.*?)</div>", opened(browser, case), re.DOTALL)
    assert told in card


def test_what_keeps_a_touch_from_going_out_is_named_beside_it(
    desk: DeskInHand, browser: Browser
) -> None:
    book = desk.portfolio()
    case = desk.case(book, due_on=date(2026, 3, 8))
    other = desk.case(desk.portfolio("other"), due_on=date(2026, 3, 8))
    who = desk.one("SELECT id FROM collector")
    assert "已停止外发" not in opened(browser, case)
    desk.product.halts.stop("loans", who, "系统对账")
    desk.sql("UPDATE sender SET stopped_reason = 'carrier refused: 20003', stopped_at = now()")
    desk.sql(
        "INSERT INTO approval (kind, subject, portfolio_id, data, asked_by, asked_at) "
        "VALUES ('go_live', 'loans', %s, '{}', %s, now())",
        *(book, who),
    )
    page = opened(browser, case)
    assert "本资产包已停止外发：系统对账（陈静）" in page
    assert "已停用：carrier refused: 20003" in page
    assert "陈静已申请转正式，等第二人批准" in page
    assert "系统对账（陈静）" not in opened(browser, other)
    desk.product.halts.stop(None, None, "监管检查")
    assert "全部业务已停止外发：监管检查（命令行）" in opened(browser, other)
