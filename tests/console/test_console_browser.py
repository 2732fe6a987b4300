"""A collector's morning, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from browser_fixtures import DESKTOP, PHONE, chromium, in_a_browser, kept_picture, shown, too_wide
from desk_kit import DeskInHand, shanghai
from scene import PASSWORD, add_person, busy_desk, handed_off

pytestmark = in_a_browser
__all__ = ["chromium", "kept_picture"]

#: Whether the row of this number has the focus.
CHOSEN = "n => document.querySelectorAll('[data-row]')[n] === document.activeElement"


def log_in(page: Any, desk: DeskInHand) -> None:
    page.goto(f"{desk.url}/console/")
    page.get_by_label("账号").fill("chen")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    shown(page, page.get_by_role("heading", name="转人工"))


def test_a_collectors_morning(desk: DeskInHand, chromium: Any, kept_picture: Any) -> None:
    scene = busy_desk(desk)
    add_person(desk)
    desk.set_now(shanghai("2026-03-13 10:00"))
    case = scene.cases["promise"]
    with chromium(DESKTOP) as page:
        log_in(page, desk)
        first = page.locator(".line").first
        assert "投诉" in first.inner_text()
        kept_picture(page, "queue")
        page.get_by_role("button", name="领取 马*：申请分期").click()
        shown(page, page.get_by_text("已领取，机器人不会再联系这件案件"))
        assert page.locator("mark", has_text="分期").count() >= 1
        assert "承诺 3月13日 还 500.00元" in page.locator("#story").inner_text()
        page.get_by_role("button", name="显示全部").click()
        shown(page, page.get_by_role("heading", name="马敏"))
        message = page.get_by_role("textbox", name="发短信")
        message.fill("再不还就让你后悔")
        page.locator("#draft .late", has_text="后悔").wait_for()
        page.locator("[data-fill]").first.click()
        page.locator("#draft .sample", has_text="晨光消费金融").wait_for()
        kept_picture(page, "case")
        message.fill("您好，分期的事今天下午给您答复。")
        page.get_by_role("button", name="发送", exact=True).click()
        shown(page, page.get_by_text("短信已交给发送队列"))
        page.get_by_role("textbox", name="备注").fill("本人接听，周五发薪先还500")
        page.get_by_role("button", name="保存备注").click()
        shown(page, page.get_by_text("陈静 的备注"))
        page.locator("summary", has_text="承诺还款").click()
        page.locator(".record [name=promise_date]").fill("2026-03-14")
        page.locator(".record [name=promise_amount]").fill("500")
        page.get_by_role("button", name="记下承诺").click()
        page.get_by_text("已记下承诺：3月14日").wait_for()
        page.get_by_role("button", name="交还机器人").click()
        shown(page, page.get_by_text("已交还机器人"))
        assert page.locator(".line", has_text="马*").count() == 0
    assert desk.state(case) == "promised"
    desk.send()
    assert "今天下午给您答复" in desk.texts(case)[-1]


def test_the_list_is_worked_with_the_keyboard_alone_and_grows_by_itself(
    desk: DeskInHand, chromium: Any
) -> None:
    scene = busy_desk(desk)
    add_person(desk)
    with chromium(DESKTOP) as page:
        log_in(page, desk)
        page.keyboard.press("?")
        page.get_by_role("heading", name="快捷键").wait_for()
        page.keyboard.press("Escape")
        before = page.locator(".line").count()
        handed_off(desk, "我要找人工客服", name="诸葛孔明")
        page.locator(".line", has_text="诸葛").wait_for()
        assert page.locator(".line").count() == before + 1
        page.keyboard.press("j")
        page.keyboard.press("c")
        shown(page, page.get_by_text("已领取，机器人不会再联系这件案件"))
        page.keyboard.press("m")
        page.keyboard.type("写到一半")
        page.reload()
        assert page.get_by_role("textbox", name="发短信").input_value() == "写到一半"
        case = int(page.url.rsplit("/", 1)[1])
        desk.reply(case, "你们到底管不管")
        page.get_by_text("这件案件有新动静").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("u")
        page.wait_for_url("**/console/")
        page.keyboard.press("3")
        page.wait_for_url("**show=mine**")
        page.keyboard.press("j")
        page.keyboard.press("s")
        page.get_by_role("button", name="4小时").click()
        page.get_by_text("已搁置").first.wait_for()
    assert desk.one("SELECT count(*) FROM handoff WHERE aside_until IS NOT NULL") == 1
    assert scene.cases


def test_the_list_is_walked_with_the_keyboard(desk: DeskInHand, chromium: Any) -> None:
    scene = busy_desk(desk)
    add_person(desk)
    with chromium(DESKTOP) as page:
        log_in(page, desk)
        for key in "jjjk":
            page.keyboard.press(key)
        # The list may be drawn anew at any moment; what was chosen stays chosen.
        page.wait_for_function(CHOSEN, arg=1)
        target = page.locator("[data-row]").nth(1).get_attribute("href")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{target}")
        page.keyboard.press("n")
        page.keyboard.type("jk/u")
        assert page.get_by_role("textbox", name="备注").input_value() == "jk/u"
        page.keyboard.press("Escape")
        page.keyboard.press("u")
        page.wait_for_url("**/console/")
        page.keyboard.press("/")
        page.keyboard.type("13800137001")
        page.keyboard.press("Enter")
        page.wait_for_url("**/cases/*")
    assert scene.cases


def test_the_clock_is_moved_from_the_page(desk: DeskInHand, chromium: Any) -> None:
    add_person(desk)
    desk.portfolio()
    with chromium(DESKTOP) as page:
        log_in(page, desk)
        page.locator(".clock:has(time) summary").click()
        page.get_by_role("button", name="到早上9点").click()
        page.locator(".clock time", has_text="3月10日 09:00").wait_for()


def test_a_reading_is_corrected_and_the_note_comes_along(desk: DeskInHand, chromium: Any) -> None:
    scene = busy_desk(desk)
    add_person(desk)
    with chromium(DESKTOP) as page:
        log_in(page, desk)
        page.goto(f"{desk.url}/console/cases/{scene.cases['promise']}")
        note = page.get_by_role("textbox", name="备注")
        plea = page.locator(".entry.reply", has_text="能不能分期")
        promise = page.locator(".entry.reply", has_text="明天下午先还500")
        note.fill("说的是反话")
        plea.locator(".fix-quick button").first.click()
        page.get_by_text("说的是反话", exact=True).wait_for()
        shown(page, plea.get_by_text("已改正"))
        note.fill("电话里说三百")
        promise.locator("summary").click()
        promise.get_by_label("承诺金额").fill("300")
        promise.get_by_label("承诺金额").press("Enter")
        page.get_by_text("电话里说三百", exact=True).wait_for()
        promise.get_by_text("500.00元 → 300.00元").wait_for()
    assert desk.one("SELECT count(*) FROM correction") == 2


@pytest.mark.parametrize("size", [PHONE, DESKTOP, (1024, 768)])
def test_no_page_is_wider_than_its_window(
    desk: DeskInHand, chromium: Any, size: tuple[int, int]
) -> None:
    scene = busy_desk(desk)
    add_person(desk)
    with chromium(size) as page:
        page.goto(f"{desk.url}/console/login")
        assert too_wide(page) <= 0
        log_in(page, desk)
        assert too_wide(page) <= 0
        for case in scene.cases.values():
            page.goto(f"{desk.url}/console/cases/{case}")
            assert too_wide(page) <= 0
