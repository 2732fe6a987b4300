"""Runs inside a throw-away environment: JSON lines in, times as JioNLP reads them out.

JioNLP has two doors: `extract` looks for times in a sentence, `parse` takes the whole text as one.
"""

import contextlib
import io
import json
import sys
import time
from datetime import datetime, timedelta
from typing import Any

with contextlib.redirect_stdout(io.StringIO()):
    import jionlp

WARM_UP = 50


def base(reference: str) -> dict[str, int]:
    at = datetime.fromisoformat(reference)
    return {
        name: getattr(at, name) for name in ("year", "month", "day", "hour", "minute", "second")
    }


def extract(text: str, at: dict[str, int]) -> list[dict[str, Any]]:
    return [found["detail"] for found in jionlp.ner.extract_time(text, time_base=at)]


def parse(text: str, at: dict[str, int]) -> list[dict[str, Any]]:
    try:
        return [jionlp.parse_time(text, time_base=at)]
    except ValueError:
        return []


def instant(value: str, past: bool) -> str | None:
    """JioNLP names the last second of a span; the benchmark the first instant past it."""
    if value in ("inf", "-inf"):
        return None
    at = datetime.fromisoformat(value)
    return (at + timedelta(seconds=1 if past else 0)).isoformat()


def times(details: list[dict[str, Any]]) -> list[dict[str, str | None]]:
    spans = [d["time"] for d in details if d["type"] in ("time_point", "time_span")]
    return [{"start": instant(s, False), "end": instant(e, True)} for s, e in spans]


def main() -> None:
    door = {"extract": extract, "parse": parse}[sys.argv[1]]
    printed = {}
    rows = [json.loads(line) for line in sys.stdin]
    for row in rows[:WARM_UP] + rows:
        at = base(row["reference_datetime"])
        began = time.perf_counter()
        details = door(jionlp.tra2sim(row["text"]), at)
        micros = (time.perf_counter() - began) * 1e6
        printed[row["id"]] = json.dumps({"id": row["id"], "when": times(details), "micros": micros})
    print("\n".join(printed.values()))


main()
