"""A debtor opens the link on a phone, pays a part, comes back, pays the rest."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from browser_fixtures import PHONE, chromium, in_a_browser, too_wide
from desk_kit import DeskInHand, shanghai

pytestmark = in_a_browser
__all__ = ["chromium"]


def test_a_debtor_pays_a_part_and_then_the_rest(desk: DeskInHand, chromium: Any) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:40"))
    [link] = re.findall(r"http\S+/p/[\w-]+", desk.texts(case)[-1])
    with chromium(PHONE, java_script_enabled=False) as page:
        page.goto(link)
        page.get_by_role("heading", name="马*您好").wait_for()
        page.get_by_label("金额（元）").fill("很多")
        page.get_by_role("button", name="付这个金额").click()
        page.get_by_text("金额只写数字").wait_for()
        assert page.get_by_label("金额（元）").input_value() == "很多"
        page.get_by_label("金额（元）").fill("５００")
        page.get_by_role("button", name="付这个金额").click()
        page.get_by_role("button", name="支付成功").click()
        page.get_by_role("heading", name="谢谢，已收到").wait_for()
        assert "还剩1500元" in page.locator("main").inner_text()
        page.get_by_role("link", name="查看余下款项").click()
        page.get_by_role("button", name="全部还清 1500元").click()
        page.get_by_role("button", name="支付失败").click()
        page.get_by_role("heading", name="付款没有完成").wait_for()
        page.get_by_role("link", name="返回还款页").click()
        page.get_by_role("button", name="全部还清 1500元").click()
        page.get_by_role("button", name="支付成功").click()
        page.get_by_role("heading", name="已结清，谢谢").wait_for()
    assert desk.state(case) == "closed"
    assert desk.one("SELECT count(*) FROM case_event WHERE event = 'link_opened'") == 1


def test_the_page_fits_the_narrowest_phone(desk: DeskInHand, chromium: Any) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8), amount=1_234_567_890)
    desk.step(shanghai("2026-03-10 13:40"))
    [link] = re.findall(r"http\S+/p/[\w-]+", desk.texts(case)[-1])
    with chromium((320, 568)) as page:
        page.goto(link)
        assert too_wide(page) <= 0
        assert page.get_by_role("button").first.bounding_box()["height"] >= 44
