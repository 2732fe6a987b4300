"""Working days of mainland China with its make-up days, and of other regions."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.cadence.calendar import shifted, working_day_before
from bot.domain.cadence.definition import Shift
from bot.policy.calendars import CHINA_KNOWN_UNTIL, UnknownRegionError, calendar_for

CHINA = calendar_for("CN")


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-01-01", False),  # New Year
        ("2026-01-02", False),
        ("2026-01-04", True),  # Sunday, worked for New Year
        ("2026-02-14", True),  # Saturday, worked for the Spring Festival
        ("2026-02-16", False),
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2025-09-28", True),  # Sunday, worked for National Day
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-10-01", False),
        ("2026-10-10", True),
        ("2026-03-14", False),  # an ordinary Saturday
        ("2026-03-16", True),
        ("2024-02-29", True),
    ],
)
def test_mainland_china_works_its_make_up_days(day: str, working: bool) -> None:
    assert CHINA.is_working(date.fromisoformat(day)) is working


def test_years_without_an_arrangement_fall_back_to_holidays_and_weekends() -> None:
    year = CHINA_KNOWN_UNTIL + 1
    assert not CHINA.is_working(date(year, 10, 1))
    assert not CHINA.is_working(date(year, 1, 1))
    assert any(CHINA.is_working(date(year, 3, day)) for day in range(1, 4))
    assert not CHINA.is_working(date(1999, 1, 1))


@pytest.mark.parametrize(
    ("region", "day", "working"),
    [
        ("HK", "2026-12-25", False),
        ("HK", "2026-07-04", False),  # a Saturday
        ("HK", "2026-07-01", False),
        ("TW", "2026-10-10", False),
        ("TW", "2026-10-12", True),
        ("MO", "2026-12-25", False),
        ("US", "2026-07-03", False),  # observed Independence Day
        ("US", "2026-07-06", True),
        ("GB", "2026-12-28", False),  # Boxing Day, substituted
        ("SG", "2026-08-10", False),  # National Day, observed
        ("MY", "2026-08-31", False),
    ],
)
def test_other_regions_keep_their_public_holidays(region: str, day: str, working: bool) -> None:
    assert calendar_for(region).is_working(date.fromisoformat(day)) is working


def test_an_unknown_region_is_refused_with_a_remedy() -> None:
    with pytest.raises(UnknownRegionError, match=r"'ZZ'.*ISO 3166"):
        calendar_for("ZZ")


def test_a_region_has_one_calendar_per_process() -> None:
    assert calendar_for("HK") is calendar_for("HK")


@pytest.mark.parametrize(
    ("shift", "moved"), [(Shift.NEXT, 16), (Shift.PREVIOUS, 13), (Shift.NONE, 14), (Shift.SKIP, 14)]
)
def test_a_day_moves_to_a_working_day(shift: Shift, moved: int) -> None:
    saturday = date(2026, 3, 14)
    found = shifted(CHINA, saturday, shift, date.min, date.max)
    assert found == date(2026, 3, moved)


def test_a_day_never_moves_out_of_its_tier() -> None:
    saturday, friday = date(2026, 3, 14), date(2026, 3, 13)
    assert shifted(CHINA, saturday, Shift.NEXT, friday, date(2026, 3, 15)) == friday
    assert shifted(CHINA, saturday, Shift.NEXT, saturday, date(2026, 3, 15)) is None


class Never:
    def is_working(self, day: date) -> bool:
        return False


def test_a_calendar_without_working_days_is_no_endless_search() -> None:
    assert shifted(Never(), date(2026, 3, 14), Shift.NEXT, date.min, date.max) is None
    with pytest.raises(ValueError, match="no working day"):
        working_day_before(Never(), date(2026, 3, 14), 1)
