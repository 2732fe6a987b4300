"""The benchmark's data is sound: valid, unique, apart from the product's own data, consistent."""

import json
import re
import unicodedata
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from bench.understanding.apart import own_words, shared
from bench.understanding.rows import HARMFUL, BadRowError, Reply, _reply, expressions, replies

WEEKDAYS = "一二三四五六日"
NUMERAL = {c: n for n, c in enumerate("〇一二三四五六七八九十")}
DAY_OF_MONTH = re.compile(
    "(?<![\\d一二三四五六七八九十廿卅])(\\d{1,2}|[二三廿卅]?十?[一二三四五六七八九]|[二三]?十)[号號]"
)
CHANGED_MIND = re.compile("不对|不是|唔係|改|错|原来|上次|昨天说|哦不|不行|，不，|没成|算了|先说好")


@pytest.fixture(scope="module")
def answers():
    return replies()


@pytest.fixture(scope="module")
def times():
    return expressions()


def promised(answers):
    return [row for row in answers if row.expect["promise_date"]]


def day_of(row):
    return date.fromisoformat(row.expect["promise_date"])


def test_there_are_as_many_rows_as_the_benchmark_claims(answers, times):
    assert len(answers) >= 1500
    assert len(times) >= 400
    assert sum(not row.readings[0] for row in times) >= 100


def test_ids_are_unique(answers, times):
    ids = Counter(row.id for row in [*answers, *times])
    assert [name for name, n in ids.items() if n > 1] == []


def test_no_reply_is_written_twice_in_the_same_situation(answers):
    situations = Counter(
        (row.text, row.channel, row.reference, json.dumps(row.context)) for row in answers
    )
    assert [key for key, n in situations.items() if n > 1] == []


def test_the_replies_span_channels_zones_and_seasons(answers):
    assert {row.channel for row in answers} == {"sms", "ivr_speech"}
    assert len({row.reference.utcoffset() for row in answers}) >= 3
    assert len({row.reference.month for row in answers}) == 12
    assert len({row.source for row in answers}) >= 20


def test_every_intent_is_the_primary_one_of_many_replies(answers):
    count = Counter(row.intents[0] for row in answers)
    assert len(count) == 16
    assert min(count.values()) >= 20


def test_a_harmful_reply_holds_no_promise(answers):
    for row in answers:
        if row.expect["harm"]:
            assert row.expect["promise_date"] is None, row.id
            assert row.expect["promise_amount"] is None, row.id
            assert row.intents[0] not in ("promise_to_pay", "greeting_ack"), row.id


def test_a_stop_a_stranger_or_a_death_without_a_promise_is_marked_harmful(answers):
    for row in answers:
        if row.intents[0] in HARMFUL and "promise_to_pay" not in row.welcome:
            unmarked = row.expect["harm"] is False and len(row.primaries) == 1
            assert not unmarked or row.expect["callback_start"], row.id


def test_a_promise_date_belongs_to_a_promise_or_a_plea_for_time(answers):
    asking = {"promise_to_pay", "hardship", "request_installment", "question", "call_later"}
    for row in promised(answers):
        assert asking & row.welcome, row.id


def test_a_dispute_kind_belongs_to_a_dispute(answers):
    for row in answers:
        if row.expect.get("dispute_kind"):
            assert "dispute" in row.welcome, row.id


def test_a_promise_is_never_before_the_message_and_at_most_a_year_off(answers):
    for row in promised(answers):
        today = row.reference.date()
        assert today <= day_of(row) <= today + timedelta(days=366), row.id


def test_a_call_back_is_never_before_the_message(answers):
    for row in answers:
        start = row.expect["callback_start"]
        if start:
            earliest = row.reference
            if row.expect["callback_grain"] != "minute" or "callback_start_alt" in row.expect:
                earliest = earliest.replace(hour=0, minute=0)
            assert datetime.fromisoformat(start) >= earliest, row.id


def test_the_weekday_written_in_a_reply_is_the_weekday_of_its_date(answers):
    seen = 0
    for row in promised(answers):
        named = set(re.findall("(?:周|星期|礼拜|禮拜)([一二三四五六日天])", row.text))
        other_day = re.search("[号號日][^期]|今|明|后|後|周末|早|晚", row.text)
        if len(named) == 1 and not other_day and not CHANGED_MIND.search(row.text):
            seen += 1
            assert WEEKDAYS[day_of(row).weekday()] == named.pop().replace("天", "日"), row.id
    assert seen >= 40


def test_the_day_of_the_month_written_in_a_reply_is_the_day_of_its_date(answers):
    seen = 0
    for row in promised(answers):
        named = {number(n) for n in DAY_OF_MONTH.findall(row.text)}
        if (
            len(named) == 1
            and not CHANGED_MIND.search(row.text)
            and "promise_date_alt" not in row.expect
        ):
            other = re.search("除夕|[周星期礼拜]{1,2}[一二三四五六日天]|今|明天|月底", row.text)
            if not other:
                seen += 1
                assert day_of(row).day == named.pop(), row.id
    assert seen >= 120


def number(text):
    if text.isdigit():
        return int(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, _, ones = text.rpartition("十")
    high = NUMERAL.get(tens, 1 if "十" in text else 0) * 10
    return high + (NUMERAL[ones] if ones else 0)


@pytest.mark.parametrize(("word", "days"), [("今天", 0), ("明天", 1), ("大后天", 3), ("聽日", 1)])
def test_a_day_counted_from_today_is_counted_right(answers, word, days):
    seen = 0
    others = re.compile(
        "[号號]|周|星期|礼拜|前天|昨|月|年前|天后|" + "|".join({"今天", "明天", "后天"} - {word})
    )
    for row in promised(answers):
        rest = row.text.replace(word, "")
        if word in row.text and not others.search(rest) and "promise_date_alt" not in row.expect:
            seen += 1
            assert day_of(row) == row.reference.date() + timedelta(days=days), row.id
    assert seen >= 2


def test_an_expected_amount_is_written_in_its_reply(answers):
    for row in answers:
        amount = row.expect["promise_amount"]
        if amount and not row.context.get("pending_promise"):
            digits = unicodedata.normalize("NFKC", row.text).replace(",", "")
            in_words = re.search("[一二三四五六七八九十百千万两兩貳贰叁叄伍壹佰仟kKwW]", digits)
            assert f"{float(amount):g}" in digits or in_words, row.id


def test_the_weekday_of_a_date_expression_is_the_weekday_of_its_day(times):
    seen = 0
    for row in times:
        named = re.fullmatch(
            "(?:上|下|下下|这|本)?个?(?:周|星期|礼拜)([一二三四五六日天])", row.text
        )
        if named:
            seen += 1
            start = datetime.fromisoformat(row.readings[0][0]["start"])
            assert WEEKDAYS[start.weekday()] == named[1].replace("天", "日"), row.id
    assert seen >= 40


def test_no_reply_occurs_in_the_lexicon_or_in_the_readers_own_tests(answers):
    """Short ones (退订, 好的, 我要投诉) belong to everybody; from eight characters on, none may."""
    assert len(own_words()) > 500
    long = [row.id for row in shared(answers) if len(re.findall("[一-鿿]", row.text)) >= 8]
    assert long == []


def test_few_replies_share_even_short_words_with_the_product(answers):
    assert len(shared(answers)) <= 0.15 * len(answers)


def test_a_reply_copied_into_a_lexicon_or_a_test_is_found(answers, tmp_path):
    copied = [next(row for row in answers if len(row.text) > 12), answers[0]]
    for path, row in zip(
        ("scripts_zh/lexicon/a.yaml", "tests/understanding/test_a.py"), copied, strict=True
    ):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(f'- "{row.text}！"', encoding="utf-8")
    assert {row.text for row in copied} <= {row.text for row in shared(answers, tmp_path)}


def a_row(**changes):
    expect = {
        "intents": ["promise_to_pay"],
        "promise_date": "2026-11-25",
        "promise_amount": None,
        "promise_portion": None,
        "callback_start": None,
        "callback_end": None,
        "harm": False,
    }
    row = {
        "id": "x-1",
        "text": "25号还",
        "reference_datetime": "2026-11-20T10:00:00+08:00",
        "channel": "sms",
        "expect": {**expect, **changes.pop("expect", {})},
        "single_reading": True,
    }
    return {**row, **changes}


def test_a_sound_row_is_taken():
    assert isinstance(_reply("x", a_row()), Reply)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"text": " "}, "text is empty"),
        ({"channel": "fax"}, "channel"),
        ({"reference_datetime": "2026-11-20T10:00:00"}, "offset"),
        ({"context": {"mood": "bad"}}, "context knows"),
        ({"context": {"asked": "why"}}, "asked"),
        ({"context": {"offered": {"1": "dance"}}}, "offered"),
        ({"expect": {"intents": []}}, "unknown intent"),
        ({"expect": {"intents": ["dance"]}}, "unknown intent"),
        ({"expect": {"acceptable_primary": ["refuse", "promise_to_pay"]}}, "begin with"),
        ({"expect": {"acceptable_primary": ["promise_to_pay", "refuse"]}}, "one reading"),
        ({"expect": {"optional_intents": ["promise_to_pay"]}}, "optional_intents"),
        ({"expect": {"promise_date_alt": ["2026-11-26"]}}, "promise_date is not in"),
        ({"expect": {"promise_amount": "2000"}}, "malformed"),
        ({"expect": {"promise_portion": "third"}}, "malformed"),
        ({"expect": {"callback_start": "2026-11-20T12:00:00+08:00"}}, "callback_grain"),
        ({"expect": {"dispute_kind": "mood"}}, "dispute_kind"),
        ({"expect": {"harm": None}}, "harm"),
    ],
)
def test_a_broken_row_is_refused_with_what_is_wrong(broken, told):
    with pytest.raises(BadRowError, match=told):
        _reply("x", a_row(**broken))
