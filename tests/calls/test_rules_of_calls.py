"""The rules judge a call when it is planned and once more when it is placed."""

from __future__ import annotations

from call_kit import CALL_DAY, CALL_TIME, DUE, calls, let_call
from desk_kit import DeskInHand, shanghai


def planned(desk: DeskInHand, **changed: object) -> int:
    """A case whose call is planned for the afternoon."""
    let_call(desk)
    case_id = desk.case(desk.portfolio(**changed), due_on=DUE)
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    return case_id


def test_a_call_that_would_ring_at_night_waits_for_the_morning(desk: DeskInHand) -> None:
    planned(desk)
    desk.sql("UPDATE touch SET latest_at = latest_at + interval '2 days'")
    desk.set_now(shanghai(f"{CALL_DAY} 22:10"))
    desk.send()
    assert calls(desk) == []
    assert desk.sql("SELECT state, due_at, reason FROM touch") == [
        ("planned", shanghai("2026-03-12 08:00"), "cn.hours")
    ]


def test_a_call_never_rings_into_the_night(desk: DeskInHand) -> None:
    planned(desk)
    desk.sql("UPDATE touch SET latest_at = latest_at + interval '2 days'")
    desk.set_now(shanghai(f"{CALL_DAY} 21:59:48"))
    desk.send()
    [call] = calls(desk)
    assert 5 <= call["waiting"]["seconds"] <= 12


def test_a_stop_between_planning_and_placing_is_believed(desk: DeskInHand) -> None:
    planned(desk)
    desk.sql(
        "INSERT INTO suppression (creditor_key, phone_hash, channel, source, at) "
        "SELECT 'chenguang', phone_hash, 'voice', 'reply', %s FROM contact_point",
        desk.now,
    )
    desk.step(shanghai(CALL_TIME))
    assert calls(desk) == []
    assert desk.one("SELECT state FROM touch") == "denied"


def test_a_call_to_the_us_needs_consent(desk: DeskInHand) -> None:
    let_call(desk)
    book = desk.portfolio(packs=["us"], zone="America/New_York", region="US", currency="USD")
    desk.case(book, due_on=DUE, phone="+12125550123", currency="USD")
    desk.step(shanghai("2026-03-12 00:10"))
    state, reason = desk.sql("SELECT state, reason FROM touch WHERE channel = 'voice'")[0]
    assert (state, reason) == ("denied", "us.tcpa.voice")


def test_after_three_conversations_in_a_day_no_fourth_call_is_placed(desk: DeskInHand) -> None:
    planned(desk)
    desk.sql(
        "WITH talked AS (INSERT INTO touch SELECT (jsonb_populate_record(t, jsonb_build_object("
        "'id', nextval('touch_id_seq'), 'key', 'talked' || n, 'state', 'attempted'))).* "
        "FROM touch t, generate_series(1, 3) n WHERE t.channel = 'voice' RETURNING *) "
        "INSERT INTO attempt (token, touch_id, case_id, debtor_id, contact_point_id, sender_id, "
        "channel, purpose, state, body_sealed, segments, connected, at, called_at, updated_at) "
        "SELECT t.key, t.id, t.case_id, c.debtor_id, t.contact_point_id, p.sender_id, 'voice', "
        "t.purpose, 'sent', '', 1, true, %s, %s, %s "
        "FROM talked t JOIN cases c ON c.id = t.case_id JOIN portfolio p ON p.id = t.portfolio_id",
        *[shanghai(f"{CALL_DAY} 09:00")] * 3,
    )
    desk.step(shanghai(CALL_TIME))
    assert calls(desk) == []
    assert desk.one("SELECT reason FROM touch WHERE state = 'denied'") == "cn.voice.calls"
