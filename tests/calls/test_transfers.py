"""To a human: put through with a whisper, in line, or called back; and what is recorded of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

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
from desk_kit import DeskInHand

from bot.carriers.twilio_codes import transfer_ended_as
from bot.domain.call import TransferEnd

PHONE = "+8613800138555"


def collector(desk: DeskInHand, login: str = "li", phone: str = PHONE) -> int:
    """Somebody on duty with a telephone."""
    people = desk.product.collectors
    number = people.add(login, login, "collector", "a long password")
    people.set_phone(login, phone, "CN")
    people.duty_of(login, on=True)
    return number


def ringing(desk: DeskInHand, phone: str = PHONE) -> str:
    """The call that rings at the collector's."""
    found = desk.sandbox.call("GET", f"/calls?live=1&number={phone}")["calls"]
    return str(next(c["sid"] for c in found if c["status"] == "ringing"))


def heard(desk: DeskInHand, sid: str) -> str:
    """Everything spoken to the handset."""
    told: list[dict[str, Any]] = desk.sandbox.call("GET", f"/calls/{sid}")["transcript"]
    return "".join(line["text"] for line in told if line["who"] == "us")


def asked_for_human(desk: DeskInHand) -> tuple[int, str]:
    """A known debtor who asked for a human while a collector is free: case and sid."""
    collector(desk)
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer")
    talk(desk, sid, *KNOWN, "0")
    return case_id, sid


def in_a_call(desk: DeskInHand) -> None:
    """Every collector talks to somebody else."""
    desk.sql(
        "INSERT INTO call (sender_id, direction, state, transfer, collector_id, placed_at, called_at) "
        "SELECT 1, 'outbound', 'talking', 'talking', id, now(), now() FROM collector"
    )


def test_a_collector_hears_what_was_said_before_the_two_are_connected(desk: DeskInHand) -> None:
    collector(desk)
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer")
    talk(desk, sid, *KNOWN, "十五号还五百", "对", "0")
    leg = ringing(desk)
    act(desk, leg, "answer")
    act(desk, leg, "press", keys="1")
    whispered = heard(desk, leg)
    assert "马先生或马女士" in whispered
    assert "约了3月15日还500元，要找真人" in whispered
    assert call_row(desk, case_id)["transfer"] == "talking"
    act(desk, leg, "hangup")
    settle(desk)
    assert call_row(desk, case_id)["transfer"] == "over"
    assert call_row(desk, case_id)["state"] == "ended"
    assert desk.one("SELECT reason FROM handoff") == "human_requested"
    assert "本人已核实" not in heard(desk, sid)


def test_with_nobody_on_duty_a_time_is_asked_and_a_human_calls_then(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer")
    talk(desk, sid, *KNOWN, "0", "3")
    settle(desk)
    reasons, due = desk.sql("SELECT reasons, due_at FROM handoff")[0]
    assert set(reasons) == {"human_requested", "call_back"}
    assert due <= shanghai("2026-03-12 14:00")
    assert desk.sql("SELECT 1 FROM touch WHERE state = 'planned'") == []
    assert desk.state(case_id) == "handed_off"


def test_a_collector_who_does_not_pick_up_leads_to_a_time_for_a_call_back(
    desk: DeskInHand,
) -> None:
    case_id, _ = asked_for_human(desk)
    act(desk, ringing(desk), "decline")
    assert "什么时候方便" in turns(desk, case_id)[-1][1]
    assert call_row(desk, case_id)["transfer"] == "over"


def test_a_collector_who_hangs_up_within_the_whisper_has_talked_to_nobody(
    desk: DeskInHand,
) -> None:
    """The carrier calls such a call completed; the debtor is still on the line and is asked for a time."""
    case_id, sid = asked_for_human(desk)
    call_id = desk.one("SELECT id FROM call")
    assert "马先生或马女士" in post(desk, f"whisper?call={call_id}", {}).text
    assert call_row(desk, case_id)["transfer"] == "dialing"
    form = {"CallSid": sid, "DialCallStatus": "completed", "DialBridged": "false"}
    answer = post(desk, f"dial-end?turn={turns(desk, case_id)[-1][0]}", form).text
    assert "什么时候方便" in answer
    assert call_row(desk, case_id)["transfer"] == "over"
    assert desk.one("SELECT met_at FROM call") is None
    assert call_row(desk, case_id)["state"] == "talking"


def test_a_mailbox_of_a_collector_is_given_no_debtor(desk: DeskInHand) -> None:
    """It presses no key: the debtor is asked for a time instead of talking to a tape."""
    case_id, _ = asked_for_human(desk)
    leg = ringing(desk)
    act(desk, leg, "answer")
    assert "请按1接听" in heard(desk, leg)
    act(desk, leg, "silence")
    assert "什么时候方便" in turns(desk, case_id)[-1][1]
    assert desk.sql("SELECT transfer, met_at FROM call") == [("over", None)]


def test_the_second_waits_in_line_and_is_told_where_until_the_collector_is_free(
    desk: DeskInHand,
) -> None:
    collector(desk)
    let_call(desk)
    portfolio = desk.portfolio()
    first, second = (desk.case(portfolio, due_on=DUE) for _ in range(2))
    for case_id in (first, second):
        know_tail(desk, case_id)
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    desk.step(shanghai(CALL_TIME))
    sids = [sid_of(desk, case_id) for case_id in (first, second)]
    for sid in sids:
        act(desk, sid, "answer")
        talk(desk, sid, *KNOWN, "0")
    assert call_row(desk, second)["transfer"] == "queued"
    assert "第1位" in heard(desk, sids[1])
    leg = ringing(desk)
    act(desk, leg, "answer")
    act(desk, leg, "press", keys="1")
    act(desk, leg, "hangup")
    act(desk, sids[1], "silence")
    assert call_row(desk, second)["transfer"] == "dialing"
    leg = ringing(desk)
    act(desk, leg, "answer")
    act(desk, leg, "press", keys="1")
    assert call_row(desk, second)["transfer"] == "talking"


def queued(desk: DeskInHand, *words: str) -> list[tuple[int, str]]:
    """(case, sid) of callers who say these words one after the other while nobody is free."""
    let_call(desk)
    portfolio = desk.portfolio()
    cases = [desk.case(portfolio, due_on=DUE) for _ in words]
    for case_id in cases:
        know_tail(desk, case_id)
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    desk.step(shanghai(CALL_TIME))
    in_a_call(desk)
    found = [(case_id, sid_of(desk, case_id)) for case_id in cases]
    for (_, sid), said in zip(found, words, strict=True):
        act(desk, sid, "answer")
        talk(desk, sid, *KNOWN, said)
    return found


def test_whoever_speaks_of_dying_is_first_in_line(desk: DeskInHand) -> None:
    collector(desk)
    (first, waiting), (second, dying) = queued(desk, "0", "我不想活了")
    assert [call_row(desk, case)["transfer"] for case in (first, second)] == ["queued", "queued"]
    desk.sql("UPDATE call SET state = 'ended' WHERE case_id IS NULL")
    assert "<Leave" not in post(desk, "wait", {"CallSid": waiting, "QueueTime": "20"}).text
    assert "<Leave" in post(desk, "wait", {"CallSid": dying, "QueueTime": "5"}).text


def test_whoever_comes_new_stands_behind_those_who_wait(desk: DeskInHand) -> None:
    collector(desk)
    (first, sid), (second, late) = queued(desk, "0", "喂")
    desk.sql("UPDATE call SET state = 'ended' WHERE case_id IS NULL")
    talk(desk, late, "0")
    assert [call_row(desk, case)["transfer"] for case in (first, second)] == ["queued", "queued"]
    assert "<Leave" in post(desk, "wait", {"CallSid": sid, "QueueTime": "20"}).text


def test_whoever_vanished_from_the_line_holds_nobody_up(desk: DeskInHand) -> None:
    collector(desk)
    (first, _), (second, late) = queued(desk, "0", "喂")
    desk.sql("UPDATE call SET state = 'ended' WHERE case_id IS NULL")
    desk.sql("UPDATE call SET queued_at = queued_at - interval '4 minutes'")
    talk(desk, late, "0")
    assert [call_row(desk, case)["transfer"] for case in (first, second)] == ["queued", "dialing"]


def test_nobody_waits_longer_than_is_decent(desk: DeskInHand) -> None:
    collector(desk)
    case_id = called(desk)
    in_a_call(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer")
    talk(desk, sid, *KNOWN, "0")
    assert call_row(desk, case_id)["transfer"] == "queued"
    soon = post(desk, "wait", {"CallSid": sid, "QueueTime": "30"})
    assert "<Say" in soon.text
    late = post(desk, "wait", {"CallSid": sid, "QueueTime": "200"})
    assert "<Leave" in late.text


def test_two_callers_at_once_never_get_the_same_collector(desk: DeskInHand) -> None:
    from concurrent.futures import ThreadPoolExecutor

    collector(desk)
    let_call(desk)
    portfolio = desk.portfolio()
    cases = [desk.case(portfolio, due_on=DUE) for _ in range(4)]
    for case_id in cases:
        know_tail(desk, case_id)
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    desk.step(shanghai(CALL_TIME))
    sids = [sid_of(desk, case_id) for case_id in cases]
    for sid in sids:
        act(desk, sid, "answer")
        talk(desk, sid, *KNOWN)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda sid: talk(desk, sid, "0"), sids))
    states = sorted(call_row(desk, case_id)["transfer"] for case_id in cases)
    assert states == ["dialing", "queued", "queued", "queued"]


def test_a_collector_off_duty_is_given_no_call(desk: DeskInHand) -> None:
    collector(desk)
    desk.product.collectors.duty_of("li", on=False)
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer")
    talk(desk, sid, *KNOWN, "0")
    assert call_row(desk, case_id)["transfer"] is None


@pytest.mark.parametrize(
    ("word", "bridged", "end"),
    [
        ("completed", True, TransferEnd.MET),
        ("completed", False, TransferEnd.NOT_MET),
        ("answered", True, TransferEnd.MET),
        ("bridged", True, TransferEnd.MET),
        ("hangup", True, TransferEnd.GAVE_UP),
        ("hangup", False, TransferEnd.GAVE_UP),
        ("leave", True, TransferEnd.LEFT),
        ("busy", True, TransferEnd.NOT_MET),
        ("a word of next year", True, TransferEnd.NOT_MET),
    ],
)
def test_the_carriers_word_for_the_end_of_a_transfer_is_one_of_ours(
    word: str, bridged: bool, end: TransferEnd
) -> None:
    assert transfer_ended_as(word, bridged=bridged) is end


def test_the_call_is_recorded_after_the_announcement_and_kept_by_reference(
    desk: DeskInHand,
) -> None:
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer")
    talk(desk, sid, *KNOWN, "2", "0315", "1", "1")
    act(desk, sid, "hangup")
    settle(desk)
    [(recording, kept, keep, at)] = desk.sql("SELECT id, case_id, keep_until, at FROM recording")
    assert kept == case_id
    assert keep - at >= timedelta(days=5 * 365)
    who = collector(desk)
    sound = desk.product.recordings.play(recording, who)
    assert len(sound) > 100
    assert desk.sql("SELECT action, case_id FROM audit WHERE action = 'listen'") == [
        ("listen", case_id)
    ]


def test_a_recording_that_was_not_announced_is_deleted_and_told(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    form = {
        "CallSid": sid,
        "RecordingSid": "RE" + "0" * 32,
        "RecordingStatus": "completed",
        "RecordingDuration": "7",
    }
    assert post(desk, "recording", form).status_code == 204
    assert desk.sql("SELECT 1 FROM recording") == []
    assert desk.one("SELECT kind FROM alarm") == "recorded_unannounced"


def test_recordings_are_deleted_when_their_time_is_over(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer")
    talk(desk, sid, *KNOWN, "9")
    settle(desk)
    [(recording,)] = desk.sql("SELECT id FROM recording")
    assert desk.product.recordings.sweep(livemode=False) == 0
    desk.sql("UPDATE recording SET keep_until = %s", desk.now)
    assert desk.product.recordings.sweep(livemode=False) == 1
    with pytest.raises(LookupError):
        desk.product.recordings.play(recording, collector(desk))
    assert desk.one("SELECT deleted_at IS NOT NULL FROM recording")
