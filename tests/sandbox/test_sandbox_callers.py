"""Simulated debtors on the telephone: what they make of prompts, and whole calls without anybody."""

import re
from collections import Counter
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from twilio.rest import Client

from sandbox.debtors.caller import Caller
from sandbox.debtors.crowd import load_lines
from sandbox.debtors.memory import Memory, sample_memories
from sandbox.debtors.persona import MIX, Persona
from tests.sandbox.sandbox_kit import Sandbox
from tests.sandbox.voice_kit import TwimlDesk, place, twiml

LINES = load_lines()
NOW = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
LISTENING = {"kind": "gather", "accepts": ["dtmf", "speech"]}
KEYS_ONLY = {"kind": "gather", "accepts": ["dtmf"]}
MENU = "您可以直接说，也可以按键：收还款链接按1，约还款日期按2，已经还了按3，有疑问按4，现在不方便按5，重听按8，不想再接电话按9，人工按0。"


def caller(kind: str = "keeps", seed: int = 0, **memory: str) -> Caller:
    person = Persona("+8613800137090", kind, Random(seed), LINES)
    return Caller(person, Random(seed), Memory(**memory))


def moves(kind: str, prompt: str, waiting: Any = LISTENING, **memory: str) -> Counter[str]:
    """What many people of one kind do about a prompt."""
    made = (caller(kind, seed, **memory).hear(prompt, waiting, NOW) for seed in range(300))
    return Counter(f"{move.kind} {move.text}".strip() for move in made)


def test_most_type_the_end_of_their_identity_document_right():
    prompt = "请按身份证号码的最后四位，X请按星号，也可以念出来。"
    done = moves("keeps", prompt, id_last4="9685")
    assert done["press 9685"] > 250
    assert done["press 0685"] > 3
    assert "press 968*" in moves("keeps", prompt, id_last4="968X")


def test_who_does_not_know_a_number_gives_up():
    done = moves("keeps", "请按合同编号的最后四位数字")
    assert set(done) == {"silence", "hangup"}


def test_who_was_taken_for_somebody_else_hangs_up_and_a_stranger_says_so():
    prompt = "不好意思，打扰了。他稍后能接电话，请按1；打错了，请按2。"
    assert set(moves("keeps", prompt)) == {"hangup"}
    assert moves("wrong_person", prompt).most_common(1)[0][0] == "press 2"


def test_the_contract_is_typed_with_the_closing_key():
    done = moves("keeps", "请按合同编号里的数字，按完请按井号。", contract="HT01000007")
    assert done.most_common(1)[0][0] == "press 01000007#"


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("pays", "1"), ("keeps", "2"), ("already_paid", "3"), ("dispute", "4"), ("call_later", "5"),
        ("opt_out", "9"), ("human", "0"),
    ],
)  # fmt: skip
def test_each_kind_finds_its_key_in_the_menu(kind: str, key: str):
    assert moves(kind, MENU).most_common(1)[0][0] == f"press {key}"


def test_the_wrong_person_says_so_when_asked_for_a_name():
    done = moves("wrong_person", "请问您是马敏梓吗？是按1，不是按2。")
    assert "press 1" not in done
    assert any("打错" in words or "不是" in words for words in done)


def test_a_promise_that_is_read_back_is_confirmed_and_remembered():
    keeps = caller("keeps", 1)
    move = keeps.hear("跟您确认一下，3月15日还4180元5角5分。对按1，要改按2。", LISTENING, NOW)
    assert (move.text, keeps.person.promised) == ("1", True)


def test_a_day_is_typed_as_month_and_day_where_nobody_listens_to_words():
    done = moves("keeps", "您哪天方便还？直接说日期，或者按月和日四个数字。", KEYS_ONLY)
    assert all(re.fullmatch(r"press 03\d\d|hangup", words) for words in done)


@pytest.mark.parametrize("kind", sorted(MIX))
def test_every_kind_of_debtor_has_a_move_for_everything(kind: str):
    for prompt in (MENU, "", "请在滴声后说，说完请按井号。", "您哪天方便还？", "还有别的事吗？"):
        for waiting in (LISTENING, KEYS_ONLY, {"kind": "record", "accepts": []}):
            for move in moves(kind, prompt, waiting):
                assert re.fullmatch(r"(press [0-9*#]+|speak .+|silence|hangup)", move)


def test_people_of_the_sample_ledger_know_their_document():
    assert sample_memories()["+8613800137090"] == Memory("9685", "HT01000000")


GREETING = twiml(
    '<Gather input="dtmf speech" language="cmn-Hans-CN" numDigits="1" action="/voice/menu">'
    "<Say>您好，请问您是马女士吗？是按1，不是按2。</Say></Gather>",
    "<Say>没有听到，再见。</Say>",
)
NEXT = twiml(
    f'<Gather input="dtmf speech" language="cmn-Hans-CN" numDigits="1" action="/voice/chosen">'
    f"<Say>{MENU}</Say></Gather>"
)


def chosen(fields: dict[str, str]) -> str:
    if fields.get("Digits") == "0":
        return twiml(
            '<Say>为您转接。</Say><Dial><Number url="/voice/whisper">+8613800138555</Number></Dial>'
        )
    return twiml(
        '<Gather input="dtmf" numDigits="1" action="/voice/bye"><Say>还有别的事吗？</Say></Gather>'
    )


def run_crowd(sandbox: Sandbox, client: Client, desk: TwimlDesk, seed: int) -> list[str]:
    desk.pages |= {
        "start": GREETING, "menu": NEXT, "chosen": chosen, "bye": twiml("<Hangup/>"),
        "whisper": twiml("<Say>客户来电</Say>"),
    }  # fmt: skip
    sandbox.call("PUT", "/debtors", {"seed": seed}, expect=200)
    numbers = [f"+86138001370{nn:02d}" for nn in range(40)]
    for number in numbers:
        place(sandbox, client, desk, to=number)
    assert sandbox.call("POST", "/debtors/act", {}, expect=200)["acted"] == 30
    sandbox.call("PUT", "/clock", {"offset_seconds": 120}, expect=200)  # the rest ring on
    assert sandbox.call("POST", "/debtors/act", {}, expect=200)["acted"] == 10
    assert sandbox.call("GET", "/calls?live=1")["calls"] == []
    calls = sandbox.call("GET", "/calls?limit=500")["calls"]
    return [
        f"{call['to']} {call['status']} "
        + " ".join(f"{line['what']}:{line['text']}" for line in call["transcript"])
        for call in calls
    ]


def test_a_crowd_answers_talks_and_leaves_no_call_behind_the_same_for_a_seed(
    sandbox: Sandbox, client: Client, desk: TwimlDesk
):
    first = run_crowd(sandbox, client, desk, 7)
    statuses = Counter(line.split()[1] for line in first)
    assert {"completed", "no-answer"} <= set(statuses)
    assert any("press:1" in line for line in first)
    assert any("speak:" in line for line in first)
    sandbox.call("POST", "/reset", {}, expect=200)
    again = run_crowd(sandbox, client, desk, 7)
    assert again == first
    sandbox.call("POST", "/reset", {}, expect=200)
    assert run_crowd(sandbox, client, desk, 8) != first


def test_who_missed_a_call_may_call_back(sandbox: Sandbox, client: Client, desk: TwimlDesk):
    sandbox.call("PUT", "/voice-url", {"url": desk.at("/voice/start")}, expect=200)
    run_crowd(sandbox, client, desk, 7)
    sandbox.call("PUT", "/clock", {"offset_seconds": 6 * 3600}, expect=200)
    done = sandbox.call("POST", "/debtors/act", {}, expect=200)["done"]
    assert done["dialled"] > 0
    inbound = [c for c in client.calls.list() if c.direction == "inbound"]
    assert len(inbound) == done["dialled"]


def test_a_crowd_is_told_what_people_know(sandbox: Sandbox):
    sandbox.call("PUT", "/debtors", {"know": {"+8613800138000": {"id_last4": "1"}}}, expect=200)
    sandbox.call("PUT", "/debtors", {"know": {"+8613800138000": {"age": "1"}}}, expect=400)
