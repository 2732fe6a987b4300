"""What only a real browser shows: a session that ends in the middle of a form, keys, languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from browser_fixtures import DESKTOP, PHONE, chromium, in_a_browser, shown, too_wide
from desk_kit import DeskInHand
from scene import PASSWORD, add_person, handed_off

pytestmark = in_a_browser
__all__ = ["chromium"]

SHOTS = Path("test-output")


def log_in(page: Any, desk: DeskInHand, login: str = "chen") -> None:
    page.goto(f"{desk.url}/console/account")
    give(page, login)
    shown(page, page.get_by_role("heading", name="我的账户"))


def give(page: Any, login: str = "chen") -> None:
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_what_was_typed_survives_the_end_of_a_session(desk: DeskInHand, chromium: Any) -> None:
    me, case = add_person(desk), handed_off(desk)
    desk.sql("UPDATE handoff SET state = 'claimed', claimed_by = %s, claimed_at = now()", me)
    with chromium(DESKTOP) as page:
        log_in(page, desk)
        page.goto(f"{desk.url}/console/cases/{case}")
        note = page.locator("textarea[name=note]").first
        note.fill("周五发薪先还五百\n“其余月底”")
        desk.product.collectors.reset_password("chen", PASSWORD)
        page.get_by_role("button", name="保存备注").click()
        page.get_by_text("登录已过期").wait_for()
        give(page)
        page.get_by_role("heading", name="刚才的操作还没有执行").wait_for()
        assert page.locator("textarea[name=note]").input_value() == "周五发薪先还五百\n“其余月底”"
        assert desk.one("SELECT count(*) FROM note") == 0
        page.get_by_role("button", name="继续提交").click()
        page.wait_for_url(re.compile(rf"/cases/{case}"))
        page.get_by_text("“其余月底”").first.wait_for()
    assert desk.one("SELECT count(*) FROM note") == 1


def test_pages_of_people_by_keyboard_in_both_languages_and_sizes(
    desk: DeskInHand, chromium: Any
) -> None:
    add_person(desk, "boss", "Lily", role="admin")
    other = add_person(desk, "wang", "Wang")
    for size in (DESKTOP, PHONE):
        with chromium(size) as page:
            desk.sql("UPDATE collector SET language = 'zh-CN', theme = 'dark'")
            log_in(page, desk, "boss")
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "skip"
            page.keyboard.press("?")
            page.get_by_role("heading", name="快捷键").wait_for()
            page.keyboard.press("Escape")
            page.locator("select[name=language]").select_option("en")
            page.get_by_role("button", name="保存").click()
            page.get_by_role("heading", name="My account").wait_for()
            for path in ("account", "people", f"people/{other}", "approvals", "audit"):
                page.goto(f"{desk.url}/console/{path}")
                assert too_wide(page) <= 0, path
                words = page.locator("main").inner_text()
                assert not re.search(r"[\u3400-\u9fff]", words.replace("中文", "")), (path, words)
                SHOTS.mkdir(exist_ok=True)
                name = f"{path.replace('/', '-')}-{size[0]}.png"
                page.screenshot(path=SHOTS / name, full_page=True)
