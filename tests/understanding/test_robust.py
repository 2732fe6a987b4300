"""No text whatever makes the reading raise, loop or run away."""
# ruff: noqa: DTZ001  (the grammar works on naive local time of the reader's zone)

from __future__ import annotations

import sys
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.understanding import Context, Intent
from bot.policy.lexicon import understand

ZONE = ZoneInfo("Asia/Shanghai")
CONTEXT = Context(datetime(2026, 11, 25, 10, 30, tzinfo=ZONE), ZONE, payday=31)
WORDS = [
    "明天", "下周", "周五", "25号", "12月", "5号", "2月", "30", "号", "之前", "后", "以后", "内", "三天", "半", "个", "月", "年", "初", "底", "中", "上", "下",
    "还", "不", "没", "了", "我", "你", "别", "打", "发", "再", "是", "的", "两千", "2000", "万", "块", "一半", "剩下", "先", "分", "期", "点", "时", "晚上", "下午",
    "到", "-", "、", "，", "。", "？", "农历", "闰", "正月", "廿", "十", "百", "千", "零", "亿", "2026", "/", ".", ":", "至今", "现在", "前", "过", "最后", "第", "一",
    "工作日", "世纪", "9999年", "0", "99", "今年", "去年", "去世", "投诉", "退订", "工资", "嗯", "啊", "那个", " ", "👌", "還", "錢", "T", "am", "12:30", "25:61",
]  # fmt: skip


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join))
@settings(max_examples=600, deadline=None)
def test_any_heap_of_telling_words_is_read(text: str) -> None:
    check(text)


@given(
    st.lists(st.sampled_from(WORDS), max_size=15).map("".join),
    st.datetimes(datetime(1990, 1, 1), datetime(2098, 1, 1)),
)
@settings(max_examples=200, deadline=None)
def test_any_reference_time_will_do(text: str, now: datetime) -> None:
    check(text, Context(now.replace(tzinfo=ZONE), ZONE, payday=30))


def check(text: str, context: Context = CONTEXT) -> None:
    read = understand(text, context)
    assert read.intents
    assert len(set(read.intents)) == len(read.intents)
    assert 0 <= read.confidence <= 1
    for span in read.evidence:
        assert 0 <= span.start <= span.end <= len(text)
    for when in read.when:
        assert when.start < when.end
        assert when.text in text
    assert read.asks_date == (Intent.promise_to_pay in read.intents and read.promise_date is None)
    if read.promise_date:
        assert read.promise_date >= context.now.astimezone(context.zone).date()
    assert read == understand(text, context)


@pytest.mark.parametrize(
    "unit",
    ["还", "不", "一", "1", "1.", "12月", "25号到", "三天后的", "(", "一半，", "不是不还", "2000", "，", "啊", "的", "明天明天后天", "10:", "1/2/", "打了十几个",
     "我我", "二零", "每个月", "千万", "过几天", "第一个", "上上", "农历", "别再给我", "a", "\u200b", "下周一到", "0000000000", "2026-"],
)  # fmt: skip
def test_sixteen_hundred_characters_of_anything_take_little_time(unit: str) -> None:
    text = (unit * 1600)[:1600]
    understand(text, CONTEXT)
    best = min(_seconds(text) for _ in range(3))
    kilobytes = len(text.encode()) / 1000
    measuring = 3 if sys.gettrace() else 1  # coverage watches every line
    assert best < 0.02 * kilobytes * measuring, f"{best * 1000:.0f} ms"


def _seconds(text: str) -> float:
    started = time.thread_time()
    understand(text, CONTEXT)
    return time.thread_time() - started
