"""What a reading looks like in storage, and the two near days an either/or question offers."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.cadence import BusinessCalendar
from bot.domain.understanding import Understanding

_DAY = timedelta(days=1)


def as_document(reading: Understanding) -> dict[str, Any]:
    """A JSON document of the reading. Evidence is offsets only, never the words themselves."""
    callback = reading.callback
    return {
        "intents": [intent.value for intent in reading.intents],
        "promise_date": _iso(reading.promise_date),
        "promise_amount_minor": reading.promise_amount_minor,
        "promise_portion": reading.promise_portion,
        "callback_start": _iso(callback.start) if callback else None,
        "callback_end": _iso(callback.end) if callback else None,
        "dispute_kind": reading.dispute_kind,
        "reason": reading.reason,
        "question_kind": reading.question_kind,
        "flags": sorted(reading.flags),
        "evidence": [[span.start, span.end, span.label] for span in reading.evidence],
        "confidence": round(reading.confidence, 3),
        "engine": reading.engine,
    }


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None


def choices(
    today: date, furthest: date, payday: int | None, calendar: BusinessCalendar
) -> tuple[date, date]:
    """A near working day, and the payday or the furthest day the tier accepts.

    Both within (today, furthest]; the second is the later one.
    """
    near = today + _DAY
    while not calendar.is_working(near) and near < furthest:
        near += _DAY
    far = _next_payday(today, payday) if payday else furthest
    if not near < far <= furthest:
        far = furthest
    return (near, far) if near < far else (near, near + _DAY)


def _next_payday(today: date, payday: int) -> date:
    """The next day of the month numbered `payday`; a short month pays on its last day."""
    year, month = today.year, today.month
    while True:
        day = date(year, month, min(payday, monthrange(year, month)[1]))
        if day > today:
            return day
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
