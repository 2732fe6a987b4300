"""The general reading of Chinese time: what `when` says, whatever the intent."""
# ruff: noqa: DTZ001  (the grammar works on naive local time of the reader's zone)

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.understanding import lunar
from bot.domain.understanding.calendar import add_months, festival_day
from bot.domain.understanding.numerals import number
from bot.domain.understanding.pieces import Facts, Found
from bot.domain.understanding.times import read_times
from bot.policy.lexicon import lexicon

NOW = datetime(2026, 11, 25, 10, 30)  # a Wednesday


def found(text: str, now: datetime = NOW, payday: int | None = None) -> list[Found]:
    words = lexicon()
    return read_times(words.normalise(text), Facts(now, payday), words.times)


def spot(text: str, now: datetime = NOW, payday: int | None = None) -> tuple[str, str, str, str]:
    one = found(text, now, payday)[-1]
    assert one.place is not None
    return (
        f"{one.place.start:%Y-%m-%d %H:%M}",
        f"{one.place.end:%Y-%m-%d %H:%M}",
        one.place.grain,
        one.kind,
    )


POINTS = {
    "今天": "2026-11-25", "明天": "2026-11-26", "后天": "2026-11-27", "大后天": "2026-11-28", "昨天": "2026-11-24",
    "前天": "2026-11-23", "周三": "2026-11-25", "周二": "2026-12-01", "这周五": "2026-11-27", "下周三": "2026-12-02",
    "下周日": "2026-12-06", "下下周一": "2026-12-07", "上周三": "2026-11-18", "25号": "2026-11-25", "24号": "2026-12-24",
    "31号": "2026-12-31", "月底": "2026-11-30", "下月底": "2026-12-31", "2月底": "2027-02-28", "年底": "2026-12-31",
    "上个月15号": "2026-10-15", "下个月三十一号": "2026-12-31", "4月5日": "2027-04-05", "12月5": "2026-12-05",
    "2026-12-05": "2026-12-05", "20261205": "2026-12-05", "2026年12月5日": "2026-12-05", "12/5": "2026-12-05",
    "12.5还": "2026-12-05", "12-05": "2026-12-05", "五月一号": "2027-05-01", "廿八号": "2026-11-28", "三天后": "2026-11-28",
    "一周后": "2026-12-02", "半个月后": "2026-12-10", "一个月后": "2026-12-25", "两个半月后": "2027-02-09",
    "十天前": "2026-11-15", "再过三天": "2026-11-28", "元旦": "2027-01-01", "春节": "2027-02-06", "除夕": "2027-02-05",
    "大年初一": "2027-02-06", "初五": "2026-12-13", "腊月二十八": "2027-02-04", "正月十五": "2027-02-20", "端午": "2027-06-09", "中秋节": "2027-09-15",
    "清明": "2027-04-05", "冬至": "2026-12-22", "母亲节": "2027-05-09", "父亲节": "2027-06-20", "感恩节": "2026-11-26",
    "国庆": "2027-10-01", "双十二": "2026-12-12", "复活节": "2027-03-28", "春节后三天": "2027-02-09", "国庆前一天": "2027-09-30",
    "十月第一个星期一": "2027-10-04", "这个月最后一天": "2026-11-30", "2027年春节": "2027-02-06", "去年本月十日": "2025-11-10",
    "农历八月十五": "2027-09-15", "3月11日(周四)": "2027-03-11", "聽日": "2026-11-26", "下禮拜五": "2026-12-04",
}  # fmt: skip


@pytest.mark.parametrize(("text", "day"), POINTS.items())
def test_a_day_is_that_day(text: str, day: str) -> None:
    start, end, grain, kind = spot(text)
    assert (start, grain, kind) == (f"{day} 00:00", "day", "point")
    assert end == f"{date.fromisoformat(day) + timedelta(days=1)} 00:00"


SPANS = {
    "下周": ("2026-11-30 00:00", "2026-12-07 00:00", "week", "range"),
    "本周末": ("2026-11-28 00:00", "2026-11-30 00:00", "weekend", "range"),
    "下个月": ("2026-12-01 00:00", "2027-01-01 00:00", "month", "range"),
    "3月份": ("2027-03-01 00:00", "2027-04-01 00:00", "month", "range"),
    "明年": ("2027-01-01 00:00", "2028-01-01 00:00", "year", "range"),
    "2019年第三季度": ("2019-07-01 00:00", "2019-10-01 00:00", "quarter", "range"),
    "上半年": ("2026-01-01 00:00", "2026-07-01 00:00", "half", "range"),
    "12月中旬": ("2026-12-11 00:00", "2026-12-21 00:00", "dekad", "range"),
    "90年代": ("1990-01-01 00:00", "2000-01-01 00:00", "decade", "range"),
    "25号到28号": ("2026-11-25 00:00", "2026-11-29 00:00", "day", "range"),
    "从一月十日到12日": ("2027-01-10 00:00", "2027-01-13 00:00", "day", "range"),
    "周一到周五": ("2026-11-30 00:00", "2026-12-05 00:00", "day", "range"),
    "2016到2018年": ("2016-01-01 00:00", "2019-01-01 00:00", "year", "range"),
    "2018年1-9月": ("2018-01-01 00:00", "2018-10-01 00:00", "month", "range"),
    "近三天": ("2026-11-22 00:00", "2026-11-25 00:00", "day", "range"),
    "未来两天": ("2026-11-26 00:00", "2026-11-28 00:00", "day", "range"),
    "从3号到现在": ("2026-11-03 00:00", "2026-11-25 10:30", "day", "range"),
    "今年前五个月": ("2026-01-01 00:00", "2026-06-01 00:00", "day", "range"),
    "上月最后五天": ("2026-10-27 00:00", "2026-11-01 00:00", "day", "range"),
    "28号之前": ("2026-11-28 00:00", "2026-11-29 00:00", "day", "deadline"),
    "最晚28号": ("2026-11-28 00:00", "2026-11-29 00:00", "day", "deadline"),
    "三天内": ("2026-11-25 10:30", "2026-11-29 00:00", "day", "deadline"),
    "24小时内": ("2026-11-25 10:30", "2026-11-26 10:30", "minute", "deadline"),
    "本月内": ("2026-11-01 00:00", "2026-12-01 00:00", "month", "deadline"),
    "下个月之前": ("2026-11-30 00:00", "2026-12-01 00:00", "day", "deadline"),
    "年前": ("2027-02-05 00:00", "2027-02-06 00:00", "day", "deadline"),
    "国庆后": ("2027-10-01 00:00", "2027-10-02 00:00", "day", "after"),
    "晚上八点以后": ("2026-11-25 20:00", "2026-11-25 21:00", "hour", "after"),
    "后天下午三点到五点": ("2026-11-27 15:00", "2026-11-27 17:00", "hour", "range"),
    "晚上8点到上午10点": ("2026-11-25 20:00", "2026-11-26 10:00", "hour", "range"),
    "明天下午": ("2026-11-26 12:00", "2026-11-26 18:00", "part", "range"),
    "今晚8点": ("2026-11-25 20:00", "2026-11-25 21:00", "hour", "point"),
    "明早8点半": ("2026-11-26 08:30", "2026-11-26 08:31", "minute", "point"),
    "下午3:15": ("2026-11-25 15:15", "2026-11-25 15:16", "minute", "point"),
    "3pm": ("2026-11-25 15:00", "2026-11-25 16:00", "hour", "point"),
    "三点": ("2026-11-25 15:00", "2026-11-25 16:00", "hour", "point"),
    "9点": ("2026-11-25 21:00", "2026-11-25 22:00", "hour", "point"),
    "晚上12点": ("2026-11-26 00:00", "2026-11-26 01:00", "hour", "point"),
    "凌晨两点": ("2026-11-26 02:00", "2026-11-26 03:00", "hour", "point"),
    "明天下午两点一刻": ("2026-11-26 14:15", "2026-11-26 14:16", "minute", "point"),
    "三个小时前": ("2026-11-25 07:30", "2026-11-25 07:31", "minute", "point"),
    "五分钟之前": ("2026-11-25 10:25", "2026-11-25 10:26", "minute", "point"),
    "明天上午十点到十二点": ("2026-11-26 10:00", "2026-11-26 12:00", "hour", "range"),
    "第二天上午": ("2026-11-26 08:00", "2026-11-26 12:00", "part", "range"),
    "昨天5:00-6:00": ("2026-11-24 05:00", "2026-11-24 06:00", "minute", "range"),
    "一刻钟后": ("2026-11-25 10:45", "2026-11-25 10:46", "minute", "point"),
    "一个半小时后": ("2026-11-25 12:00", "2026-11-25 12:01", "minute", "point"),
    "三天后下午三点": ("2026-11-28 15:00", "2026-11-28 16:00", "hour", "point"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SPANS.items())
def test_a_stretch_has_its_ends_grain_and_kind(text: str, expected: tuple[str, ...]) -> None:
    assert spot(text) == expected


@pytest.mark.parametrize(
    "text",
    ["今天天气不错"[2:], "订单号20261201333", "13800138000", "一周三次", "身份证110101199003071234", "先还1/3", "晚一点",
     "有一点", "3号楼", "尾号1234", "15号线", "下个", "还钱", "用了10年", "12.5万", "还12.5"],
)  # fmt: skip
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert [f for f in found(text) if f.place is not None] == []


@pytest.mark.parametrize("text", ["15号就还了", "15号已经扣款", "15号转的"])
def test_the_past_is_read_backwards(text: str) -> None:
    assert spot(text)[0] == "2026-11-15 00:00"


def test_a_list_of_days_shares_its_month_and_week() -> None:
    days = [f.place.start.date() for f in found("12月10号,11号,12号") if f.place]
    assert days == [date(2026, 12, 10), date(2026, 12, 11), date(2026, 12, 12)]
    week = [f.place.start.date() for f in found("下周二或周三") if f.place]
    assert week == [date(2026, 12, 1), date(2026, 12, 2)]


def test_payday_needs_a_payday_on_file() -> None:
    assert found("发工资")[0].place is None
    assert spot("发工资", payday=10)[0] == "2026-12-10 00:00"
    assert spot("下个月发工资", payday=31)[0] == "2026-12-31 00:00"


def test_working_days_skip_the_weekend() -> None:
    friday = datetime(2026, 11, 27, 9)
    assert spot("两个工作日后", friday)[0] == "2026-12-01 00:00"


@pytest.mark.parametrize(
    ("text", "now", "day"),
    [
        ("31号", datetime(2026, 2, 1), "2026-03-31"),
        ("2月29号", datetime(2026, 11, 25), "2028-02-29"),
        ("3号", datetime(2026, 12, 29), "2027-01-03"),
        ("下周一", datetime(2026, 12, 31), "2027-01-04"),
        ("一个月后", datetime(2026, 1, 31), "2026-02-28"),
        ("闰六月初一", datetime(2025, 1, 1), "2025-07-25"),
    ],
)
def test_month_ends_leap_days_and_year_ends(text: str, now: datetime, day: str) -> None:
    assert spot(text, now)[0] == f"{day} 00:00"


def test_the_lunar_table_agrees_with_a_kept_library() -> None:
    from lunardate import LunarDate

    for year in range(1950, 2099):
        for month in range(1, 13):
            assert lunar.solar(year, month, 1) == LunarDate(year, month, 1).to_solar_date()
        leap = LunarDate.leap_month_for_year(year)
        if leap:
            assert (
                lunar.solar(year, leap, 1, leap=True)
                == LunarDate(year, leap, 1, True).to_solar_date()
            )


def test_qingming_and_easter_on_known_days() -> None:
    assert [lunar.solar_term(y, 6) for y in (2024, 2025, 2026)] == [
        date(2024, 4, 4),
        date(2025, 4, 4),
        date(2026, 4, 5),
    ]
    assert festival_day(("easter", 0), 2026) == date(2026, 4, 5)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)))
def test_every_written_date_is_read_as_itself(day: date) -> None:
    for text in (
        f"{day.year}年{day.month}月{day.day}日",
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
    ):
        assert spot(text)[0] == f"{day} 00:00"


@given(st.datetimes(datetime(2001, 1, 1), datetime(2089, 1, 1)), st.integers(1, 28))
def test_a_bare_day_of_the_month_is_never_past_and_never_far(now: datetime, day: int) -> None:
    start = datetime.fromisoformat(spot(f"{day}号", now)[0])
    assert start.day == day
    assert 0 <= (start.date() - now.date()).days <= 31


@given(st.datetimes(datetime(2001, 1, 1), datetime(2089, 1, 1)), st.sampled_from("一二三四五六日"))
def test_next_week_is_the_calendar_week_after_this(now: datetime, name: str) -> None:
    start = datetime.fromisoformat(spot(f"下周{name}", now)[0])
    monday = now.date() - timedelta(days=now.weekday())
    assert 7 <= (start.date() - monday).days <= 13


@given(st.dates(date(1900, 1, 31), date(2090, 1, 1)), st.integers(-500, 500))
def test_adding_months_keeps_the_day_or_takes_the_last(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [("两千", 2000), ("一千二", 1200), ("一千零二十", 1020), ("1.2万", 12000), ("一万二", 12000), ("八百五", 850),
     ("二零一五", 2015), ("廿三", 23), ("一百五十", 150), ("3万5", 35000), ("三万半", 35000), ("十二万", 120000)],
)  # fmt: skip
def test_numerals(text: str, value: int) -> None:
    assert number(text) == value
