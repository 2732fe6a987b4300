"""Nothing is told before the last four digits were right, and guessing ends soon."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from desk_kit import DeskInHand
from pay_page.visitor import HUMAN, Visitor, admitted, reminded

from bot.flows.visit import MOST_TRIES, TRIES_WITHIN

SECRETS = ("2000元", "HT0", "3月8日", "8866")


def give_document(desk: DeskInHand, tail: str) -> None:
    desk.sql("UPDATE debtor SET id_tail_sealed = %s", desk.product.seal.seal(tail))


def test_the_door_tells_the_creditor_and_a_masked_name_and_nothing_else(desk: DeskInHand) -> None:
    answer = reminded(desk, name="诸葛孔明").get()
    assert "晨光消费金融" in answer.text
    assert "诸葛**" in answer.text
    assert "手机号码的最后四位" in answer.text
    assert "400-000-1234" in answer.text
    assert "400-000-5678" in answer.text
    assert not [secret for secret in SECRETS if secret in answer.text]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["", "/back?result=success", "/answer/promise", "/answer/dispute", "/answer/instalments"],
)
def test_no_way_leads_around_the_door(desk: DeskInHand, path: str) -> None:
    visitor = reminded(desk)
    for answer in (visitor.get(path), visitor.post("", amount="1")):
        assert not [secret for secret in SECRETS if secret in answer.text]
    assert desk.one("SELECT count(*) FROM checkout") == 0


def test_the_document_counts_where_one_is_on_file(desk: DeskInHand) -> None:
    visitor = reminded(desk)
    give_document(desk, "123X")
    assert "证件号码的最后四位" in visitor.get().text
    assert visitor.verify().status_code == 422  # the telephone's digits are not enough any more
    assert visitor.verify("１２３ｘ").status_code == 303
    assert "2000元" in visitor.get().text


def test_a_right_answer_is_a_signed_cookie_for_this_link_alone(desk: DeskInHand) -> None:
    visitor = reminded(desk)
    cookie = visitor.verify().headers["Set-Cookie"]
    token = visitor.link.rsplit("/", 1)[1]
    for word in ("HttpOnly", "SameSite=Lax", "Max-Age=1800", f"Path=/p/{token}"):
        assert word in cookie
    other = reminded(desk, name="李四")
    [value] = [c.value for c in visitor.session.cookies]
    stolen = {**HUMAN, "Cookie": f"yuehuan_pass={value}"}
    assert "2000元" in requests.get(visitor.link, headers=stolen, timeout=10).text
    for wrong in (value, f"9999999999.{value.partition('.')[2]}", "x", "1.2.3", ".", value[:-1]):
        headers = {**HUMAN, "Cookie": f"yuehuan_pass={wrong}"}
        link = other.link if wrong == value else visitor.link
        assert "2000元" not in requests.get(link, headers=headers, timeout=10).text, wrong


def test_wrong_digits_are_counted_down_and_then_the_desk_helps(desk: DeskInHand) -> None:
    visitor = reminded(desk)
    for left in range(MOST_TRIES - 1, 0, -1):
        assert f"还可以试 {left} 次" in visitor.verify("0000").text
    assert "暂停 24 小时" in visitor.verify("0000").text
    assert visitor.verify().status_code == 200  # even the right ones
    assert "2000元" not in visitor.get().text
    events = desk.sql("SELECT event FROM case_event WHERE event LIKE 'link_%%' ORDER BY id")
    assert [event for (event,) in events] == ["link_locked", "link_opened"]
    desk.set_now(desk.now + TRIES_WITHIN + timedelta(minutes=1))
    assert visitor.verify().status_code == 303


def test_another_link_of_the_case_gives_no_new_tries(desk: DeskInHand) -> None:
    visitor = reminded(desk)
    for _ in range(MOST_TRIES):
        visitor.verify("0000")
    second = desk.product.link_desk.hand_out(visitor.case, None, livemode=False)
    assert "暂停 24 小时" in Visitor(desk, visitor.case, second).get().text


def test_digits_that_are_not_four_cost_no_try(desk: DeskInHand) -> None:
    visitor = reminded(desk)
    for typed in ("", "1", "12345", "中文字母母"):
        assert "请填写四位" in visitor.verify(typed or " ").text
    assert desk.one("SELECT count(*) FROM page_check") == 0


def test_verifying_is_on_the_timeline_once(desk: DeskInHand) -> None:
    visitor = admitted(desk)
    visitor.verify()
    assert desk.one("SELECT count(*) FROM case_event WHERE event = 'link_verified'") == 1


def test_what_is_typed_is_never_kept(desk: DeskInHand) -> None:
    visitor = reminded(desk)
    visitor.verify("0317")
    assert (
        desk.one("SELECT count(*) FROM page_check WHERE to_jsonb(page_check)::text ~ '0317'") == 0
    )
