"""Calls whose end nobody told us of: the carrier is asked, and everything goes on as after a report."""

from __future__ import annotations

from datetime import timedelta

import pytest
from call_kit import act, call_row, called, calls, settle, shanghai, sid_of
from desk_kit import DeskInHand


def unreported(desk: DeskInHand, ending: str) -> int:
    """A call whose callbacks are all lost and which ended as `ending` says."""
    desk.sandbox.faults({"on": "call", "effect": ending}, {"on": "call", "effect": "lose"})
    case_id = called(desk)
    desk.sandbox.flush()
    assert call_row(desk, case_id)["state"] != "ended"
    return case_id


def some_minutes_later(desk: DeskInHand) -> int:
    """The clock's part of settling, when enough time has passed for it."""
    desk.sql("UPDATE call SET called_at = called_at - interval '3 minutes'")
    desk.product.attempts.run()
    return desk.product.calls.run()


@pytest.mark.parametrize(("ending", "outcome"), [("busy", "busy"), ("no_answer", "no_answer")])
def test_a_call_nobody_reported_on_gets_its_next_try_and_then_the_text(
    desk: DeskInHand, ending: str, outcome: str
) -> None:
    case_id = unreported(desk, ending)
    assert some_minutes_later(desk) == 1
    row = call_row(desk, case_id)
    assert (row["state"], row["outcome"]) == ("ended", outcome)
    due, channel, params = desk.sql(
        "SELECT due_at, channel, params FROM touch WHERE state = 'planned'"
    )[0]
    assert (channel, params) == ("voice", {"try": 2})
    desk.step(due)
    desk.sandbox.flush()
    assert some_minutes_later(desk) == 1
    desk.send()
    assert [text for text in desk.texts(case_id) if "没有接到" in text]
    assert len(calls(desk)) == 2


def test_a_machine_nobody_reported_is_told_by_the_carrier(desk: DeskInHand) -> None:
    case_id = unreported(desk, "machine")
    assert some_minutes_later(desk) == 1
    row = call_row(desk, case_id)
    assert (row["outcome"], row["connected"]) == ("machine", False)
    assert desk.one("SELECT count(*) FROM touch WHERE state = 'planned'") == 1


def test_what_was_said_before_a_lost_end_is_kept(desk: DeskInHand) -> None:
    desk.sandbox.faults({"on": "call", "effect": "lose"})
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer", **{"as": "human"})
    for keys in ("1", "123*", "2", "0315"):
        act(desk, sid, "press", keys=keys)
    act(desk, sid, "hangup")
    settle(desk)
    assert desk.sql("SELECT 1 FROM promise") == []
    assert some_minutes_later(desk) == 1
    settle(desk)
    assert call_row(desk, case_id)["outcome"] == "answered"
    assert desk.one("SELECT count(*) FROM promise") == 1
    assert desk.one("SELECT answered_hours FROM debtor") == [13]


def test_a_call_that_goes_on_is_left_alone_and_asked_after_again_later(desk: DeskInHand) -> None:
    desk.sandbox.faults({"on": "call", "effect": "lose"})
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer", **{"as": "human"})
    assert some_minutes_later(desk) == 0
    assert call_row(desk, case_id)["state"] == "talking"
    act(desk, sid, "hangup")
    assert desk.product.calls.run() == 0  # asked a moment ago
    desk.sql("UPDATE call SET asked_at = asked_at - %s", timedelta(minutes=6))
    assert desk.product.calls.run() == 1
    assert call_row(desk, case_id)["state"] == "ended"


def test_a_report_that_comes_after_the_look_up_changes_nothing(desk: DeskInHand) -> None:
    desk.sandbox.faults(
        {"on": "call", "effect": "no_answer"}, {"on": "call", "effect": "late", "seconds": 3600,
                                                "virtual": True}
    )  # fmt: skip
    case_id = called(desk)
    desk.sandbox.flush()
    assert some_minutes_later(desk) == 1
    planned = desk.sql("SELECT key FROM touch ORDER BY id")
    desk.set_now(shanghai("2026-03-11 15:00"))
    desk.sandbox.flush()
    assert call_row(desk, case_id)["outcome"] == "no_answer"
    assert desk.sql("SELECT key FROM touch ORDER BY id") == planned


def test_a_carrier_that_cannot_be_asked_is_asked_again(desk: DeskInHand) -> None:
    case_id = unreported(desk, "busy")
    desk.sandbox.faults({"on": "call_fetch", "effect": "error_before", "times": 1})
    assert some_minutes_later(desk) == 0
    desk.sql("UPDATE call SET asked_at = NULL")
    assert desk.product.calls.run() == 1
    assert call_row(desk, case_id)["outcome"] == "busy"


def test_a_call_the_carrier_knows_nothing_of_is_no_trouble(desk: DeskInHand) -> None:
    case_id = unreported(desk, "busy")
    desk.sql("UPDATE call SET provider_sid = %s", "CA" + "f" * 32)
    assert some_minutes_later(desk) == 0
    assert call_row(desk, case_id)["state"] == "placed"
