"""A collector shows a code, sees who came back without paying, takes links back, opens receipts."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from desk_kit import DeskInHand
from pay_page.visitor import Visitor, admitted
from scene import Browser, add_person

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def visitor(desk: DeskInHand) -> Visitor:
    return admitted(desk)


@pytest.fixture
def browser(desk: DeskInHand) -> Browser:
    add_person(desk)
    logged_in = Browser(desk)
    logged_in.log_in()
    return logged_in


def test_a_collector_shows_a_code_that_opens_the_debtors_page(
    desk: DeskInHand, visitor: Visitor, browser: Browser
) -> None:
    browser.get(f"/cases/{visitor.case}")
    page = browser.post(f"/cases/{visitor.case}/link", do="make").text
    assert '<svg role="img"' in page
    assert "<title>还款链接二维码</title>" in page
    [url] = re.findall(r'href="(http[^"]+/p/[\w-]+)"', page)
    assert url != visitor.link
    fresh = Visitor(desk, visitor.case, url)
    assert "请先核对身份" in fresh.get().text
    fresh.verify()
    assert "2000元" in fresh.get().text
    assert "生成了一个还款链接" in browser.get(f"/cases/{visitor.case}").text
    assert desk.one("SELECT action FROM audit ORDER BY id DESC LIMIT 1") == "link_handed_out"
    assert url.rsplit("/", 1)[1] not in browser.page  # told once


def test_links_are_taken_back(desk: DeskInHand, visitor: Visitor, browser: Browser) -> None:
    browser.get(f"/cases/{visitor.case}")
    assert "已停用 1 个还款链接" in browser.post(f"/cases/{visitor.case}/link", do="revoke").text
    assert visitor.get().status_code == 410
    assert "停用了还款链接" in browser.get(f"/cases/{visitor.case}").text


def test_who_opened_twice_and_did_not_pay_is_a_lead(
    desk: DeskInHand, visitor: Visitor, browser: Browser
) -> None:
    visitor.get()
    assert "打开过 1 次" in browser.get(f"/cases/{visitor.case}").text
    assert "没有付款" not in browser.page
    desk.set_now(desk.now + timedelta(hours=2))
    visitor.get()
    assert "打开过 2 次，没有付款" in browser.get(f"/cases/{visitor.case}").text
    from bot.flows.ports.money import IncomingPayment

    payment = IncomingPayment(visitor.case, 100, "CNY", "bank", "r1", desk.now)
    desk.product.settler.receive(payment, livemode=False)
    assert "没有付款" not in browser.get(f"/cases/{visitor.case}").text


def test_a_receipt_opens_for_collectors_alone(
    desk: DeskInHand, visitor: Visitor, browser: Browser
) -> None:
    visitor.answer("paid", {"file": ("r.pdf", io.BytesIO(PDF))})
    page = browser.get(f"/cases/{visitor.case}").text
    assert "还款凭证" in page
    [path] = re.findall(rf'href="/console(/cases/{visitor.case}/files/\d+)"', page)
    answer = browser.get(path)
    assert answer.content == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert Browser(desk).get(path).content != PDF
    assert browser.get(path + "0").status_code == 404


def test_a_form_from_elsewhere_makes_no_link(
    desk: DeskInHand, visitor: Visitor, browser: Browser
) -> None:
    links = desk.one("SELECT count(*) FROM payment_link")
    browser.post(f"/cases/{visitor.case}/link", token="stale", do="make")
    browser.post(f"/cases/{visitor.case}/link", token="stale", do="revoke")
    assert desk.one("SELECT count(*) FROM payment_link") == links
    assert visitor.get().status_code == 200
