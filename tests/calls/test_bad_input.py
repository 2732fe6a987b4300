"""Whatever comes over the line, what was reached before it stays reached, and nothing else happens."""

from __future__ import annotations

from datetime import date

import pytest
from call_kit import (
    KNOWN,
    act,
    call_row,
    called,
    let_call,
    post,
    settle,
    sid_of,
    talk,
    turns,
)
from desk_kit import DeskInHand

PROMISED = (*KNOWN, "2", "0315", "1", "1")  #: a promise of everything, read back and confirmed


def answered(desk: DeskInHand) -> tuple[int, str]:
    """A call somebody picked up: its case and its sid."""
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer", **{"as": "human"})
    return case_id, sid


def promises(desk: DeskInHand) -> list[date]:
    return [row[0] for row in desk.sql("SELECT due_on FROM promise")]


@pytest.mark.parametrize("keys", ["6", "7", "*", "#", "99", "0000000000000000000000"])
def test_a_key_that_means_nothing_is_asked_about_again(desk: DeskInHand, keys: str) -> None:
    case_id, sid = answered(desk)
    talk(desk, sid, *KNOWN)
    form = {"CallSid": sid, "Digits": keys}
    answer = post(desk, "turn?turn=3", form)
    assert answer.status_code == 200
    assert "<Gather" in answer.text
    assert "1" in turns(desk, case_id)[-1][1]  # the choices are told once more
    settle(desk)
    assert desk.sql("SELECT 1 FROM reply") == []
    assert desk.state(case_id) == "active"


@pytest.mark.parametrize("keys", ["0230", "1399", "0000", "99"])
def test_a_day_that_does_not_exist_is_no_promise(desk: DeskInHand, keys: str) -> None:
    case_id, sid = answered(desk)
    talk(desk, sid, *KNOWN, "2", keys)
    assert "月" in turns(desk, case_id)[-1][1]
    act(desk, sid, "hangup")
    settle(desk)
    assert promises(desk) == []
    assert desk.state(case_id) == "active"


@pytest.mark.parametrize("spoken", [(), KNOWN[:1], KNOWN, (*KNOWN, "2")])
def test_silence_ends_the_call_kindly_at_any_question(
    desk: DeskInHand, spoken: tuple[str, ...]
) -> None:
    case_id, sid = answered(desk)
    talk(desk, sid, *spoken)
    for _ in range(4):
        if act(desk, sid, "silence")["status"] == "completed":
            break
    settle(desk)
    row = call_row(desk, case_id)
    assert (row["state"], row["outcome"]) == ("ended", "answered")
    assert "再见" in turns(desk, case_id)[-1][1]
    assert promises(desk) == []
    assert desk.state(case_id) == "active"


def test_silence_after_a_promise_that_was_read_back_keeps_it_to_be_confirmed(
    desk: DeskInHand,
) -> None:
    case_id, sid = answered(desk)
    talk(desk, sid, *KNOWN, "2", "0315", "1")
    for _ in range(4):
        if act(desk, sid, "silence")["status"] == "completed":
            break
    settle(desk)
    desk.send()
    assert promises(desk) == [date(2026, 3, 15)]
    assert [text for text in desk.texts(case_id) if "3月15日" in text]


@pytest.mark.parametrize(
    ("noise", "confidence"),
    [("滋滋滋 嗯 那个 嘟", 0.9), ("明天还五百", 0.1), ("嘟嘟嘟嘟", 0.0), ("啊" * 900, 0.8), ("？！…", 0.7)],
)  # fmt: skip
def test_a_noise_transcript_promises_nothing_and_stops_nothing(
    desk: DeskInHand, noise: str, confidence: float
) -> None:
    case_id, sid = answered(desk)
    talk(desk, sid, *KNOWN)
    act(desk, sid, "speak", text=noise, confidence=confidence)
    settle(desk)
    assert promises(desk) == []
    assert desk.sql("SELECT 1 FROM suppression") == []
    assert desk.state(case_id) in {"active", "handed_off"}


def test_a_stop_is_believed_in_any_noise(desk: DeskInHand) -> None:
    _, sid = answered(desk)
    talk(desk, sid, *KNOWN)
    act(desk, sid, "speak", text="别再给我打电话了", confidence=0.05)
    settle(desk)
    assert desk.sql("SELECT channel FROM suppression") == [("voice",)]


@pytest.mark.parametrize("then", ["7", "滋滋滋", None])
def test_what_comes_after_a_promise_takes_nothing_back(desk: DeskInHand, then: str | None) -> None:
    case_id, sid = answered(desk)
    talk(desk, sid, *PROMISED, then)
    act(desk, sid, "hangup") if call_row(desk, case_id)["state"] != "ended" else None
    settle(desk)
    assert promises(desk) == [date(2026, 3, 15)]
    assert desk.state(case_id) == "promised"


def test_the_turn_of_a_promise_posted_thrice_is_one_promise(desk: DeskInHand) -> None:
    case_id, sid = answered(desk)
    talk(desk, sid, *PROMISED[:-1])
    number = turns(desk, case_id)[-1][0]
    form = {"CallSid": sid, "Digits": "1"}
    answers = {post(desk, f"turn?turn={number}", form).text for _ in range(3)}
    assert len(answers) == 1
    settle(desk)
    assert promises(desk) == [date(2026, 3, 15)]
    assert len(desk.sql("SELECT 1 FROM reply")) == 1


def test_a_case_closed_in_the_middle_of_the_call_keeps_what_was_said(desk: DeskInHand) -> None:
    case_id, sid = answered(desk)
    talk(desk, sid, *PROMISED)
    desk.sql("UPDATE cases SET state = 'closed' WHERE id = %s", case_id)
    shown = talk(desk, sid, "2")
    assert shown["status"] == "completed"
    assert "再见" in turns(desk, case_id)[-1][1]
    settle(desk)
    assert call_row(desk, case_id)["outcome"] == "answered"
    assert len(desk.sql("SELECT 1 FROM reply")) == 1


PAGES = ["answer", "turn?turn=1", "inbound", "sorry", "wait", "whisper?call=77", "queue-end?turn=1",
         "dial-end?turn=1"]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_call_nobody_knows_is_answered_and_leaves_nothing(desk: DeskInHand, page: str) -> None:
    let_call(desk)
    form = {
        "CallSid": "CA" + "0" * 32,
        "Digits": "9",
        "From": "+8613800138000",
        "To": "+12025550199",
    }
    answer = post(desk, page, form)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    for table in ("call", "reply", "suppression", "handoff"):
        assert desk.sql(f"SELECT 1 FROM {table}") == [], table


@pytest.mark.parametrize(
    "page", ["status", "status?attempt=nobody", "amd?attempt=nobody", "recording"]
)
def test_a_report_on_a_call_nobody_knows_is_taken_and_leaves_nothing(
    desk: DeskInHand, page: str
) -> None:
    form = {"CallSid": "CA" + "0" * 32, "CallStatus": "completed", "AnsweredBy": "human",
            "RecordingSid": "RE" + "0" * 32}  # fmt: skip
    assert post(desk, page, form).status_code == 204
    for table in ("call", "recording", "alarm"):
        assert desk.sql(f"SELECT 1 FROM {table}") == [], table


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"CallSid": "no sid at all"},
        {"CallSid": "CA" + "0" * 31 + "\n"},
        {"CallSid": "CA" + "0" * 32, "CallStatus": "exploded at <b>"},
    ],
)
def test_a_signed_report_that_is_none_is_refused(desk: DeskInHand, form: dict[str, str]) -> None:
    assert post(desk, "status", form).status_code == 400


@pytest.mark.parametrize(
    "late",
    [
        ("turn?turn={n}", {"Digits": "9"}),
        ("turn?turn=1", {"Digits": "9"}),
        ("dial-end?turn={n}", {"DialCallStatus": "completed"}),
        ("queue-end?turn={n}", {"QueueResult": "bridged"}),
        ("wait", {"QueueTime": "5"}),
        ("answer?attempt={token}", {}),
        ("amd?attempt={token}", {"AnsweredBy": "machine_end_beep"}),
        ("status?attempt={token}", {"CallStatus": "failed", "SipResponseCode": "404"}),
        ("status?attempt={token}", {"CallStatus": "in-progress"}),
        ("status", {"CallStatus": "busy"}),
    ],
)
def test_whatever_is_posted_after_the_end_changes_nothing(
    desk: DeskInHand, late: tuple[str, dict[str, str]]
) -> None:
    case_id, sid = answered(desk)
    talk(desk, sid, *PROMISED)
    act(desk, sid, "hangup")
    settle(desk)
    told = "SELECT state, outcome, turn, connected, transfer FROM call"
    before = desk.sql(told)
    page, form = late
    token = desk.one("SELECT token FROM attempt")
    answer = post(
        desk, page.format(n=turns(desk, case_id)[-1][0], token=token), {"CallSid": sid, **form}
    )
    assert answer.status_code in {200, 204}
    assert "<Gather" not in answer.text
    settle(desk)
    assert desk.sql(told) == before
    assert promises(desk) == [date(2026, 3, 15)]
    assert desk.sql("SELECT 1 FROM suppression") == []
    assert desk.one("SELECT disabled FROM contact_point") is None
