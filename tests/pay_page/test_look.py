"""A creditor's look: what cannot be read or carried is refused, the rest is on the page."""

from __future__ import annotations

import pytest
from desk_kit import DeskInHand
from hypothesis import given
from hypothesis import strategies as st
from pay_page.test_answers import PNG
from pay_page.visitor import Visitor, admitted, reminded

from bot.flows.page_looks import NewLook, contrast_with_white, set_look
from bot.flows.set_up import SetUpError
from webhooks.buckets import Buckets, Rate
from webhooks.page_look import sheet


def given_look(desk: DeskInHand, **changed: object) -> None:
    with desk.product.transactions() as store:
        set_look(store, "loans", NewLook(**changed))  # type: ignore[arg-type]


def test_colour_logo_bank_and_notices_are_on_the_page(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    given_look(
        desk,
        colour="#0A3D91",
        logo=PNG,
        bank_details="晨光消费金融\n6222 0000 0000 8866",
        complaint_address="上海市某路1号",
        privacy="我们这样处理您的信息。",
    )
    page = visitor.get().text
    for told in ("6222 0000 0000 8866", "上海市某路1号", "我们这样处理您的信息。", "/logo"):
        assert told in page
    assert "#0a3d91" in visitor.get("/look.css").text
    logo = visitor.get("/logo")
    assert (logo.content, logo.headers["Content-Type"]) == (PNG, "image/png")
    given_look(desk, logo=b"", colour="")
    assert "/logo" not in visitor.get().text
    assert visitor.get("/logo").status_code == 404
    assert "上海市某路1号" in visitor.get().text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"colour": "green"}, "colour"),
        ({"colour": "#ffff00"}, "colour"),
        ({"logo": b"<svg onload=alert(1)>"}, "logo"),
        ({"logo": PNG + bytes(30_000)}, "logo"),
        ({"logo": b"%PDF-1.4\n%%EOF"}, "logo"),
        ({"privacy": "x" * 1001}, "privacy"),
    ],
)
def test_a_look_that_cannot_be_is_refused_by_name(
    desk: DeskInHand, changed: dict[str, object], field: str
) -> None:
    desk.portfolio()
    with pytest.raises(SetUpError) as refused:
        given_look(desk, **changed)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert desk.one("SELECT count(*) FROM page_look") == 0


@given(st.text(max_size=9))
def test_nothing_but_a_colour_gets_into_the_style_sheet(text: str) -> None:
    made = sheet(text)
    assert made == "" or (len(text) == 7 and text.startswith("#") and made.count("{") == 4)


def test_contrast_is_what_wcag_says() -> None:
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)


def test_transfers_name_the_case_and_parts_of_the_debt_can_be_chosen(desk: DeskInHand) -> None:
    from datetime import date

    from bot.domain.transfer_reference import references_in

    visitor = admitted(desk)
    book = int(desk.one("SELECT id FROM portfolio"))
    debt = desk.debt(visitor.case, book, date(2026, 3, 9), 30_000)
    page = visitor.get().text
    assert references_in(page) == [visitor.case]
    assert f'name="debt" value="{debt}:30000"' in page
    assert visitor.post("", debt=f"{debt}:29999").status_code == 422
    assert visitor.post("", debt=f"{debt}:30000").status_code == 303
    assert desk.one("SELECT amount_minor FROM checkout") == 30_000


def test_who_asks_too_often_waits(desk: DeskInHand) -> None:
    visitor: Visitor = reminded(desk)
    answers = [visitor.get("/logo").status_code for _ in range(60)]
    assert 429 in answers
    slow = visitor.get()
    assert "打开得太频繁" in slow.text
    assert slow.headers["Retry-After"]


@given(st.lists(st.floats(0, 100), max_size=60))
def test_a_bucket_never_gives_more_than_burst_and_rate(waits: list[float]) -> None:
    now = 0.0
    bucket = Buckets(Rate(5, 0.5), lambda: now)
    passed = 0
    for wait in waits:
        now += wait
        passed += bucket.take("a")
        assert passed <= 5 + now * 0.5 + 1e-6
