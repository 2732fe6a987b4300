"""The Chinese lunar calendar and solar terms as facts: 1950–2099.

One number a year: (days from 1 January to lunar new year) << 17 | leap month << 13 | month lengths
(bit i set: the i-th month, leap month included, has 30 days). Checked against the lunardate
library by the tests.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

FIRST_YEAR = 1950
_YEARS = tuple(
    int(code, 16)
    for code in [
        "5e0536",
        "480aad",
        "34b5aa",
        "5805b2",
        "420ba5",
        "2e7d4a",
        "540d4a",
        "3d0a95",
        "600a97",
        "4c0556",
        "36cab5",
        "5a0ad5",
        "4606d2",
        "308ea5",
        "560ea5",
        "40064a",
        "286c97",
        "4e0a9b",
        "3af55a",
        "5e056a",
        "480b69",
        "34b752",
        "5a0b52",
        "420b25",
        "2c964b",
        "520a4b",
        "3d14ab",
        "6002ad",
        "4a05ad",
        "36cb69",
        "5c0da9",
        "460d92",
        "309d25",
        "560d25",
        "415a4d",
        "640a56",
        "4e02b6",
        "38c5b5",
        "5e06d5",
        "480ea9",
        "34be92",
        "5a0e92",
        "440d26",
        "2c6a56",
        "500a57",
        "3d14d6",
        "62035a",
        "4a06d5",
        "36b6c9",
        "5c0749",
        "460693",
        "2e952b",
        "54052b",
        "3e0a5b",
        "2a555a",
        "4e056a",
        "38fb55",
        "600ba4",
        "4a0b49",
        "32ba93",
        "580a95",
        "42052d",
        "2c8aad",
        "500ab5",
        "3d35aa",
        "6205d2",
        "4c0da5",
        "36dd4a",
        "5c0d4a",
        "460c95",
        "30952e",
        "540556",
        "3e0ab5",
        "2a55b2",
        "5006d2",
        "38cea5",
        "5e0725",
        "48064b",
        "32ac97",
        "560cab",
        "42055a",
        "2c6ad6",
        "520b69",
        "3d7752",
        "620b52",
        "4c0b25",
        "36da4b",
        "5a0a4b",
        "4404ab",
        "2ea55b",
        "5405ad",
        "3e0b6a",
        "2a5b52",
        "500d92",
        "3afd25",
        "5e0d25",
        "480a55",
        "32b4ad",
        "5804b6",
        "4005b5",
        "2c6daa",
        "520ec9",
        "3f1e92",
        "620e92",
        "4c0d26",
        "36ca56",
        "5a0a57",
        "440556",
        "2e86d5",
        "540755",
        "400749",
        "286e93",
        "4e0693",
        "38f52b",
        "5e052b",
        "460a5b",
        "32b55a",
        "58056a",
        "420b65",
        "2c974a",
        "520b4a",
        "3d1a95",
        "620a95",
        "4a052d",
        "34caad",
        "5a0ab5",
        "4605aa",
        "2e8ba5",
        "540da5",
        "400d4a",
        "2a7c95",
        "4e0c96",
        "38f94e",
        "5e0556",
        "480ab5",
        "32b5b2",
        "5806d2",
        "420ea5",
        "2e8e4a",
        "50068b",
        "3b0c97",
        "6004ab",
        "4a055b",
        "34cad6",
        "5a0b6a",
        "460752",
        "309725",
        "540b45",
        "3e0a8b",
        "28549b",
    ]
)


def covered(year: int) -> bool:
    """Whether the table knows the lunar year that begins in the solar year `year`."""
    return 0 <= year - FIRST_YEAR < len(_YEARS)


@lru_cache(maxsize=1024)
def solar(year: int, month: int, day: int, leap: bool = False) -> date | None:
    """The solar date of a lunar one; None when the table or the calendar has no such day."""
    if not covered(year) or not 1 <= month <= 12 or not 1 <= day <= 30:
        return None
    code = _YEARS[year - FIRST_YEAR]
    leap_month = code >> 13 & 15
    if leap and leap_month != month:
        return None
    index = month - 1 + (1 if leap_month and (month > leap_month or leap) else 0)
    if day > 29 + (code >> index & 1):
        return None
    ahead = sum(29 + (code >> i & 1) for i in range(index)) + day - 1
    return date(year, 1, 1) + timedelta(days=(code >> 17) + ahead)


def last_day(year: int) -> date | None:
    """除夕, the last day of lunar year `year`."""
    new_year = solar(year + 1, 1, 1)
    return new_year - timedelta(days=1) if new_year else None


def lunar_year(day: date) -> int:
    """The lunar year a solar day falls in."""
    start = solar(day.year, 1, 1)
    return day.year if start is None or day >= start else day.year - 1


# The 24 solar terms: day = floor(Y * 0.2422 + C) - floor((Y - 1) / 4) for the years of one century,
# C as usually tabulated for the 21st century; month of each term in order from 小寒.
_TERM_C = (
    5.4055, 20.12, 3.87, 18.73, 5.63, 20.646, 4.81, 20.1, 5.52, 21.04, 5.678, 21.37,
    7.108, 22.83, 7.5, 23.13, 7.646, 23.042, 8.318, 23.438, 7.438, 22.36, 7.18, 21.94,
)  # fmt: skip
TERMS = [
    "小寒",
    "大寒",
    "立春",
    "雨水",
    "惊蛰",
    "春分",
    "清明",
    "谷雨",
    "立夏",
    "小满",
    "芒种",
    "夏至",
    "小暑",
    "大暑",
    "立秋",
    "处暑",
    "白露",
    "秋分",
    "寒露",
    "霜降",
    "立冬",
    "小雪",
    "大雪",
    "冬至",
]


def solar_term(year: int, index: int) -> date | None:
    """The day of term `index` (0 = 小寒) in 2000–2099, by the usual formula (a day off in rare years)."""
    if not 2000 <= year <= 2099:
        return None
    short = year % 100
    leaps = (short - 1) // 4 if index < 4 else short // 4
    return date(year, index // 2 + 1, int(short * 0.2422 + _TERM_C[index]) - leaps)
