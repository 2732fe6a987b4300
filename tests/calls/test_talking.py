"""Whole calls: what is pressed and said moves the case as an SMS would, and nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest
from call_kit import (
    CALL_DAY,
    CALL_TIME,
    DUE,
    KNOWN,
    act,
    call_row,
    called,
    know_tail,
    let_call,
    post,
    settle,
    shanghai,
    sid_of,
    talk,
    turns,
)
from desk_kit import SENDER, DeskInHand


def answered(desk: DeskInHand, case_id: int) -> str:
    """The debtor picks up; the call's sid."""
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer", **{"as": "human"})
    return sid


def test_a_promise_by_keys_is_a_promise_of_the_case(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = answered(desk, case_id)
    talk(desk, sid, *KNOWN, "2", "0315", "1", "1", None)
    settle(desk)
    assert desk.sql("SELECT due_on, amount_minor, state FROM promise") == [
        (date(2026, 3, 15), 200_000, "open")
    ]
    assert desk.state(case_id) == "promised"
    row = call_row(desk, case_id)
    assert (row["state"], row["outcome"], row["connected"]) == ("ended", "answered", True)
    assert desk.one("SELECT answered_hours FROM debtor") == [13]
    assert "promise" not in desk.texts(case_id)
    assert desk.texts(case_id) == []


def test_a_promise_in_words_is_read_back_and_kept(desk: DeskInHand) -> None:
    case_id = called(desk)
    talk(desk, answered(desk, case_id), *KNOWN, "十五号还五百", "对")
    settle(desk)
    assert desk.sql("SELECT due_on, amount_minor FROM promise") == [(date(2026, 3, 15), 50_000)]


def test_a_link_goes_out_by_sms_while_the_debtor_is_on_the_line(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = answered(desk, case_id)
    talk(desk, sid, *KNOWN, "1")
    desk.read_replies()
    desk.send()
    assert call_row(desk, case_id)["state"] == "talking"
    assert ["http" in text for text in desk.texts(case_id)] == [True]


@pytest.mark.parametrize(
    ("inputs", "state", "reason"),
    [
        (("3",), "handed_off", "paid_claim"),
        (("9",), "active", None),
        (("我要投诉你们",), "handed_off", "complaint"),
    ],
)
def test_what_is_said_moves_the_case(
    desk: DeskInHand, inputs: tuple[str, ...], state: str, reason: str | None
) -> None:
    case_id = called(desk)
    talk(desk, answered(desk, case_id), *KNOWN, *inputs)
    settle(desk)
    assert desk.state(case_id) == state
    assert desk.one("SELECT reason FROM handoff") == reason


def test_a_stop_stops_the_calls_and_leaves_the_messages(desk: DeskInHand) -> None:
    case_id = called(desk)
    talk(desk, answered(desk, case_id), "9")
    settle(desk)
    assert desk.sql("SELECT channel FROM suppression") == [("voice",)]
    desk.step(shanghai("2026-03-12 14:00"))
    desk.step(shanghai("2026-03-13 14:00"))
    assert len(desk.sql("SELECT 1 FROM attempt WHERE channel = 'voice'")) == 1
    assert desk.state(case_id) == "active"


def test_a_wrong_number_is_given_up_without_a_word_about_the_debt(desk: DeskInHand) -> None:
    case_id = called(desk)
    talk(desk, answered(desk, case_id), "2", "1")
    settle(desk)
    said = "".join(said for _, said, _ in turns(desk, case_id))
    assert "2000" not in said
    assert desk.one("SELECT disabled FROM contact_point") in {"wrong_person", None}
    assert desk.one("SELECT bool_or(detail) FROM call_turn") is False


def test_a_call_back_in_the_call_is_a_call_at_that_time(desk: DeskInHand) -> None:
    case_id = called(desk)
    talk(desk, answered(desk, case_id), *KNOWN, "5", "2")
    settle(desk)
    later = desk.sql("SELECT channel, due_at, purpose FROM touch WHERE state = 'planned'")
    assert later == [("voice", shanghai("2026-03-12 09:00"), "call_back")]
    assert desk.state(case_id) == "active"


def test_money_that_arrives_during_the_call_ends_it_with_thanks(desk: DeskInHand) -> None:
    from bot.flows.ports.money import IncomingPayment

    case_id = called(desk)
    sid = answered(desk, case_id)
    talk(desk, sid, *KNOWN)
    paid = IncomingPayment(case_id, 200_000, "CNY", "bank", "1", desk.now)
    desk.product.settler.receive(paid, livemode=False)
    shown = talk(desk, sid, "2")
    assert shown["status"] == "completed"
    assert "收到您的还款" in turns(desk, case_id)[-1][1]
    assert desk.state(case_id) == "closed"


@pytest.mark.parametrize("after", range(6))
def test_hanging_up_at_any_turn_keeps_what_was_reached(desk: DeskInHand, after: int) -> None:
    case_id = called(desk)
    sid = answered(desk, case_id)
    talk(desk, sid, *(*KNOWN, "2", "0315", "1", "1")[:after])
    act(desk, sid, "hangup")
    settle(desk)
    assert call_row(desk, case_id)["state"] == "ended"
    promised = desk.sql("SELECT due_on FROM promise")
    assert bool(promised) == (after >= 4)  # a day that was said counts, confirmed or not
    assert desk.one("SELECT state FROM attempt") == "delivered"


def test_the_same_turn_posted_twice_is_answered_alike_and_counts_once(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = answered(desk, case_id)
    talk(desk, sid, *KNOWN)
    form = {"CallSid": sid, "Digits": "1", "CallStatus": "in-progress"}
    first, second = (post(desk, "turn?turn=3", form) for _ in range(2))
    assert first.text == second.text
    assert "<Gather" in first.text
    assert [number for number, _, _ in turns(desk, case_id)] == [1, 2, 3, 4]
    settle(desk)
    assert len(desk.sql("SELECT 1 FROM reply")) == 1


def test_turns_out_of_order_change_nothing(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = answered(desk, case_id)
    talk(desk, sid, *KNOWN)
    for number in (1, 2, 7, -1):
        form = {"CallSid": sid, "Digits": "9"}
        answer = post(desk, f"turn?turn={number}", form)
        assert answer.status_code == 200
        assert "<Gather" in answer.text
    assert len(turns(desk, case_id)) == 3
    settle(desk)
    assert desk.sql("SELECT 1 FROM suppression") == []


def test_a_web_process_that_knows_nothing_of_the_call_goes_on_with_it(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = answered(desk, case_id)
    talk(desk, sid, *KNOWN, "2")
    conversation = desk.product.conversation
    for known in (conversation.contexts._known, conversation.recent):
        known._kept.clear()  # as after a restart
    talk(desk, sid, "0315", "1", "1")
    settle(desk)
    assert desk.one("SELECT due_on FROM promise") == date(2026, 3, 15)


def test_a_promise_in_two_steps_is_two_promises(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = answered(desk, case_id)
    talk(desk, sid, *KNOWN, "十三号先还五百，剩下的十六号还", "对")
    settle(desk)
    kept = desk.sql("SELECT due_on, amount_minor FROM promise ORDER BY due_on")
    assert kept == [(date(2026, 3, 13), 50_000), (date(2026, 3, 16), 150_000)]


def test_noise_and_keys_out_of_range_are_asked_again_and_end_kindly(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = answered(desk, case_id)
    shown = talk(desk, sid, *KNOWN, "7", "滋滋滋 嗯 那个 嘟")
    assert shown["status"] == "in-progress"
    shown = talk(desk, sid, None)
    assert shown["status"] == "completed"
    settle(desk)
    assert desk.state(case_id) in {"active", "handed_off"}


def test_a_machine_hears_nothing_of_the_debt(desk: DeskInHand) -> None:
    case_id = called(desk, phone="+8613800138923")
    settle(desk)
    assert desk.one("SELECT bool_or(detail) FROM call_turn") is False
    assert call_row(desk, case_id)["outcome"] == "machine"
    assert desk.one("SELECT connected FROM attempt") is False


@pytest.mark.parametrize(
    "page", ["answer?attempt=unknown-token", "turn?turn=1", "wait", "dial-end?turn=1"]
)
def test_an_unknown_call_is_told_goodbye(desk: DeskInHand, page: str) -> None:
    let_call(desk)
    answer = post(desk, page, {"CallSid": "CA" + "0" * 32, "Digits": "1"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert "<Response" in answer.text


@pytest.mark.parametrize(
    "page",
    ["answer", "turn", "status", "amd", "recording", "whisper", "accept", "wait", "queue-end", "dial-end",
     "inbound", "sorry"],
)  # fmt: skip
def test_a_forged_webhook_gets_403_and_changes_nothing(desk: DeskInHand, page: str) -> None:
    import requests

    case_id = called(desk)
    sid = sid_of(desk, case_id)
    form = {"CallSid": sid, "CallStatus": "completed", "To": SENDER, "From": "+8613800138000"}
    url = f"{desk.url}/webhooks/twilio/voice/{page}"
    answer = requests.post(url, form, headers={"X-Twilio-Signature": "forged"}, timeout=10)
    assert answer.status_code == 403
    assert call_row(desk, case_id)["state"] == "placed"


def test_callbacks_after_the_end_are_taken_and_change_nothing(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = answered(desk, case_id)
    talk(desk, sid, *KNOWN, "2", "0315", "1", "1")
    act(desk, sid, "hangup")
    settle(desk)
    before = desk.sql("SELECT state, outcome, turn FROM call"), desk.sql("SELECT state FROM touch")
    token = desk.one("SELECT token FROM attempt")
    form = {"CallSid": sid, "CallStatus": "no-answer"}
    assert post(desk, f"status?attempt={token}", form).status_code == 204
    assert post(desk, f"amd?attempt={token}", {**form, "AnsweredBy": "fax"}).status_code == 204
    late = post(desk, "turn?turn=2", {"CallSid": sid, "Digits": "9"})
    assert late.status_code == 200
    settle(desk)
    assert (
        desk.sql("SELECT state, outcome, turn FROM call"),
        desk.sql("SELECT state FROM touch"),
    ) == before
    assert desk.sql("SELECT 1 FROM suppression") == []


def test_a_call_of_a_case_that_was_closed_meanwhile_says_goodbye(desk: DeskInHand) -> None:
    case_id = called(desk)
    desk.sql("UPDATE cases SET state = 'closed' WHERE id = %s", case_id)
    sid = sid_of(desk, case_id)
    shown = act(desk, sid, "answer", **{"as": "human"})
    assert "没有需要您处理" in turns(desk, case_id)[0][1]
    assert "2000" not in turns(desk, case_id)[0][1]
    assert shown["sid"] == sid


def test_a_fault_of_ours_is_an_apology_and_a_call_back(
    desk: DeskInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.flows import turns_at_once

    case_id = called(desk)
    sid = answered(desk, case_id)

    def broken(*_: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(turns_at_once, "hear", broken)
    answer = post(desk, "turn?turn=1", {"CallSid": sid, "Digits": "1"})
    assert answer.status_code == 200
    assert "给您回电" in answer.text
    assert desk.one("SELECT reason FROM handoff") == "call_back"
    assert desk.state(case_id) == "handed_off"


def test_a_debtor_who_calls_us_is_known_by_the_number(desk: DeskInHand) -> None:
    let_call(desk)
    case_id = desk.case(desk.portfolio(), due_on=DUE)
    know_tail(desk, case_id)
    desk.set_now(shanghai(CALL_TIME))
    call = desk.sandbox.call("POST", "/calls", {"from": desk.phones[case_id], "to": SENDER})
    talk(desk, call["sid"], *KNOWN, "后天还", "1", "1")
    settle(desk)
    assert desk.one("SELECT due_on FROM promise") == date(2026, 3, 13)
    assert desk.sql("SELECT direction, case_id, connected FROM call") == [
        ("inbound", case_id, True)
    ]
    facts = None
    with desk.product.transactions() as store:
        facts = store.facts([case_id], desk.now)[0]
    assert [(c.inbound, c.connected) for c in facts.contacts] == [(True, True)]


def test_calls_nobody_reported_the_end_of_are_over_after_hours(desk: DeskInHand) -> None:
    case_id = called(desk)
    answered(desk, case_id)
    desk.product.releaser.watch(livemode=False)
    assert call_row(desk, case_id)["state"] == "talking"
    desk.sql("UPDATE call SET called_at = called_at - interval '5 hours'")
    desk.product.releaser.watch(livemode=False)
    assert call_row(desk, case_id)["state"] == "ended"


def test_a_stranger_who_knows_the_reference_is_verified_like_anybody(desk: DeskInHand) -> None:
    let_call(desk)
    case_id = desk.case(desk.portfolio(), due_on=DUE)
    know_tail(desk, case_id)
    desk.sql("UPDATE debt SET contract = 'HT2026000112'")
    desk.set_now(shanghai(CALL_TIME))
    call = desk.sandbox.call("POST", "/calls", {"from": "+8613800138777", "to": SENDER})
    talk(desk, call["sid"], "99999#", "2026000112#", *KNOWN, "3")
    settle(desk)
    assert desk.one("SELECT case_id FROM call") == case_id
    assert desk.one("SELECT reason FROM handoff") == "paid_claim"


def test_a_strangers_stop_is_a_stop(desk: DeskInHand) -> None:
    let_call(desk)
    desk.portfolio()
    desk.set_now(shanghai(CALL_TIME))
    call = desk.sandbox.call("POST", "/calls", {"from": "+8613800138777", "to": SENDER})
    talk(desk, call["sid"], "别再给我打电话了")
    settle(desk)
    assert desk.sql("SELECT channel FROM suppression") == [("voice",)]


def test_a_number_that_takes_no_calls_says_so(desk: DeskInHand) -> None:
    desk.portfolio()
    form = {"CallSid": "CA" + "1" * 32, "From": "+8613800138777", "To": SENDER}
    answer = post(desk, "inbound", form)
    assert "不接听来电" in answer.text
    assert desk.sql("SELECT 1 FROM call") == []


__all__ = ["CALL_DAY"]
