"""The evening of a lead, in a real browser: the figures, a file that adds up, paper."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from browser_fixtures import DESKTOP, PHONE, chromium, in_a_browser, shown, too_wide
from console_browser import PASSWORD, add_person
from desk_kit import DeskInHand
from openpyxl import load_workbook
from world import World

pytestmark = in_a_browser
__all__ = ["chromium"]

#: Pictures of the pages are kept beside the test's other output.
PICTURES = Path("test-output")


@pytest.fixture
def world(desk: DeskInHand) -> World:
    """Three weeks of traffic on twelve cases."""
    world = World(desk)
    cases = [world.case("2026-02-16 09:00", date(2026, 2, 20 + n % 8)) for n in range(12)]
    for n in range(60):
        case, day = cases[n % 12], 17 + n % 11
        at = f"2026-02-{day:02d} {9 + n % 9:02d}:05"
        if n % 4:
            world.sms(case, at, "delivered" if n % 5 else "undelivered")
        else:
            world.call(case, at, "answered" if n % 8 else "busy", seconds=40)
        if n % 6 == 0:
            world.reply(case, f"2026-02-{day:02d} {10 + n % 9:02d}:30")
    for n, state in enumerate(("kept", "kept", "broken", "partial")):
        world.promise(cases[n], "2026-02-20 10:00", date(2026, 2, 24), state, paid=10_000)
        world.paid(cases[n], "2026-02-24 10:00", 10_000)
    world.handoff(cases[5], "2026-02-24 10:00", "2026-02-24 10:20")
    world.counted("2026-02-28 18:00")
    add_person(desk, "lin", "林组长", role="lead")
    return world


def log_in(page: Any, desk: DeskInHand) -> None:
    page.goto(f"{desk.url}/console/login?next=/console/dashboard")
    page.get_by_label("账号").fill("lin")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    shown(page, page.get_by_role("heading", name="看板"))


def test_the_evening_of_a_lead(world: World, chromium: Any, tmp_path: Path) -> None:
    PICTURES.mkdir(exist_ok=True)
    with chromium(DESKTOP, accept_downloads=True) as page:
        log_in(page, world.desk)
        page.locator("[data-period]").select_option("7d")
        page.get_by_role("button", name="查看").click()
        shown(page, page.get_by_text("2026-02-22 至 2026-02-28"))
        promises = page.locator("#promises")
        assert "50.0%" in promises.inner_text()
        assert "2 ÷ 4" in promises.inner_text()
        with page.expect_download() as saved:
            page.get_by_role("link", name="导出全部").click()
        file = tmp_path / "all.xlsx"
        saved.value.save_as(file)
        book = load_workbook(file)
        counted = [row[1].value for row in book["到期的承诺"].iter_rows(min_row=2, max_row=4)]
        assert counted == [2, 1, 1]
        by_day = sum(row[5].value for row in book["逐日数字"].iter_rows(min_row=2))
        assert by_day == 400.0
        assert "400.00元" in page.locator(".board-lines").inner_text()
        page.screenshot(path=PICTURES / "dashboard.png", full_page=True)
        page.emulate_media(media="print")
        assert page.locator(".board-filters").is_hidden()
        assert page.locator(".rail").is_hidden()
        assert page.locator(".chart.columns").first.is_visible()
        page.pdf(path=PICTURES / "dashboard.pdf", prefer_css_page_size=True)


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_the_dashboard_fits_its_window_and_is_walked_with_the_keyboard(
    world: World, chromium: Any, size: tuple[int, int], scheme: str
) -> None:
    PICTURES.mkdir(exist_ok=True)
    with chromium(size, color_scheme=scheme) as page:
        log_in(page, world.desk)
        assert too_wide(page) <= 0
        page.locator("select[name=portfolio]").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "period"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent.trim()") == "查看"
        page.screenshot(path=PICTURES / f"dashboard-{size[0]}-{scheme}.png", full_page=True)
