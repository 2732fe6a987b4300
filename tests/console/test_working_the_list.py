"""The list: who gets what, what is put aside, what lapses, what is told to open pages."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from desk_kit import DeskInHand, shanghai, wait_until
from scene import Browser, add_person, handed_off

from bot.app.desking import desk_queue, handing_out


@pytest.fixture
def browser(desk: DeskInHand) -> Browser:
    add_person(desk)
    logged_in = Browser(desk)
    logged_in.log_in()
    return logged_in


def somebody(desk: DeskInHand, login: str, name: str, **more: str) -> Browser:
    add_person(desk, login, name, **more)
    other = Browser(desk, login)
    other.log_in()
    return other


def person(desk: DeskInHand, login: str) -> int:
    return int(desk.one("SELECT id FROM collector WHERE login = %s", login))


def handoff(desk: DeskInHand, case: int) -> tuple[str, int | None, int | None]:
    [row] = desk.sql(
        "SELECT state, claimed_by, assigned_to FROM handoff WHERE case_id = %s ORDER BY id DESC "
        "LIMIT 1",
        case,
    )
    return row


def claim(browser: Browser, case: int) -> None:
    browser.get(f"/cases/{case}")
    assert browser.act(case, "claim").status_code == 200


def test_what_nobody_has_goes_to_who_takes_and_lapses_to_the_next(
    desk: DeskInHand, browser: Browser
) -> None:
    wang = somebody(desk, "wang", "王磊")
    case = handed_off(desk)
    hand = handing_out(desk.product)
    assert hand.run(livemode=False) == 0  # nobody has switched it on
    browser.get("/")
    browser.post("/taking", on="1")
    assert hand.run(livemode=False) == 1
    assert handoff(desk, case) == ("open", None, person(desk, "chen"))
    assert "派给我" in browser.get("/").text
    assert "data-row>" not in wang.get("/").text
    assert "派给陈静" in wang.get("/?show=all").text
    wang.get(f"/cases/{case}")
    assert wang.act(case, "claim").status_code == 409
    assert "已派给陈静" in wang.page
    wang.get("/")
    wang.post("/taking", on="1")
    desk.set_now(shanghai("2026-03-10 18:00"))  # the deadline of four hours has passed
    hand.run(livemode=False)
    assert handoff(desk, case) == ("open", None, person(desk, "wang"))
    assert "派单到期没有领取" in wang.get(f"/cases/{case}").text


def test_what_waits_for_somebody_who_left_goes_back_at_once(
    desk: DeskInHand, browser: Browser
) -> None:
    case = handed_off(desk)
    desk_queue(desk.product).set_taking(person(desk, "chen"), on=True)
    handing_out(desk.product).run(livemode=False)
    assert handoff(desk, case)[2] == person(desk, "chen")
    desk.product.collectors.disable("chen")
    handing_out(desk.product).run(livemode=False)
    assert handoff(desk, case) == ("open", None, None)
    assert browser.login


def test_who_knows_the_debtor_gets_the_debtor_again(desk: DeskInHand, browser: Browser) -> None:
    somebody(desk, "wang", "王磊")
    case = handed_off(desk)
    claim(browser, case)
    browser.act(case, "return")
    desk.reply(case, "我要找人工客服")
    for login in ("chen", "wang"):
        desk_queue(desk.product).set_taking(person(desk, login), on=True)
    desk_queue(desk.product).set_up(person(desk, "chen"), person(desk, "chen"), [], 2)
    handing_out(desk.product).run(livemode=False)
    assert handoff(desk, case)[2] == person(desk, "chen")
    other = handed_off(desk, name="周文博")
    handing_out(desk.product).run(livemode=False)
    assert handoff(desk, other)[2] == person(desk, "wang")


def test_a_claim_left_lying_goes_back_and_work_on_it_keeps_it(
    desk: DeskInHand, browser: Browser
) -> None:
    lying, kept = handed_off(desk), handed_off(desk, name="周文博")
    for case in (lying, kept):
        claim(browser, case)
    desk.set_now(shanghai("2026-03-11 10:00"))
    browser.get(f"/cases/{kept}")
    browser.act(kept, "note", note="约了明天")
    desk.set_now(shanghai("2026-03-11 14:00"))  # a day after the claim
    handing_out(desk.product).run(livemode=False)
    assert handoff(desk, lying)[0] == "open"
    assert handoff(desk, kept)[0] == "claimed"
    assert "领取后长时间没有处理" in browser.get(f"/cases/{lying}").text


def test_what_is_put_aside_comes_back_by_itself_or_with_a_reply(
    desk: DeskInHand, browser: Browser
) -> None:
    first, second = handed_off(desk), handed_off(desk, name="周文博")
    ids = dict(desk.sql("SELECT case_id, id FROM handoff"))
    for case in (first, second):
        claim(browser, case)
        browser.get("/")
        browser.post(f"/handoffs/{ids[case]}/aside", hours=24)
    assert "data-row>" not in browser.get("/").text
    assert browser.get("/?show=aside").text.count("data-row>") == 2
    desk.reply(second, "怎么还没人联系我")
    assert browser.get("/").text.count("data-row>") == 1
    desk.set_now(desk.now + timedelta(hours=25))
    handing_out(desk.product).run(livemode=False)
    assert browser.get("/").text.count("data-row>") == 2
    browser.post(f"/handoffs/{ids[first]}/aside", hours=1000)
    assert "不能搁置这么久" in browser.page
    wang = somebody(desk, "wang", "王磊")
    wang.get("/")
    wang.post(f"/handoffs/{ids[first]}/aside", hours=1)
    assert desk.one("SELECT aside_until FROM handoff WHERE id = %s", ids[first]) is None


def test_a_lead_assigns_and_a_collector_may_not(desk: DeskInHand, browser: Browser) -> None:
    lead = somebody(desk, "zhao", "赵敏", role="lead")
    case = handed_off(desk)
    claim(browser, case)
    number = desk.one("SELECT id FROM handoff")
    lead.get("/")
    lead.post(f"/handoffs/{number}/assign", to=person(desk, "zhao"))
    assert handoff(desk, case) == ("open", None, person(desk, "zhao"))
    browser.get("/")
    assert browser.post(f"/handoffs/{number}/assign", to=person(desk, "chen")).status_code == 403
    lead.get("/team")
    lead.post(f"/team/{person(desk, 'chen')}", skill="care", capacity="5")
    assert desk.sql("SELECT skills, capacity FROM desk") == [(["care"], 5)]
    lead.post(f"/team/{person(desk, 'chen')}", skill="flying")
    assert "没有这种专长" in lead.page


def test_two_who_take_the_next_at_once_get_two_cases(desk: DeskInHand, browser: Browser) -> None:
    wang = somebody(desk, "wang", "王磊")
    handed_off(desk)
    handed_off(desk, "我要投诉你们", name="周文博")
    both = (browser, wang)
    for each in both:
        each.get("/")
    with ThreadPoolExecutor(2) as executor:
        pages = list(executor.map(lambda b: b.post("/next").url, both))
    assert len(set(pages)) == 2
    assert desk.one("SELECT count(DISTINCT claimed_by) FROM handoff") == 2
    browser.get("/")
    assert "没有可以领取" in browser.post("/next").text


def test_a_filter_is_kept_by_name_and_opens_the_list(desk: DeskInHand, browser: Browser) -> None:
    handed_off(desk)
    handed_off(desk, "我要投诉你们", name="周文博")
    browser.get("/?priority=1")
    browser.post("/filters", name="特急的", priority="1", show="todo", first="1")
    page = browser.get("/").text
    assert "特急的" in page
    assert re.findall(r"data-row>([^<]+)</a>", page) == ["投诉"]
    wang = somebody(desk, "wang", "王磊")
    assert "特急的" not in wang.get("/").text
    browser.post("/filters", drop=desk.one("SELECT id FROM saved_filter"))
    assert browser.get("/").text.count("data-row>") == 2
    browser.post("/filters", name="  ", priority="1")
    assert "起个名字" in browser.page


def test_open_pages_are_told_of_what_the_database_says(desk: DeskInHand, browser: Browser) -> None:
    case = handed_off(desk)
    page = browser.get("/").text
    [since] = re.findall(r'data-stream="[^"]*" data-since="([^"]+)"', page)
    seen = [since]

    def news(path: str) -> bool:
        text = browser.get(f"{path}since={seen[0]}").text
        seen[0] = re.findall(r"^id: (.+)$", text, re.M)[0]
        return "event: news" in text

    wait_until(lambda: not news("/stream?"))
    other = handed_off(desk, "我要投诉你们", name="周文博")
    before = seen[0]
    wait_until(lambda: news("/stream?"))
    wait_until(lambda: not news("/stream?"))
    seen[0] = before
    assert not news(f"/stream?case={case}&")
    seen[0] = before
    assert news(f"/stream?case={other}&")
    assert "周" in browser.get("/queue").text
