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
