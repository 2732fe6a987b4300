"""Calls in the console: what was said, the recording with its trace, and who takes calls."""

from __future__ import annotations

from datetime import date

import pytest
from desk_kit import DeskInHand, shanghai
from scene import Browser, add_person

DUE = date(2026, 3, 10)


def logged_in(desk: DeskInHand) -> Browser:
    """Somebody of the desk at its pages."""
    add_person(desk)
    browser = Browser(desk)
    browser.log_in()
    return browser


@pytest.fixture
def talked(desk: DeskInHand) -> tuple[DeskInHand, int, str]:
    """A case whose debtor is on the line and asked for a human."""
    desk.sender()
    desk.sql("UPDATE sender SET voice = true, calls_per_second = 1000")
    case_id = desk.case(desk.portfolio(), due_on=DUE)
    desk.sql("UPDATE debtor SET id_tail_sealed = %s", desk.product.seal.seal("1234"))
    desk.step(shanghai("2026-03-11 00:10"))
    desk.step(shanghai("2026-03-11 13:30"))
    [call] = desk.sandbox.call("GET", "/calls")["calls"]
    desk.sandbox.call("POST", f"/calls/{call['sid']}/answer", {})
    for keys in ("1", "1234", "0"):
        desk.sandbox.call("POST", f"/calls/{call['sid']}/press", {"keys": keys})
    desk.read_replies()
    return desk, case_id, str(call["sid"])


def test_the_list_and_the_case_show_the_call_that_is_going_on(
    talked: tuple[DeskInHand, int, str],
) -> None:
    desk, case_id, sid = talked
    browser = logged_in(desk)
    assert "通话中" in browser.get("/").text
    page = browser.get(f"/cases/{case_id}").text
    assert "的智能语音助手" in page
    assert "已核实本人" in page
    desk.sandbox.call("POST", f"/calls/{sid}/hangup", {})
    desk.sandbox.flush()
    assert "通话中" not in browser.get("/").text


def test_what_somebody_proved_themselves_by_is_not_shown(
    talked: tuple[DeskInHand, int, str],
) -> None:
    desk, case_id, _ = talked
    browser = logged_in(desk)
    page = browser.get(f"/cases/{case_id}").text
    assert "核对信息，已隐去" in page
    assert "1234" not in page.replace("400-000-1234", "")


def test_a_key_in_the_story_is_a_key_and_no_reading_to_be_put_right(
    talked: tuple[DeskInHand, int, str],
) -> None:
    desk, case_id, _ = talked
    assert desk.one("SELECT state FROM reply") == "handled"
    browser = logged_in(desk)
    story = browser.get(f"/cases/{case_id}").text.partition("欠款人电话回复")[2]
    assert "要求人工" in story
    assert "按键 0" in story
    assert "读错了" not in story
    desk.sql("UPDATE reply SET body_sealed = %s", desk.product.seal.seal("转人工"))
    assert "读错了" in browser.get(f"/cases/{case_id}").text


def test_keys_transfers_and_messages_are_told_in_words_of_the_page(
    talked: tuple[DeskInHand, int, str],
) -> None:
    """What the turns hold for them (`not_met`, nothing at all) are nobody's words."""
    desk, case_id, sid = talked
    desk.sandbox.call("POST", f"/calls/{sid}/hangup", {})
    desk.sandbox.flush()
    browser = logged_in(desk)
    call_id = desk.one("SELECT id FROM call")
    last = desk.one("SELECT max(number) FROM call_turn")
    seal = desk.product.seal.seal
    for step, heard in (
        ("transfer", "0"), ("transfer_failed", "not_met"), ("leave_word", "1"), ("word_left", "")
    ):  # fmt: skip
        last += 1
        desk.sql(
            "INSERT INTO call_turn (call_id, number, at, step, said_sealed, heard_sealed, "
            "understood, detail, verified, answer_sealed) "
            "VALUES (%s, %s, %s, %s, %s, %s, '{}', false, true, %s)",
            call_id, last, desk.now, step, seal("好"), seal(heard), seal(""),
        )  # fmt: skip
    desk.sql("UPDATE call SET seconds = 185")
    page = browser.get(f"/cases/{case_id}").text
    assert "按键 1" in page
    assert "not_met" not in page
    assert "没有接通专员" in page
    assert "留言，见下面的录音" in page
    assert "对方没有出声" not in page
    assert "3分5秒" in page


def test_a_call_in_the_story_tells_how_it_went_and_no_file_name(
    talked: tuple[DeskInHand, int, str],
) -> None:
    desk, case_id, sid = talked
    desk.sandbox.call("POST", f"/calls/{sid}/hangup", {})
    desk.sandbox.flush()
    browser = logged_in(desk)
    page = browser.get(f"/cases/{case_id}").text
    assert "对方接起" in page
    assert "ivr.d1_5 v" not in page
    assert "1段" not in page


def test_the_list_shows_every_call_that_goes_on_and_who_waits_for_a_human(
    desk: DeskInHand,
) -> None:
    """A case that nobody was given has no line in the list; its call is seen all the same."""
    desk.sender()
    desk.sql("UPDATE sender SET voice = true, calls_per_second = 1000")
    case_id = desk.case(desk.portfolio(), due_on=DUE)
    desk.step(shanghai("2026-03-11 00:10"))
    desk.step(shanghai("2026-03-11 13:30"))
    [call] = desk.sandbox.call("GET", "/calls")["calls"]
    desk.sandbox.call("POST", f"/calls/{call['sid']}/answer", {})
    browser = logged_in(desk)
    page = browser.get("/").text
    assert "正在通话 1 通" in page
    assert f"/console/cases/{case_id}" in page
    assert "马敏" not in page
    desk.sql("UPDATE call SET transfer = 'queued', queued_at = %s", desk.now)
    assert "排队等候人工" in browser.get("/").text
    desk.sql("UPDATE call SET transfer = 'over'")
    desk.sandbox.call("POST", f"/calls/{call['sid']}/hangup", {})
    desk.sandbox.flush()
    assert "正在通话" not in browser.get("/").text
    assert "没有接通专员" in browser.get(f"/cases/{case_id}").text


def test_a_recording_is_played_to_who_is_logged_in_and_leaves_a_trace(
    talked: tuple[DeskInHand, int, str],
) -> None:
    desk, case_id, sid = talked
    desk.sandbox.call("POST", f"/calls/{sid}/hangup", {})
    desk.sandbox.flush()
    recording = desk.one("SELECT id FROM recording")
    stranger = Browser(desk)
    assert "audio" not in stranger.get(f"/recordings/{recording}").headers["Content-Type"]
    assert desk.sql("SELECT 1 FROM audit WHERE action = 'listen'") == []
    browser = logged_in(desk)
    assert f"/console/recordings/{recording}" in browser.get(f"/cases/{case_id}").text
    sound = browser.get(f"/recordings/{recording}")
    assert sound.headers["Content-Type"] == "audio/wav"
    assert sound.content[:4] == b"RIFF"
    assert desk.sql("SELECT case_id FROM audit WHERE action = 'listen'") == [(case_id,)]
    assert browser.get("/recordings/999999").status_code == 404


def test_a_collector_goes_on_duty_only_with_a_telephone(desk: DeskInHand) -> None:
    browser = logged_in(desk)
    browser.get("/")
    assert "还没有登记接听电话" in browser.post("/duty", on="1").text
    assert desk.one("SELECT on_duty FROM collector") is False
    desk.product.collectors.set_phone("chen", "13800138555", "CN")
    browser.get("/")
    browser.post("/duty", on="1")
    assert desk.one("SELECT on_duty FROM collector") is True
    browser.get("/")
    browser.post("/duty", on="0")
    assert desk.one("SELECT on_duty FROM collector") is False
