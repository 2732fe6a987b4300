"""The batch form of `yuehuan understand`: JSON lines in, JSON lines out. A stable contract.

In:  {"id", "text", "reference_datetime", "channel": "sms" | "ivr_speech"} and, optionally, "zone"
     (IANA name), "payday" (day of the month), "asked", "offered" (key -> intent).
Out: {"id", "intents", "promise_date", "promise_amount", "promise_portion", "callback_start",
     "callback_end", "when", "confidence", "micros"}; for a line that cannot be read
     {"id" or null, "line", "error"}.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.understanding import Context, Understanding

DEFAULT_ZONE = "Asia/Shanghai"
"""Days are read in it when a line names no zone and its reference time has no offset (or Z)."""

CHANNELS = ("sms", "ivr_speech")

Reader = Callable[[str, Context], Understanding]
Timer = Callable[[], float]


def read_lines(lines: Iterable[str], understand: Reader, timer: Timer) -> Iterator[dict[str, Any]]:
    """One document per non-blank line, in order; a bad line gives {"id", "line", "error"}."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row: Any = None
        try:
            row = json.loads(line.removeprefix("\ufeff"))
            text, context = parse(row)
        except (ValueError, RecursionError) as problem:
            name = row.get("id") if isinstance(row, dict) else None
            yield {"id": name, "line": number, "error": str(problem)}
            continue
        started = timer()
        reading = understand(text, context)
        yield document(row["id"], reading, (timer() - started) * 1e6)


def parse(row: Any) -> tuple[str, Context]:
    """The text and context of one line. Raises ValueError naming the field and what it must be."""
    if not isinstance(row, dict):
        raise ValueError(
            'a line must be a JSON object {"id", "text", "reference_datetime", "channel"}'
        )
    for name in ("id", "text", "reference_datetime"):
        if row.get(name) is None:
            raise ValueError(f'"{name}" is missing')
    if not isinstance(row["text"], str):
        raise ValueError('"text" must be a string')
    channel = row.get("channel") or "sms"
    if channel not in CHANNELS:
        raise ValueError(f'"channel" must be one of {", ".join(CHANNELS)}, not {channel!r}')
    now, zone = moment(row["reference_datetime"], row.get("zone"))
    return row["text"], Context(
        now,
        zone,
        channel,
        offered=_offered(row.get("offered")),
        asked=row.get("asked"),
        payday=_payday(row.get("payday")),
        workday=_workday,
    )


def moment(value: Any, zone_name: Any = None) -> tuple[datetime, ZoneInfo]:
    """The aware reference instant and the zone its days are read in.

    Without an offset the time is local time of the zone (default Asia/Shanghai); with an offset of
    whole hours and no zone named, days are read at that offset; Z is an instant, read in the default.
    """
    try:
        now = datetime.fromisoformat(str(value))
    except ValueError as problem:
        raise ValueError(f'"reference_datetime" must be ISO 8601, not {value!r}') from problem
    zone = _zone(str(zone_name)) if zone_name else _zone_of(now)
    return (now if now.tzinfo else now.replace(tzinfo=zone)).astimezone(UTC), zone


def _zone_of(now: datetime) -> ZoneInfo:
    offset = now.utcoffset()
    default = _zone(DEFAULT_ZONE)
    if not offset or offset == now.replace(tzinfo=default).utcoffset():
        return default
    hours = offset / timedelta(hours=1)
    if hours == int(hours) and -12 <= hours <= 14:
        return _zone(f"Etc/GMT{-int(hours):+d}")
    return default


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ValueError(
            f'"zone" must be an IANA name such as Asia/Shanghai, not {name!r}'
        ) from problem


def _offered(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError('"offered" must be an object of key -> intent')
    return {str(key): str(action) for key, action in value.items()}


def _payday(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or not 1 <= value <= 31:
        raise ValueError('"payday" must be a day of the month, 1 to 31')
    return value


@lru_cache(maxsize=4096)
def _workday(day: Any) -> bool:
    """Mainland China's working days where they are published, else Monday to Friday."""
    from chinese_calendar import is_workday  # noqa: PLC0415

    try:
        return bool(is_workday(day))
    except NotImplementedError:
        return bool(day.weekday() < 5)


def document(name: Any, reading: Understanding, micros: float) -> dict[str, Any]:
    """The JSON document of a reading."""
    minor = reading.promise_amount_minor
    callback = reading.callback
    return {
        "id": name,
        "intents": [intent.value for intent in reading.intents],
        "promise_date": reading.promise_date.isoformat() if reading.promise_date else None,
        "promise_amount": None if minor is None else f"{minor // 100}.{minor % 100:02d}",
        "promise_portion": reading.promise_portion,
        "callback_start": callback.start.isoformat() if callback else None,
        "callback_end": callback.end.isoformat() if callback and callback.end else None,
        "when": [
            {
                "start": when.start.isoformat(),
                "end": when.end.isoformat(),
                "grain": when.grain,
                "kind": when.kind,
                "text": when.text,
            }
            for when in reading.when
        ],
        "confidence": reading.confidence,
        "micros": round(micros, 1),
    }
