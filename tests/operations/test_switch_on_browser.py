"""An operator's switch-on, in a real browser: create, upload a messy ledger, map, look, approve, pause."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_fixtures import DESKTOP, PHONE, chromium, in_a_browser, shown, too_wide
from console_browser import PASSWORD, add_person
from desk_kit import (
    DeskInHand,
    SandboxProcess,
    desk_in_hand,
    settings_of_a_test,
    shanghai,
    wait_until,
)

from bot.app.operating import uploads

pytestmark = in_a_browser
__all__ = ["chromium"]

LEDGER = """催收台账（3月）,,,,,
制表：运营部,,,,,
编号X,户主,联络号,欠款截止,尾款,紧急联系人电话
HT-9001,马敏,13800138001,2026-03-08,1200.50,13900139000
HT-9002,欧阳倩,138 0013 8002,2026/3/12,"2,000元",13900139001
HT-9003,,13800138003,2026-03-08,900,
HT-9004,赵磊,12345,2026-03-08,900,
合计,,,,5000.50,
"""


@pytest.fixture
def desk(
    database_url: str,
    tmp_path: Path,
    sandbox_process: SandboxProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DeskInHand]:
    """A desk that may reach real carriers, as far as its settings go."""

    def live(*given: Any) -> Any:
        return settings_of_a_test(*given).model_copy(update={"live_carrier": True})

    monkeypatch.setattr("desk_kit.settings_of_a_test", live)
    with desk_in_hand(database_url, tmp_path, sandbox_process) as opened:
        yield opened


def log_in(page: Any, desk: DeskInHand, login: str) -> None:
    page.goto(f"{desk.url}/console/login")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)


def picture(page: Any, name: str) -> None:
    """Kept as output of the test run."""
    folder = Path(os.environ.get("SCREENSHOTS", "test-output/screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def test_an_operators_switch_on(desk: DeskInHand, chromium: Any, tmp_path: Path) -> None:
    desk.set_now(shanghai("2026-03-10 09:00"))
    desk.sender()
    desk.sender(code="real", livemode=True, address="+12025550111", kind="twilio")
    add_person(desk, "ops", "周宁", role="operations")
    add_person(desk, "lead", "陈静", role="lead")
    file = tmp_path / "三月台账.csv"
    file.write_text(LEDGER, "utf-8-sig")
    with chromium(DESKTOP) as page:
        log_in(page, desk, "ops")
        create(page, desk)
        upload(page, desk, file)
        look_at_the_dry_run(page, desk)
        page.goto(f"{desk.url}/console/portfolios/spring")
        assert page.get_by_role("button", name="申请转正式").is_enabled()
        picture(page, "portfolio")
        page.get_by_role("button", name="申请转正式").click()
        page.get_by_text("等另一个人批准").first.wait_for()
    assert desk.plan().checked == 0, "a portfolio that is not switched on plans nothing"
    with chromium(DESKTOP) as page:
        log_in(page, desk, "lead")
        page.goto(f"{desk.url}/console/live")
        picture(page, "live")
        page.get_by_role("button", name="批准转正式").click()
        page.get_by_text("已转正式").wait_for()
        assert desk.one("SELECT livemode FROM portfolio WHERE code = 'spring'") is True
        assert desk.product.halts.standing() == []
        pause(page, desk)
    with chromium(PHONE) as page:
        log_in(page, desk, "ops")
        for path in ("portfolios", "ledgers", "senders", "pause", "portfolios/spring"):
            page.goto(f"{desk.url}/console/{path}")
            page.get_by_text("已暂停外发").first.wait_for()
            assert too_wide(page) <= 0, path
        picture(page, "portfolio-phone")


def create(page: Any, desk: DeskInHand) -> None:
    page.goto(f"{desk.url}/console/portfolios")
    page.get_by_role("link", name="新建资产包").click()
    page.get_by_label("代码").fill("spring")
    page.get_by_label("债权人", exact=False).first.fill("东升消费金融")
    page.get_by_label("短信签名").fill("东")
    page.locator("[name=phone]").fill("400-000-1234")
    page.get_by_role("button", name="新建").click()
    page.get_by_role("alert").get_by_text("短信签名").wait_for()
    assert page.locator("[name=phone]").input_value() == "400-000-1234"
    page.get_by_label("短信签名").fill("东升消费金融")
    page.get_by_role("button", name="新建").click()
    page.get_by_text("已新建，尚未开通").wait_for()


def upload(page: Any, desk: DeskInHand, file: Path) -> None:
    page.goto(f"{desk.url}/console/ledgers?code=spring")
    page.get_by_label("台账文件").set_input_files(str(file))
    page.get_by_role("button", name="上传并试读").click()
    shown(page, page.get_by_text("指定各列的内容"))
    assert "138****01" in page.content()
    assert "13800138001" not in page.content()
    picture(page, "ledger-columns")
    for header, holds in (
        ("编号X", "合同编号"),
        ("户主", "姓名或公司名称"),
        ("联络号", "本人电话"),
        ("欠款截止", "到期日"),
        ("尾款", "应还金额"),
    ):
        page.get_by_label(header, exact=True).select_option(label=holds)
    page.get_by_role("button", name="按此试读").click()
    run_jobs(desk)
    shown(page, page.get_by_text("确认后会这样"))
    assert page.locator(".tag.bad", has_text="拒绝").count() >= 2
    picture(page, "ledger-report")
    assert desk.one("SELECT count(*) FROM cases") == 0
    page.get_by_role("button", name="确认导入").click()
    run_jobs(desk)
    shown(page, page.get_by_text("导入结果"))
    assert desk.one("SELECT count(*) FROM cases") == 2
    assert desk.one("SELECT count(*) FROM ledger_upload WHERE content_sealed IS NOT NULL") == 0


def run_jobs(desk: DeskInHand) -> None:
    """The worker's part, once the form has arrived; the page looks by itself what became of it."""
    waiting = "SELECT id FROM ledger_upload WHERE state IN ('checking', 'importing')"
    wait_until(lambda: desk.one(waiting))
    for row in desk.sql(waiting):
        uploads(desk.product).run(row[0])


def look_at_the_dry_run(page: Any, desk: DeskInHand) -> None:
    page.goto(f"{desk.url}/console/portfolios/spring/plan?on=2026-03-10")
    page.get_by_role("heading", name="试排程").wait_for()
    assert "东升消费金融" in page.locator("main").inner_text()
    picture(page, "dry-run")
    assert desk.one("SELECT count(*) FROM touch") == 0


def pause(page: Any, desk: DeskInHand) -> None:
    page.goto(f"{desk.url}/console/pause")
    page.get_by_label("为什么暂停").first.fill("签名报备有问题")
    page.get_by_role("button", name="暂停全部外发").click()
    page.get_by_text("已暂停，没有正在发出的消息").wait_for()
    assert "签名报备有问题" in page.locator(".halted").inner_text()
    picture(page, "pause")
    (halt,) = desk.product.halts.standing()
    assert (halt.code, halt.by) == (None, "陈静")
