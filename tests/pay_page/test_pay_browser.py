"""A debtor opens the link on a phone, proves who they are, pays, answers; without script."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from browser_fixtures import PHONE, chromium, in_a_browser, shown, too_wide
from desk_kit import DeskInHand
from pay_page.visitor import Visitor, reminded

pytestmark = in_a_browser
__all__ = ["chromium"]

KINDS = ("promise", "instalments", "paid", "dispute", "call", "human", "wrong-person", "stop")

#: Text whose contrast with what lies behind it is below WCAG 2.2's AA (1.4.3).
_FAINT = """
() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.04045
      ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const [r, g, b, a = 1] = rgb(getComputedStyle(node).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own && !node.matches("input, select, textarea")) continue;
    if (!node.getClientRects().length || node.closest("svg")) continue;
    const style = getComputedStyle(node), size = parseFloat(style.fontSize);
    const [a, b] = [light(rgb(style.color)), light(behind(node))].sort((x, y) => y - x);
    const need = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if ((a + 0.05) / (b + 0.05) < need) faint.push(node.tagName + " " + node.textContent.trim());
  }
  return faint;
}
"""

#: Fields that no label names.
_NAMELESS = """
() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
  .filter(field => !field.labels.length || !field.labels[0].textContent.trim())
  .map(field => field.name)
"""


def enter(page: Any, visitor: Visitor) -> None:
    page.goto(visitor.link)
    page.get_by_label("您手机号码的最后四位").fill(visitor.desk.phones[visitor.case][-4:])
    page.get_by_role("button", name="查看").click()
    shown(page, page.get_by_role("heading", name="马*您好"))


def test_a_debtor_pays_a_part_and_then_the_rest(desk: DeskInHand, chromium: Any) -> None:
    visitor = reminded(desk)
    with chromium(PHONE, java_script_enabled=False) as page:
        page.goto(visitor.link)
        page.get_by_label("您手机号码的最后四位").fill("0000")
        page.get_by_role("button", name="查看").click()
        page.get_by_text("还可以试 4 次").wait_for()
        enter(page, visitor)
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
    assert desk.state(visitor.case) == "closed"
    assert desk.one("SELECT count(*) FROM case_event WHERE event = 'link_opened'") == 1


@pytest.mark.parametrize(
    ("chosen", "provider"), [("支付宝", "alipay"), ("银行卡", "stripe"), ("微信支付", "wechat")]
)
def test_a_debtor_chooses_how_to_pay(
    merchant_desk: DeskInHand, chromium: Any, chosen: str, provider: str
) -> None:
    visitor = reminded(merchant_desk)
    phone = {"user_agent": "Mozilla/5.0 (Linux; Android 13) Chrome/116 Mobile Safari/537.36"}
    with chromium(PHONE, java_script_enabled=False, **phone) as page:
        enter(page, visitor)
        page.get_by_label(chosen).check()
        page.get_by_role("button", name="全部还清 2000元").click()
        page.get_by_text(f"{'Stripe' if provider == 'stripe' else chosen}（模拟）").wait_for()
        page.get_by_role("button", name="支付成功").click()
        page.get_by_role("heading", name="已结清，谢谢").or_(
            page.get_by_role("heading", name="正在确认")
        ).wait_for()
        merchant_desk.sandbox.flush()
        # The page that waits looks again by itself; it is not left in the middle of that.
        page.get_by_role("heading", name="已结清，谢谢").wait_for()
        page.goto(visitor.link)
        page.get_by_role("heading", name="已结清，谢谢").wait_for()
    assert merchant_desk.sql("SELECT provider FROM payment") == [(provider,)]


def test_a_computer_gets_a_code_that_a_phone_can_pay(
    merchant_desk: DeskInHand, chromium: Any
) -> None:
    visitor = reminded(merchant_desk)
    with chromium((1280, 900), java_script_enabled=False) as page:
        enter(page, visitor)
        page.get_by_label("微信支付").check()
        page.get_by_role("button", name="全部还清 2000元").click()
        code = page.get_by_role("img", name="付款二维码")
        assert code.bounding_box()["width"] >= 200
        page.get_by_role("link", name="我已付款").click()
        page.get_by_role("heading", name="正在确认").wait_for()


def test_everything_can_be_done_by_keyboard(desk: DeskInHand, chromium: Any) -> None:
    visitor = reminded(desk)
    with chromium(PHONE) as page:
        page.goto(visitor.link)
        page.get_by_label("您手机号码的最后四位").focus()
        page.keyboard.type(desk.phones[visitor.case][-4:])
        page.keyboard.press("Enter")
        shown(page, page.get_by_role("heading", name="马*您好"))
        reached = []
        for _ in range(30):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate("document.activeElement.innerText || document.activeElement.name")
            )
            outlined = page.evaluate(
                "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
                " || document.activeElement === document.body"
            )
            assert outlined, reached[-1]
        for wanted in ("全部还清 2000元", "amount", "付这个金额", "约定一个还款日", "隐私说明"):
            assert wanted in reached, wanted
        # Return in the field pays what is in it, never everything.
        page.get_by_label("金额（元）").fill("")
        page.keyboard.press("Enter")
        page.get_by_text("请填写这次要还的金额").wait_for()
    assert desk.one("SELECT count(*) FROM checkout") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_readable_and_every_field_has_a_name(
    merchant_desk: DeskInHand, chromium: Any, scheme: str
) -> None:
    visitor = reminded(merchant_desk)
    book = int(merchant_desk.one("SELECT id FROM portfolio"))
    merchant_desk.debt(visitor.case, book, date(2026, 3, 9), 30_000)
    with chromium((320, 568), color_scheme=scheme) as page:
        page.goto(visitor.link)
        _check(page)
        enter(page, visitor)
        for details in page.locator("details").all():
            details.locator("summary").click()
        _check(page)
        for kind in KINDS:
            page.goto(f"{visitor.link}/answer/{kind}")
            _check(page)
            page.goto(f"{visitor.link}/answer/{kind}?lang=en")
            _check(page)


def _check(page: Any) -> None:
    assert page.evaluate(_FAINT) == [], page.url
    assert page.evaluate(_NAMELESS) == [], page.url
    assert too_wide(page) <= 0, page.url
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    for button in page.locator("button:visible:not(.gone)").all():
        assert button.bounding_box()["height"] >= 44


def test_a_promise_and_a_receipt_without_script(
    desk: DeskInHand, chromium: Any, tmp_path: Path
) -> None:
    receipt = tmp_path / "receipt.pdf"
    receipt.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n")
    visitor = reminded(desk)
    with chromium(PHONE, java_script_enabled=False) as page:
        enter(page, visitor)
        page.get_by_role("link", name="约定一个还款日").click()
        page.get_by_label("还款日期").fill("2026-03-12")
        page.get_by_role("button", name="提交").click()
        page.get_by_role("heading", name="已记下").wait_for()
        page.get_by_role("link", name="返回还款页").click()
        page.get_by_role("link", name="我已经还了").click()
        page.get_by_label("什么时间").fill("昨晚")
        page.get_by_label("凭证").set_input_files(receipt)
        page.get_by_role("button", name="提交").click()
        page.get_by_role("heading", name="正在核对").wait_for()
    assert desk.one("SELECT count(*) FROM promise") == 1
    assert desk.one("SELECT media_type FROM upload") == "application/pdf"


def test_everything_together_weighs_little(desk: DeskInHand, chromium: Any) -> None:
    visitor = reminded(desk)
    weight: list[int] = []
    with chromium(PHONE) as page:
        page.on("response", lambda answer: weight.append(len(answer.body()) if answer.ok else 0))
        enter(page, visitor)
        assert page.locator("script").count() == 0
        hosts = page.evaluate(
            "performance.getEntriesByType('resource').map(e => new URL(e.name).host)"
        )
        assert set(hosts) <= {page.evaluate("location.host")}
    assert 0 < sum(weight) < 60_000


def test_the_page_fits_the_narrowest_phone(desk: DeskInHand, chromium: Any) -> None:
    visitor = reminded(desk, amount=1_234_567_890)
    with chromium((320, 568)) as page:
        enter(page, visitor)
        assert too_wide(page) <= 0
