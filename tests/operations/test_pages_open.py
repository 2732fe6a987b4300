"""Every page of operations, alerts and complaints opens in both languages."""

from __future__ import annotations

import re

import pytest
from console_browser import Browser, add_person
from desk_kit import DeskInHand

PAGES = (
    "/pause",
    "/portfolios",
    "/portfolios/new",
    "/portfolios/loans",
    "/portfolios/loans/plan",
    "/ledgers",
    "/live",
    "/senders",
    "/scripts",
    "/scripts/reminder.d1_5?locale=zh-TW",
    "/scripts/ivr.d1_5",
    "/alerts",
    "/complaints",
    "/complaints/report",
)


@pytest.fixture
def boss(desk: DeskInHand) -> Browser:
    add_person(desk, role="admin")
    desk.portfolio()
    browser = Browser(desk)
    browser.log_in()
    return browser


def test_every_page_opens_in_both_languages(desk: DeskInHand, boss: Browser) -> None:
    for language in ("zh-CN", "en"):
        desk.sql("UPDATE collector SET language = %s", language)
        for page in PAGES:
            answer = boss.get(page)
            assert answer.status_code == 200, page
            assert "UndefinedError" not in boss.page
            if language == "en" and not page.startswith(("/scripts/", "/portfolios")):
                main = boss.page.split("<main", 1)[1].split("</main>")[0]
                main = re.sub(r"<option.*?</option>|【[^】]*】", "", main)
                own = re.findall(r"[\u4e00-\u9fff]+", main)
                assert not own or page in {"/scripts", "/pause", "/complaints"}, (page, own)
