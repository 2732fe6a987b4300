"""Plain expressions of time and texts that hold none: a line `text | reading [/ another reading]`.

A reading is `-` (no time), or times parted by `;`: a day 2026-11-26, days 2026-11-26..2026-11-28
(both included), `<=` a deadline, `>=` open at the end, a clock time 2026-11-26T15:00, hours
2026-11-26T14:00..2026-11-26T16:00, a part of a day 2026-11-26~12-18 (begins within these hours).
Header lines `# now=… zone=…` hold for the lines below. They were labelled by the guide of
bench/understanding before the reader saw them; its rule of comparison judges them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.understanding.matching import judge
from bench.understanding.readings import reading_of
from bench.understanding.rows import Expression
from bot.domain.understanding import Context
from bot.policy.lexicon import understand

FOLDER = Path(__file__).parent / "expressions"
_SIGNS = {"<=": "deadline", ">=": "after"}


def expressions() -> list[Expression]:
    """Every expression, in the order of files and lines; the id tells file and line."""
    return [row for path in sorted(FOLDER.glob("*.txt")) for row in _rows(path)]


def _rows(path: Path) -> list[Expression]:
    out, settings = [], {"now": "2026-11-25T10:30", "zone": "Asia/Shanghai"}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.startswith("#"):
            settings |= dict(part.split("=", 1) for part in line[1:].split() if "=" in part)
            continue
        text, expected = (part.strip() for part in line.split(" | "))
        now = datetime.fromisoformat(settings["now"]).replace(tzinfo=ZoneInfo(settings["zone"]))
        readings = [_reading(each.strip(), now) for each in expected.split(" / ")]
        name = f"{path.stem}:{number}"
        out.append(Expression(name, path.stem, text, now, readings, False, len(readings) == 1))
    return out


def _reading(words: str, now: datetime) -> list[dict[str, Any]]:
    return [] if words == "-" else [_when(each, now) for each in words.split(";")]


def _when(words: str, now: datetime) -> dict[str, Any]:
    kind = _SIGNS.get(words[:2], "point")
    words = words[2:] if kind != "point" else words
    if "~" in words:
        return _part(words, now)
    first, _, last = words.partition("..")
    start, stop = _instant(first, now), _instant(last or first, now)
    clocked = "T" in first
    grain, step = ("minute", timedelta(minutes=1)) if clocked else ("day", timedelta(days=1))
    end = stop if clocked and last else stop + step
    kind = "range" if last else kind
    return {"start": start.isoformat(), "end": end.isoformat(), "grain": grain, "kind": kind}


def _part(words: str, now: datetime) -> dict[str, Any]:
    day, _, hours = words.partition("~")
    low, high = (_instant(day, now) + timedelta(hours=int(hour)) for hour in hours.split("-"))
    accepted = [low.isoformat(), high.isoformat()]
    whole = {"start": accepted[0], "end": accepted[1], "accept_start": accepted}
    return whole | {"grain": "part", "kind": "range"}


def _instant(text: str, now: datetime) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=now.tzinfo)


def verdict(row: Expression) -> tuple[str, list[tuple[str, str]]]:
    """(exact, wrong or none, the times read)."""
    zone = row.reference.tzinfo
    assert isinstance(zone, ZoneInfo)
    context = Context(now=row.reference, zone=zone)
    when = reading_of(understand(row.text, context), context, 0).when
    return judge(row, when), [(str(w["start"]), str(w["end"])) for w in when]
