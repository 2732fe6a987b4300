"""A day is promised when the words around it say so; asked, doubted and reported days are none."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.understanding import Context, Understanding
from bot.policy.lexicon import understand

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 10, 30, tzinfo=ZONE)


def read(text: str, asked: str | None = None) -> Understanding:
    return understand(text, Context(now=NOW, zone=ZONE, asked=asked))


@pytest.mark.parametrize(
    "text",
    [
        "30号还的话和3号还差多少利息",
        "月底看看吧，不敢保证",
        "30号的款财务不会批",
        "你们客服说30号还就免罚息",
        "不用等到30号，我刚才已经全部转过去了",
        "我会还，但30号真的不行",
        "学校30号放寒假",
        "周五开听证会，到时候看你们怎么解释",
        "我这柜子28号才给我送的，门都关不上，退了还叫我还",
        "腿断了没收入，大夫说1月8号才能上班，到时候还",
    ],
)
def test_a_day_that_is_asked_doubted_reported_or_of_something_else_is_no_promised_day(
    text: str,
) -> None:
    assert read(text).promise_date is None


@pytest.mark.parametrize(
    "text",
    [
        "30号还行吗",
        "30号一定",
        "那就30号",
        "按你们说的30号还",
        "尾款30号",
        "30号去银行",
        "30号才有钱给你",
        "分期没必要，全款30号",
    ],
)
def test_a_day_with_a_verb_or_a_word_that_binds_it_is_promised(text: str) -> None:
    assert read(text).promise_date == date(2026, 11, 30)


def test_a_day_that_was_asked_for_needs_no_word_that_binds_it() -> None:
    assert read("30号天塌下来也", asked="promise_date").promise_date == date(2026, 11, 30)


def test_the_day_of_a_payment_made_is_not_promised_unless_something_is_left() -> None:
    assert read("8/10已入账，麻烦对一下").promise_date is None
    assert read("已经还了600，剩下的30号给").promise_date == date(2026, 11, 30)


def test_at_once_after_a_day_is_that_day() -> None:
    assert read("工资明天到，到了立刻给你们").promise_date == date(2026, 11, 26)


def test_a_doubted_day_lowers_the_confidence() -> None:
    assert read("我30号还").confidence > read("25号或者下周五吧再看").confidence


def test_a_day_that_is_offered_is_a_promise_and_one_for_a_call_or_a_plan_is_none() -> None:
    assert read("您看30号行吗？公司说那天发两个月的").promise_date == date(2026, 11, 30)
    assert read("你三点打行吧我在查房").promise_date is None
    assert read("分到明年3月底可以吗，一个月一笔").promise_date is None


def test_the_day_of_what_is_left_is_read_beside_a_part_that_was_paid() -> None:
    assert read("交咗一千，仲爭嗰六百我星期六入").promise_date == date(2026, 11, 28)
    assert read("已经交了最低的，其余的12/3再补").promise_date == date(2026, 12, 3)
