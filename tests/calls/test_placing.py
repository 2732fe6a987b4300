"""Calls are placed like messages are sent: once, counted, within the rules and the lines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from call_kit import (
    CALL_DAY,
    CALL_TIME,
    DUE,
    KNOWN,
    act,
    call_row,
    called,
    calls,
    let_call,
    settle,
    sid_of,
    talk,
)
from desk_kit import DeskInHand, shanghai


def test_a_call_is_placed_with_every_address_it_will_ask(desk: DeskInHand) -> None:
    case_id = called(desk)
    placed = calls(desk)
    assert [c["to"] for c in placed] == [desk.phones[case_id]]
    assert desk.sql("SELECT channel, state, script FROM touch") == [
        ("voice", "attempted", "ivr.d1_5")
    ]
    assert desk.one("SELECT state FROM attempt") == "sent"
    assert desk.one("SELECT outcome FROM verdict WHERE stage = 'plan'") == "allow"
    assert call_row(desk, case_id)["state"] == "placed"


@pytest.mark.parametrize(
    ("ending", "outcome", "state", "disabled"),
    [
        ("21", "busy", "undelivered", None),
        ("22", "no_answer", "undelivered", None),
        ("01", "failed", "failed", "dead"),
        ("05", "failed", "failed", None),
        ("25", "fax", "delivered", "fax"),
        ("23", "machine", "delivered", None),
    ],
)
def test_how_a_call_ended_is_told_apart(
    desk: DeskInHand, ending: str, outcome: str, state: str, disabled: str | None
) -> None:
    case_id = called(desk, phone=f"+86138001389{ending}")
    desk.sandbox.flush()
    row = call_row(desk, case_id)
    assert (row["state"], row["outcome"]) == ("ended", outcome)
    assert not row["connected"]
    assert desk.sql("SELECT state, connected FROM attempt") == [(state, False)]
    assert desk.one("SELECT disabled FROM contact_point") == disabled


def test_who_does_not_answer_is_tried_at_another_time_then_asked_for_one(desk: DeskInHand) -> None:
    case_id = called(desk, phone="+8613800138922")
    desk.sandbox.flush()
    again = desk.sql("SELECT due_at, channel, state, params FROM touch ORDER BY id")[1]
    assert again[1:] == ("voice", "planned", {"try": 2})
    assert timedelta(hours=2) <= again[0] - shanghai(CALL_TIME) < timedelta(hours=2, minutes=1)
    desk.step(again[0])
    desk.sandbox.flush()
    assert len(calls(desk)) == 2
    desk.send()
    assert [text for text in desk.texts(case_id) if "没有接到" in text]
    assert len(calls(desk)) == 2
    desk.step(shanghai("2026-03-11 21:59"))
    assert len(calls(desk)) == 2


def test_a_number_that_does_not_exist_is_not_called_again(desk: DeskInHand) -> None:
    case_id = called(desk, phone="+8613800138901")
    desk.sandbox.flush()
    desk.step(shanghai("2026-03-12 10:00"))
    assert len(calls(desk)) == 1
    assert desk.state(case_id) == "handed_off"


@pytest.mark.parametrize(("ending", "kind"), [("02", "dead"), ("03", "dead")])
def test_a_number_the_carrier_refuses_at_once_is_given_up(
    desk: DeskInHand, ending: str, kind: str
) -> None:
    case_id = called(desk, phone=f"+86138001389{ending}")
    assert desk.one("SELECT disabled FROM contact_point") == kind
    assert call_row(desk, case_id)["state"] == "ended"


def test_an_account_that_may_not_call_there_stops_the_sender(desk: DeskInHand) -> None:
    called(desk, phone="+8613800138933")
    assert "21215" in desk.one("SELECT stopped_reason FROM sender")


@pytest.mark.parametrize("ending", ["09", "11"])
def test_a_call_that_may_have_been_placed_is_never_placed_again(
    desk: DeskInHand, ending: str
) -> None:
    called(desk, phone=f"+86138001389{ending}")
    for _ in range(3):
        desk.send()
    assert len(calls(desk)) == 1
    desk.sandbox.flush()
    assert desk.one("SELECT state FROM attempt") != "sending"


def test_no_more_calls_than_lines(desk: DeskInHand) -> None:
    let_call(desk, lines=2)
    portfolio = desk.portfolio()
    cases = [desk.case(portfolio, due_on=DUE) for _ in range(3)]
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    desk.step(shanghai(CALL_TIME))
    assert len(calls(desk)) == 2
    act(desk, sid_of(desk, cases[0]), "decline")
    settle(desk)
    desk.send()
    assert len(calls(desk)) == 3


def test_no_more_calls_begun_than_the_rate_allows(desk: DeskInHand) -> None:
    let_call(desk, per_second=1.0)
    portfolio = desk.portfolio()
    for _ in range(3):
        desk.case(portfolio, due_on=DUE)
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    desk.set_now(shanghai(CALL_TIME))
    desk.product.send(desk.sender())
    assert len(calls(desk)) == 1


def test_a_sender_that_may_not_call_leaves_the_calls_out(desk: DeskInHand) -> None:
    desk.case(desk.portfolio(), due_on=DUE)
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    desk.step(shanghai(CALL_TIME))
    assert calls(desk) == []
    assert desk.sql("SELECT 1 FROM touch WHERE channel = 'voice'") == []


def test_the_hour_at_which_somebody_answered_is_remembered_and_used(desk: DeskInHand) -> None:
    case_id = called(desk)
    desk.sql("UPDATE debtor SET answered_hours = '[19, 10, 19]'")
    act(desk, sid_of(desk, case_id), "decline")
    settle(desk)
    desk.sql("UPDATE touch SET state = 'cancelled' WHERE state = 'planned'")
    desk.step(shanghai("2026-03-13 00:10"))
    due = desk.one("SELECT max(due_at) FROM touch WHERE channel = 'voice'")
    assert due == shanghai("2026-03-13 19:00")
    assert due - shanghai("2026-03-13 00:00") == timedelta(hours=19)


def test_a_portfolio_that_lacks_something_places_no_call_and_says_what(desk: DeskInHand) -> None:
    case_id = called_without(desk, "complaint_phone")
    assert calls(desk) == []
    assert desk.sql("SELECT kind, subject FROM alarm") == [("portfolio_incomplete", "loans")]
    assert "complaint_phone is empty" in desk.one("SELECT message FROM alarm")
    assert desk.sql("SELECT state, reason FROM touch") == [("planned", "portfolio incomplete")]
    desk.sql("UPDATE portfolio SET complaint_phone = '400-000-5678'")
    desk.step(shanghai(CALL_TIME) + timedelta(minutes=11))
    assert [c["to"] for c in calls(desk)] == [desk.phones[case_id]]


def called_without(desk: DeskInHand, field: str) -> int:
    """A case whose portfolio lost a word it needs before its call was due."""
    let_call(desk)
    case_id = desk.case(desk.portfolio(), due_on=DUE)
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    desk.sql(f"UPDATE portfolio SET {field} = ''")
    desk.step(shanghai(CALL_TIME))
    return case_id


def test_texts_go_out_although_a_call_would_lack_something(desk: DeskInHand) -> None:
    let_call(desk)
    case_id = desk.case(desk.portfolio(complaint_phone=""), due_on=date(2026, 3, 9))
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    desk.step(shanghai(CALL_TIME))
    assert len(desk.texts(case_id)) == 1


def test_a_call_back_for_tomorrow_comes_at_the_hour_that_was_answered(desk: DeskInHand) -> None:
    case_id = called(desk)
    desk.sql("UPDATE debtor SET answered_hours = '[19, 19]'")
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer", **{"as": "human"})
    talk(desk, sid, *KNOWN, "明天再打给我吧")
    settle(desk)
    assert desk.sql("SELECT channel, due_at FROM touch WHERE state = 'planned'") == [
        ("voice", shanghai("2026-03-12 19:00"))
    ]


def test_nobody_is_called_while_another_call_with_them_goes_on(desk: DeskInHand) -> None:
    let_call(desk)
    case_id = desk.case(desk.portfolio(), due_on=DUE)
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    desk.sql(
        "INSERT INTO call (sender_id, direction, case_id, debtor_id, state, placed_at, called_at) "
        "SELECT 1, 'inbound', id, debtor_id, 'talking', %s, now() FROM cases",
        shanghai(CALL_TIME),
    )
    desk.step(shanghai(CALL_TIME))
    assert calls(desk) == []
    desk.sql("UPDATE call SET state = 'ended', outcome = 'failed', ended_at = %s", desk.now)
    assert desk.send() == 1
    assert call_row(desk, case_id)["state"] == "placed"
