"""Answering machines: a name and a number where the packs allow it, else nothing; never the debt."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from call_kit import act, call_row, calls, let_call, post, settle, sid_of
from desk_kit import DeskInHand, shanghai

#: In New York: 13:30 of the day past due on which the shipped cadence only calls.
DUE, MORNING, NOON = date(2026, 3, 10), "2026-03-11 13:10", "2026-03-12 01:30"

BEEP, SILENCE, FAX = "+12125550123", "+12125550124", "+12125550125"


def called_in_america(desk: DeskInHand, phone: str, **portfolio: Any) -> int:
    """A debtor in New York, whose packs allow a message of limited content, is being called."""
    let_call(desk)
    book = {"packs": ["us"], "zone": "America/New_York", "region": "US", "currency": "USD"}
    book |= {"contact_name": "陈专员"} | portfolio
    case_id = desk.case(desk.portfolio(**book), due_on=DUE, phone=phone, currency="USD")
    desk.sql("UPDATE contact_point SET consent_voice = true, checked_at = %s", desk.now)
    desk.step(shanghai(MORNING))
    desk.step(shanghai(NOON))
    desk.sandbox.flush()
    return case_id


def told(desk: DeskInHand, case_id: int) -> list[str]:
    """Everything said to the machine, sentence by sentence, as the carrier heard it."""
    shown = desk.sandbox.call("GET", f"/calls/{sid_of(desk, case_id)}")
    return [line["text"] for line in shown["transcript"] if line["what"] == "say"]


@pytest.mark.parametrize("phone", [BEEP, SILENCE])
def test_a_message_of_a_name_and_a_number_is_left_where_the_packs_allow_it(
    desk: DeskInHand, phone: str
) -> None:
    case_id = called_in_america(desk, phone)
    message = told(desk, case_id)[-1]
    assert "晨光消费金融" in message
    assert "找陈专员" in message
    assert "四零零，零零零，幺二三四" in message
    row = call_row(desk, case_id)
    assert (row["state"], row["outcome"], row["connected"]) == ("ended", "machine", False)
    assert desk.one("SELECT bool_or(detail) FROM call_turn") is False
    assert desk.one("SELECT connected FROM attempt") is False


def test_the_message_waits_for_the_end_of_the_greeting(desk: DeskInHand) -> None:
    case_id = called_in_america(desk, BEEP)
    shown = desk.sandbox.call("GET", f"/calls/{sid_of(desk, case_id)}")
    assert shown["answered_by"] == "machine_end_beep"
    lines = [(line["what"], line["text"]) for line in shown["transcript"]]
    left = next(n for n, (_, text) in enumerate(lines) if "陈专员" in text)
    assert lines.index(("amd", "machine_end_beep")) < left


@pytest.mark.parametrize(
    ("phone", "portfolio"),
    [
        (BEEP, {"contact_name": ""}),  # allowed, but there is nobody to name
        (BEEP, {"packs": ["us", "cn"]}),  # one pack does not allow it
        (FAX, {}),  # nobody listens
    ],
)
def test_where_no_message_may_be_left_the_call_is_hung_up(
    desk: DeskInHand, phone: str, portfolio: dict[str, Any]
) -> None:
    case_id = called_in_america(desk, phone, **portfolio)
    assert not [text for text in told(desk, case_id) if "方便时回电" in text]
    assert call_row(desk, case_id)["state"] == "ended"
    assert calls(desk)[0]["status"] == "completed"


def test_somebody_who_speaks_is_no_machine_whatever_the_carrier_thinks(desk: DeskInHand) -> None:
    case_id = called_in_america(desk, "+12125550199")
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer", **{"as": "human"})
    act(desk, sid, "press", keys="1")
    token = desk.one("SELECT token FROM attempt")
    post(desk, f"amd?attempt={token}", {"CallSid": sid, "AnsweredBy": "machine_end_beep"})
    assert act(desk, sid, "press", keys="1")["status"] == "in-progress"
    act(desk, sid, "hangup")
    settle(desk)
    assert call_row(desk, case_id)["outcome"] == "answered"


def test_a_machine_that_only_the_last_report_names_is_one(desk: DeskInHand) -> None:
    case_id = called_in_america(desk, "+12125550199")
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer", **{"as": "human"})
    token = desk.one("SELECT token FROM attempt")
    form = {"CallSid": sid, "CallStatus": "completed", "AnsweredBy": "machine_start"}
    post(desk, f"status?attempt={token}", form)
    row = call_row(desk, case_id)
    assert (row["outcome"], row["connected"]) == ("machine", False)
    assert desk.one("SELECT answered_hours FROM debtor") == []
