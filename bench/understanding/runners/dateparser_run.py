"""Runs inside a throw-away environment: JSON lines in, times as dateparser reads them out."""

import json
import sys
import time
from datetime import datetime, timedelta

import dateparser
from dateparser.search import search_dates

LANGUAGES = ["zh"]
WARM_UP = 50


def read(text: str, at: datetime) -> list[datetime]:
    """Its search for sentences, then its parser for a bare expression."""
    settings = {"RELATIVE_BASE": at, "PREFER_DATES_FROM": "future"}
    found = search_dates(text, languages=LANGUAGES, settings=settings)
    if found:
        return [each for _, each in found]
    whole = dateparser.parse(text, languages=LANGUAGES, settings=settings)
    return [whole] if whole else []


def main() -> None:
    printed = {}
    rows = [json.loads(line) for line in sys.stdin]
    for row in rows[:WARM_UP] + rows:
        at = datetime.fromisoformat(row["reference_datetime"]).replace(tzinfo=None)
        began = time.perf_counter()
        found = read(row["text"], at)
        micros = (time.perf_counter() - began) * 1e6
        when = [
            {"start": f.isoformat(), "end": (f + timedelta(seconds=1)).isoformat()} for f in found
        ]
        printed[row["id"]] = json.dumps({"id": row["id"], "when": when, "micros": micros})
    print("\n".join(printed.values()))


main()
