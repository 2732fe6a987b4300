"""What the same words mean after different questions, on different channels, with other facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from bot.domain.understanding import Context, Intent, Understanding
from bot.policy.lexicon import understand

SHANGHAI = ZoneInfo("Asia/Shanghai")
CONTEXT = Context(datetime(2026, 11, 25, 10, 30, tzinfo=SHANGHAI), SHANGHAI)
READ_BACK = replace(
    CONTEXT,
    asked="confirm_promise",
    pending_promise=(date(2026, 11, 28), 200000),
    offered={"1": "confirm"},
)


def read(text: str, context: Context = CONTEXT) -> Understanding:
    return understand(text, context)


def test_a_bare_key_means_something_only_when_it_was_offered() -> None:
    assert read("1").primary is Intent.other
    offered = replace(CONTEXT, offered={"1": "promise_to_pay", "2": "already_paid"})
    assert read("1", offered).primary is Intent.promise_to_pay
    assert read("２", offered).primary is Intent.already_paid
    assert read("回复2", offered).primary is Intent.already_paid
    assert read("3", offered).primary is Intent.other


@pytest.mark.parametrize(
    "key", ["T", "td", "TD。", "R", "N", "退订", "STOP", "Unsubscribe", "取消"]
)
def test_stop_words_always_stop_by_sms(key: str) -> None:
    assert read(key).primary is Intent.opt_out
    assert read(key, READ_BACK).primary is Intent.opt_out


@pytest.mark.parametrize(
    "yes", ["1", "好的", "是的", "对", "确认", "没问题", "嗯嗯", "OK", "👌", "可以"]
)
def test_yes_to_a_read_back_confirms_that_promise(yes: str) -> None:
    got = read(yes, READ_BACK)
    assert (got.primary, got.promise_date, got.promise_amount_minor) == (
        Intent.promise_to_pay, date(2026, 11, 28), 200000
    )  # fmt: skip
    assert "confirm" in got.flags


def test_no_to_a_read_back_asks_for_the_date() -> None:
    got = read("不对", READ_BACK)
    assert got.asks_date
    assert got.flags == {"correct"}
    assert got.promise_date is None


@pytest.mark.parametrize("text", ["30号", "改成30号", "不是28号是30号", "30号吧"])
def test_a_new_date_after_a_read_back_keeps_the_amount(text: str) -> None:
    got = read(text, READ_BACK)
    assert (got.promise_date, got.promise_amount_minor) == (date(2026, 11, 30), 200000)
    assert "correct" in got.flags


def test_a_new_amount_after_a_read_back_keeps_the_date() -> None:
    got = read("只能还1500", READ_BACK)
    assert (got.promise_date, got.promise_amount_minor) == (date(2026, 11, 28), 150000)


@pytest.mark.parametrize("text", ["不还了", "打错了", "别再发了", "我已经还了", "投诉你们"])
def test_a_read_back_does_not_turn_harm_into_confirmation(text: str) -> None:
    got = read(text, READ_BACK)
    assert got.primary is not Intent.promise_to_pay
    assert "confirm" not in got.flags


@pytest.mark.parametrize(
    ("text", "primary"),
    [
        ("是我", Intent.greeting_ack),
        ("我就是", Intent.greeting_ack),
        ("不是", Intent.wrong_person),
        ("你打错了", Intent.wrong_person),
    ],
)
def test_answers_to_who_are_you(text: str, primary: Intent) -> None:
    context = replace(CONTEXT, channel="ivr_speech", asked="identity")
    assert read(text, context).primary is primary


def test_an_hour_is_a_call_unless_a_date_was_asked() -> None:
    assert read("下午三点").primary is Intent.call_later
    asked = read("下午三点", replace(CONTEXT, asked="promise_date"))
    assert (asked.primary, asked.promise_date) == (Intent.promise_to_pay, date(2026, 11, 25))


def test_payday_on_file_dates_the_promise_and_without_it_the_bot_asks() -> None:
    assert read("发工资就还").asks_date
    got = read("发工资就还", replace(CONTEXT, payday=10))
    assert (got.promise_date, got.asks_date, got.reason) == (
        date(2026, 12, 10),
        False,
        "waits_salary",
    )


def test_days_are_read_in_the_zone_not_in_utc() -> None:
    late = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)  # 01:00 on the 26th in Shanghai
    assert read("明天还", Context(late, SHANGHAI)).promise_date == date(2026, 11, 27)
    assert read("明天还", Context(late, ZoneInfo("America/New_York"))).promise_date == date(
        2026, 11, 26
    )


def test_holiday_facts_decide_working_days() -> None:
    context = replace(CONTEXT, workday=lambda day: day.day % 2 == 0)
    assert read("两个工作日内付", context).promise_date == date(2026, 11, 28)


def test_evidence_points_into_the_original_text() -> None:
    text = "嗯，我　下禮拜五還２０００塊"
    got = read(text)
    spans = {span.label: text[span.start : span.end] for span in got.evidence}
    assert spans["promise_date"] == "下禮拜五"
    assert spans["amount_promised"] == "２０００塊"
    assert got.when[0].text == "下禮拜五"


def test_a_third_is_kept_as_a_fraction() -> None:
    got = read("明天先还三分之一")
    assert (got.promise_portion, got.promise_fraction) == (None, Fraction(1, 3))


def test_a_promise_in_steps_keeps_every_step() -> None:
    got = read("25号先还500，12月5号再还1000，剩下的20号还")
    assert (got.promise_date, got.promise_amount_minor) == (date(2026, 11, 25), 50000)
    assert got.further_promises == ((date(2026, 12, 5), 100000), (date(2026, 12, 20), None))


@pytest.mark.parametrize(
    "text", ["我昨天还了2000", "我只借了2000", "多收了我2000", "工资才2000", "还不起2000"]
)
def test_a_paid_contested_or_unreachable_sum_is_not_promised(text: str) -> None:
    assert read(text).promise_amount_minor is None


def test_times_not_to_call_are_kept_apart() -> None:
    got = read("中午别打，晚上打")
    assert got.callback is not None
    assert got.callback.start.hour == 18
    assert [window.start.hour for window in got.callback_avoid] == [11]
    assert Intent.opt_out not in got.intents


def test_confidence_falls_with_doubt() -> None:
    assert read("我25号还2000").confidence > read("25号或者下周五吧再看").confidence
    assert read("啦啦啦今天天气").confidence < 0.5


@pytest.mark.parametrize("said", ["选2", "我选2", "第二个", "2吧", "②", "二", "选项2", "2，谢谢"])
def test_a_key_is_known_by_its_figure_whatever_words_stand_around_it(said: str) -> None:
    offered = replace(CONTEXT, offered={"1": "promise_to_pay", "2": "already_paid"})
    assert read(said, offered).primary is Intent.already_paid
    assert read(said, CONTEXT).primary is not Intent.already_paid


def test_a_word_that_stops_is_known_behind_reply() -> None:
    assert read("回复TD", CONTEXT).primary is Intent.opt_out
    assert read("回复 T", CONTEXT).primary is Intent.opt_out


@pytest.mark.parametrize(
    "text",
    ["得嘞，就这么定", "妥妥的", "嗯嗯 是的 没问题", "可以的，就按这个来", "成，听你的", "知道了谢谢哥", "冇问题"],
)  # fmt: skip
def test_assent_in_whatever_words_confirms_what_was_read_back(text: str) -> None:
    got = read(text, READ_BACK)
    assert (got.promise_date, "confirm" in got.flags) == (date(2026, 11, 28), True)


@pytest.mark.parametrize(
    "text", ["好什么好", "可以不", "是我吗", "确认个屁", "谢谢", "你们", "对不起"]
)
def test_what_only_begins_like_assent_confirms_nothing(text: str) -> None:
    assert "confirm" not in read(text, READ_BACK).flags


def test_an_endless_assent_is_no_answer_and_costs_no_time() -> None:
    assert "confirm" not in read("就这么定" * 900 + "？不", READ_BACK).flags
