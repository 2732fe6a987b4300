"""The golden replies, every fact of every line."""

from __future__ import annotations

import pytest

from bot.policy.lexicon import understand
from tests.understanding.golden import (
    FOLDER,
    Case,
    all_cases,
    cases,
    misreadings,
    primary_cases,
)

CASES = all_cases()


def test_there_are_enough_golden_replies() -> None:
    assert len(CASES) >= 900
    assert len({(c.text, c.context.now, c.context.asked) for c in CASES}) >= 880


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_every_golden_reply_is_read_as_written(path) -> None:
    wrong = []
    for case in cases(path):
        problems = misreadings(case, understand(case.text, case.context))
        if problems:
            wrong.append(f"{case.file}:{case.line} {case.text}: {'; '.join(problems)}")
    assert not wrong, "\n".join(wrong)


HARMFUL = {"opt_out", "wrong_person", "deceased", "complaint", "dispute", "refuse"}


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.intents[0] in HARMFUL], ids=lambda c: f"{c.file}:{c.line}"
)
def test_a_harmful_reply_never_becomes_a_promise_or_an_acknowledgement(case: Case) -> None:
    primary = understand(case.text, case.context).primary.value
    assert primary not in {"promise_to_pay", "greeting_ack"}


@pytest.mark.parametrize("tail", ["。", "！！！", "吧", " ", "\n谢谢", "😊"])
@pytest.mark.parametrize(
    "text", ["别再发了", "打错了", "他去世了", "我要投诉你们", "不是我借的", "我不会还的"]
)
def test_what_follows_a_harmful_reply_does_not_soften_it(text: str, tail: str) -> None:
    case = next(c for c in CASES if c.file == "others.txt")
    before = understand(text, case.context).primary
    assert understand(text + tail, case.context).primary is before


def test_bare_words_and_turns_of_every_intent_have_their_primary_intent() -> None:
    context = next(c for c in CASES if c.file == "others.txt").context
    read = [
        (text, allowed, understand(text, context).primary.value)
        for text, allowed in primary_cases()
    ]
    assert len(read) > 800
    assert [row for row in read if row[2] not in row[1]] == []


def test_a_date_spoken_in_refusal_denial_or_despair_is_no_promise_date() -> None:
    context = next(c for c in CASES if c.file == "others.txt").context
    spoken_in_refusal = [
        "25号也不还", "下辈子25号还你", "明天？明天也不还", "我不打算月底还", "25号还不上", "明天没钱还", "月底也不会还",
        "25号就已经还了", "等我死了25号烧给你", "别再发了，25号也别发", "明天我就去银保监投诉", "他25号还不还我不知道，你打错了",
    ]  # fmt: skip
    dated = {text: understand(text, context).promise_date for text in spoken_in_refusal}
    assert {text: day for text, day in dated.items() if day} == {}
