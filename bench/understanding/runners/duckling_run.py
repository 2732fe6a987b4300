"""Runs inside a throw-away environment with a JVM: JSON lines in, times as the Chinese fork of
Duckling reads them out. Its lunar answers are turned into solar days."""

import json
import re
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from duckling_chinese import Duckling, DucklingDimension
from lunardate import LunarDate

DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}
MONTHS = ["正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊"]
DAYS = [
    *(f"初{n}" for n in "一二三四五六七八九十"),
    *(f"十{n}" for n in "一二三四五六七八九"),
    "二十",
    *(f"廿{n}" for n in "一二三四五六七八九"),
    "三十",
]
LENGTH = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
WARM_UP = 50


def instant(value: str) -> datetime:
    lunar = re.match(r"农历 (.{4})年(闰?)(.+)月(.{2,3}) (\d\d:\d\d:\d\d)", value)
    if not lunar:
        return datetime.fromisoformat(value[:19])
    year = int("".join(str(DIGITS[c]) for c in lunar[1]))
    month, day = MONTHS.index(lunar[3]) + 1, DAYS.index(lunar[4]) + 1
    solar = LunarDate(year, month, day, bool(lunar[2])).to_solar_date()
    return datetime.fromisoformat(f"{solar.isoformat()}T{lunar[5]}")


def past(start: datetime, grain: str) -> datetime:
    if grain in LENGTH:
        return start + LENGTH[grain]
    months = {"month": 1, "quarter": 3, "year": 12}.get(grain, 0)
    total = start.year * 12 + start.month - 1 + months
    return start.replace(year=total // 12, month=total % 12 + 1, day=1)


def spans(value: dict[str, Any]) -> tuple[datetime, datetime | None]:
    """(start, end) of an answer; an open side is None."""
    if "instant" in value:
        start = instant(value["instant"]["datetime"])
        return start, past(start, value["instant"]["grain"].lower())
    start = instant(value["start"]["datetime"])
    if value.get("direction") == "Before":
        return start, past(start, value["start"]["grain"].lower())
    return start, instant(value["end"]["datetime"]) if "end" in value else None


def iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def times(answers: list[dict[str, Any]]) -> list[dict[str, str | None]]:
    found = []
    for answer in answers:
        value = answer.get("value", {}).get("timeValue")
        if value:
            start, end = spans(value)
            found.append({"start": iso(start), "end": iso(end)})
    return found


def main() -> None:
    duckling = Duckling()
    options = duckling.gen_options(targets={DucklingDimension.TIME})
    printed = {}
    rows = [json.loads(line) for line in sys.stdin]
    for row in rows[:WARM_UP] + rows:
        at = datetime.fromisoformat(row["reference_datetime"])
        context = duckling.gen_context(at)
        began = time.perf_counter()
        answers = duckling.parse_entities(row["text"], context, options)
        micros = (time.perf_counter() - began) * 1e6
        try:
            when = times(answers)
        except (ValueError, KeyError, IndexError):
            when = [{"start": None, "end": None}]
        printed[row["id"]] = json.dumps({"id": row["id"], "when": when, "micros": micros})
    print("\n".join(printed.values()))


main()
