"""A script worded anew in a real browser: written, seen on the telephone, compared, approved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from browser_fixtures import DESKTOP, PHONE, chromium, in_a_browser, kept_picture, too_wide
from console_browser import PASSWORD, add_person
from desk_kit import DeskInHand

pytestmark = in_a_browser
__all__ = ["chromium", "kept_picture"]

SCRIPT = "reminder.d1_5"


def log_in(page: Any, desk: DeskInHand, login: str) -> None:
    page.goto(f"{desk.url}/console/login")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)


def test_a_script_is_worded_anew_and_approved(
    desk: DeskInHand, chromium: Any, kept_picture: Callable[[Any, str], None]
) -> None:
    book = desk.portfolio()
    add_person(desk, "ops", "周宁", role="operations")
    add_person(desk, "lead", "陈静", role="lead")
    address = f"{desk.url}/console/scripts/{SCRIPT}/wording/{book}"
    with chromium(DESKTOP) as page:
        log_in(page, desk, "ops")
        page.goto(f"{desk.url}/console/scripts/{SCRIPT}")
        page.get_by_role("link", name="改写").click()
        text = page.locator('[id="text_zh-CN"]')
        shipped = text.input_value()
        text.fill(shipped + "不还就通知你单位。")
        page.get_by_role("button", name="保存草稿").click()
        page.locator(".flash.bad", has_text="通知你单位").wait_for()
        kept_picture(page, "wording-lint")
        text.fill(shipped.replace("可能是忙忘了", "想提醒您一声"))
        page.get_by_label("为什么改").fill("更客气")
        page.get_by_role("button", name="保存并提交批准").click()
        page.get_by_role("button", name="撤回申请").wait_for()
        assert page.locator("ins").first.inner_text() in "想提醒您一声"
    with chromium(DESKTOP, color_scheme="dark") as page:
        log_in(page, desk, "lead")
        page.goto(f"{desk.url}/console/approvals")
        page.get_by_role("link", name="去决定").click()
        page.get_by_text("想提醒您一声").first.wait_for()
        kept_picture(page, "wording-approve-dark")
        page.get_by_role("button", name="批准使用").click()
        page.get_by_text("使用中：第 1001 版").wait_for()
    with chromium(PHONE) as page:
        log_in(page, desk, "ops")
        page.goto(address)
        page.get_by_text("使用中：第 1001 版").wait_for()
        assert too_wide(page) <= 0
        kept_picture(page, "wording-phone")
