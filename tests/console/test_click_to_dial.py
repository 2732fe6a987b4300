"""A collector calls from the case page: their own telephone first, a key, then the debtor."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from desk_kit import SENDER, DeskInHand, shanghai
from scene import Browser, add_person, handed_off

from bot.app.verify.breach import Evidence
from bot.app.verify.checks import run_checks

PHONE = "+8613800138555"


@pytest.fixture
def case(desk: DeskInHand) -> int:
    """In the hands of a collector with a telephone, on a desk that may call."""
    add_person(desk)
    desk.product.collectors.set_phone("chen", PHONE, "CN")
    desk.sender()
    desk.sql("UPDATE sender SET voice = true, calls_per_second = 1000")
    return handed_off(desk)


@pytest.fixture
def browser(desk: DeskInHand, case: int) -> Browser:
    opened = Browser(desk)
    opened.log_in()
    opened.get(f"/cases/{case}")
    opened.act(case, "claim")
    return opened


def press(browser: Browser, case: int, do: str = "call", **fields: object) -> dict[str, object]:
    """The button; returns its form, to be sent again."""
    browser.get(f"/cases/{case}")
    form: dict[str, object] = {"do": do, "seen": browser.hidden("seen"), **fields}
    form.setdefault("key", browser.hidden("key"))
    browser.post(f"/cases/{case}/work", **form)
    return form


def line(desk: DeskInHand, phone: str) -> str:
    """The call that rings at a telephone."""
    found = desk.sandbox.call("GET", f"/calls?live=1&number={phone}")["calls"]
    return str(next(c["sid"] for c in found if c["to"] == phone and c["status"] == "ringing"))


def act(desk: DeskInHand, sid: str, what: str, **body: Any) -> None:
    """The person at a telephone does something."""
    desk.sandbox.call("POST", f"/calls/{sid}/{what}", body)


def call_row(desk: DeskInHand, case: int) -> dict[str, Any]:
    """The newest call of the case as we know it."""
    names = ("id", "state", "outcome", "connected", "seconds", "transfer")
    query = f"SELECT {', '.join(names)} FROM call WHERE case_id = %s ORDER BY id DESC LIMIT 1"
    return dict(zip(names, desk.sql(query, case)[0], strict=True))


def carried(desk: DeskInHand, sid: str) -> dict[str, Any]:
    return dict(desk.sandbox.call("GET", f"/calls/{sid}"))


def breaches(desk: DeskInHand) -> dict[str, int]:
    with psycopg.connect(str(desk.product.pool.conninfo)) as connection:
        findings = run_checks(Evidence(connection, None))
    return {each.invariant.name: len(each.breaches) for each in findings if each.breaches}


def test_both_telephones_ring_once_and_the_talk_counts_with_its_outcome(
    desk: DeskInHand, case: int, browser: Browser
) -> None:
    form = press(browser, case)
    assert "您的电话马上会响" in browser.page
    browser.post(f"/cases/{case}/work", **form)  # the same form once more
    assert desk.one("SELECT count(*) FROM touch WHERE script = 'desk.call'") == 1
    assert desk.send() == 1
    debtor = desk.phones[case]
    mine = line(desk, PHONE)
    assert carried(desk, mine)["from"] == SENDER
    act(desk, mine, "answer")
    said = "".join(each["text"] for each in carried(desk, mine)["transcript"])
    assert "晨光消费金融的马先生或马女士" in said
    assert "2000" not in said
    assert "还款" not in said
    assert desk.sandbox.call("GET", f"/calls?live=1&number={debtor}")["calls"] == []

    act(desk, mine, "press", keys="1")
    theirs = line(desk, debtor)
    press(browser, case)
    assert "您正在通话" in browser.page
    act(desk, theirs, "answer")
    desk.sandbox.flush()
    assert "通话中" in browser.get(f"/cases/{case}").text
    assert "催收员拨打" in browser.get("/").text
    act(desk, theirs, "speak", text="下周三还")
    act(desk, theirs, "hangup")
    desk.sandbox.flush()
    assert carried(desk, mine)["complaints"] == carried(desk, theirs)["complaints"] == []

    row = call_row(desk, case)
    assert (row["state"], row["outcome"], row["connected"]) == ("ended", "answered", True)
    assert row["seconds"] >= 1
    assert desk.sql("SELECT state, purpose, connected FROM attempt WHERE channel = 'voice'") == [
        ("delivered", "collector", True)
    ]
    assert breaches(desk) == {}

    assert "这通电话结果如何" in browser.get(f"/cases/{case}").text
    press(browser, case, "call_result", call=row["id"], result="nonsense")
    assert "请选择通话结果" in browser.page
    press(browser, case, "call_result", call=row["id"], result="reached")
    assert "本人接听" in browser.page
    assert "这通电话结果如何" not in browser.page
    assert desk.one("SELECT verified_at = answered_at FROM call")
    assert desk.sql("SELECT action FROM audit WHERE action LIKE 'call%%' ORDER BY id") == [
        ("call",),
        ("call_result",),
    ]


def test_without_the_key_nobody_is_dialled_and_nothing_counts(
    desk: DeskInHand, case: int, browser: Browser
) -> None:
    press(browser, case)
    desk.send()
    mine = line(desk, PHONE)
    act(desk, mine, "answer")  # it may be a mailbox
    act(desk, mine, "silence")
    desk.sandbox.flush()
    row = call_row(desk, case)
    assert (row["state"], row["outcome"]) == ("ended", "not_put_through")
    assert desk.sql("SELECT state, error_code FROM attempt WHERE channel = 'voice'") == [
        ("refused", "not_put_through")
    ]
    page = browser.get(f"/cases/{case}").text
    assert "没有拨给对方" in page
    assert "这通电话结果如何" not in page
    assert breaches(desk) == {}


def test_a_stop_that_comes_while_the_collector_answers_keeps_the_debtor_from_being_rung(
    desk: DeskInHand, case: int, browser: Browser
) -> None:
    press(browser, case)
    desk.send()
    mine = line(desk, PHONE)
    act(desk, mine, "answer")
    desk.sql("UPDATE debtor SET stop_all = true")
    act(desk, mine, "press", keys="1")
    said = "".join(each["text"] for each in carried(desk, mine)["transcript"])
    assert "现在不能拨打这位客户" in said
    assert desk.sql("SELECT outcome, rule FROM verdict WHERE stage = 'dial'") == [
        ("deny", "cn.optout.all")
    ]
    desk.sandbox.flush()
    assert call_row(desk, case)["outcome"] == "not_put_through"
    assert "要求" in browser.get(f"/cases/{case}").text
    press_refused = re.search(r'name="do" value="call"', browser.page)
    assert press_refused is None  # the page says why instead


def test_a_call_outside_the_hours_is_refused_in_words_with_its_rule(
    desk: DeskInHand, case: int, browser: Browser
) -> None:
    browser.get(f"/cases/{case}")
    form = {"seen": browser.hidden("seen"), "key": browser.hidden("key")}
    desk.set_now(shanghai("2026-03-10 22:30"))
    answer = browser.post(f"/cases/{case}/work", do="call", **form)
    assert answer.status_code == 409
    assert "现在不能拨打" in browser.page
    assert "cn.hours" in browser.page
    assert desk.sql("SELECT state, reason FROM touch WHERE script = 'desk.call'") == [
        ("denied", "cn.hours")
    ]
    assert desk.send() == 0


def test_who_has_no_telephone_is_told_so_and_a_dead_one_is_not_held_against_the_debtor(
    desk: DeskInHand, case: int, browser: Browser
) -> None:
    desk.product.collectors.set_phone("chen", "", "CN")
    press(browser, case)
    assert "您还没有登记电话" in browser.page
    desk.product.collectors.set_phone("chen", PHONE, "CN")
    desk.sandbox.faults({"effect": "refuse", "on": "call", "to": PHONE, "code": 21211})
    press(browser, case)
    desk.send()
    assert desk.one("SELECT count(*) FROM contact_point WHERE disabled IS NOT NULL") == 0
    assert desk.one("SELECT state FROM attempt WHERE channel = 'voice'") == "refused"


def test_a_busy_debtor_is_told_to_the_collector_and_counts(
    desk: DeskInHand, case: int, browser: Browser
) -> None:
    press(browser, case)
    desk.send()
    mine = line(desk, PHONE)
    act(desk, mine, "answer")
    act(desk, mine, "press", keys="1")
    act(desk, line(desk, desk.phones[case]), "decline")
    desk.sandbox.flush()
    assert "对方占线" in "".join(each["text"] for each in carried(desk, mine)["transcript"])
    row = call_row(desk, case)
    assert (row["state"], row["outcome"], row["connected"]) == ("ended", "busy", False)
    assert desk.one("SELECT state FROM attempt WHERE channel = 'voice'") == "undelivered"
    assert desk.one("SELECT count(*) FROM touch WHERE channel = 'voice'") == 1  # no other try
    page = browser.get(f"/cases/{case}").text
    assert "占线" in page
    assert "这通电话结果如何" in page
