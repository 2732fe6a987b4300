"""Business calendars by region: mainland China with its make-up working days, others by library."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import chinese_calendar
import holidays
from chinese_calendar import constants

from bot.domain.cadence import BusinessCalendar


class UnknownRegionError(ValueError):
    """No calendar is known for a region."""


#: Last year for which the State Council's arrangement is in the installed `chinesecalendar`.
CHINA_KNOWN_UNTIL = max(constants.holidays).year
_CHINA_KNOWN_FROM = min(constants.holidays).year


#: Where the library keeps general holidays outside its default category.
_CATEGORIES = {"MO": ("public", "government")}

_SATURDAY = 5


class HolidayCalendar:
    """Public holidays and weekends of one region, from the `holidays` library.

    A Saturday is free everywhere unless it is a substituted working day: where shops count it
    as a working day (Hong Kong), the offices that pay invoices do not.
    """

    def __init__(self, region: str) -> None:
        try:
            self._days = holidays.country_holidays(region, categories=_CATEGORIES.get(region))
        except NotImplementedError:
            raise UnknownRegionError(
                f"no holiday calendar for region {region!r}; use an ISO 3166 code such as CN, HK, "
                "TW, US or GB as the portfolio's region"
            ) from None

    def is_working(self, day: date) -> bool:
        """Neither weekend nor public holiday; substituted working weekends count."""
        if not self._days.is_working_day(day):
            return False
        return day.weekday() != _SATURDAY or day in self._days.weekend_workdays


class MainlandCalendar:
    """Mainland China: the State Council's yearly arrangement, make-up working days included.

    Years the arrangement is not known for (it is published each autumn) fall back to public
    holidays and weekends without make-up days: then a few Saturdays and Sundays that will be
    worked are taken as free, and nobody is contacted on them as on a working day.
    """

    def __init__(self) -> None:
        self._otherwise = HolidayCalendar("CN")

    def is_working(self, day: date) -> bool:
        """True on working days and make-up working weekends (调休上班)."""
        if _CHINA_KNOWN_FROM <= day.year <= CHINA_KNOWN_UNTIL:
            return bool(chinese_calendar.is_workday(day))
        return self._otherwise.is_working(day)


class _Remembering:
    """Remembers each asked day: the same few hundred days are asked for every case."""

    def __init__(self, asked: BusinessCalendar) -> None:
        self._asked = asked
        self._known: dict[date, bool] = {}

    def is_working(self, day: date) -> bool:
        """The underlying calendar's answer."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._asked.is_working(day)
        return known


@lru_cache(maxsize=64)
def calendar_for(region: str) -> BusinessCalendar:
    """The business calendar of an ISO 3166 `region`; one per process and region.

    Raises UnknownRegionError when there is none.
    """
    return _Remembering(MainlandCalendar() if region == "CN" else HolidayCalendar(region))
