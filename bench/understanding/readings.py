"""Runs the product on the rows, through the contract of `yuehuan understand --jsonl`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter_ns
from typing import Any
from zoneinfo import ZoneInfo

from bench.understanding.rows import Expression, Reply
from bot.domain.understanding import Context, Understanding, When
from bot.policy.lexicon import understand

ZONES = {8: "Asia/Shanghai", 0: "Europe/London", -5: "America/New_York", -8: "America/Los_Angeles"}
PASSES = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one text; money as "2000.00", instants as ISO with offset."""

    intents: Sequence[str]
    promise_date: str | None = None
    promise_amount: str | None = None
    promise_portion: str | None = None
    callback_start: str | None = None
    callback_end: str | None = None
    dispute_kind: str | None = None
    when: Sequence[Mapping[str, Any]] = field(default=())
    confidence: float = 0.0
    micros: float = 0.0


def zone_of(reference: datetime) -> ZoneInfo:
    """The zone a row's offset stands for; the benchmark uses these four."""
    offset = reference.utcoffset()
    assert offset is not None
    return ZoneInfo(ZONES[round(offset.total_seconds() / 3600)])


def context_of(row: Reply | Expression) -> Context:
    """The row's context as the product takes it."""
    facts = row.context if isinstance(row, Reply) else {}
    pending = facts.get("pending_promise")
    return Context(
        now=row.reference.astimezone(UTC),
        zone=zone_of(row.reference),
        channel=row.channel if isinstance(row, Reply) else "sms",
        offered=facts.get("offered", {}),
        asked=facts.get("asked"),
        pending_promise=pending and (date.fromisoformat(pending["date"]), _minor(pending)),
        owed_minor=round(float(facts["owed"]) * 100) if "owed" in facts else None,
        payday=facts.get("payday"),
    )


def _minor(pending: Mapping[str, Any]) -> int:
    return round(float(pending["amount"] or 0) * 100)


def in_process(rows: Iterable[Reply | Expression]) -> dict[str, Reading]:
    """id → reading; micros is the least of PASSES calls after one to warm up.

    The least, because other work on the machine only ever adds.
    """
    return {row.id: _timed(row.text, context_of(row)) for row in rows}


def _timed(text: str, context: Context) -> Reading:
    found = understand(text, context)
    laps = []
    for _ in range(PASSES):
        began = perf_counter_ns()
        understand(text, context)
        laps.append((perf_counter_ns() - began) / 1000)
    return reading_of(found, context, min(laps))


def reading_of(found: Understanding, context: Context, micros: float) -> Reading:
    """An Understanding in the words of the contract."""
    minor, window = found.promise_amount_minor, found.callback
    return Reading(
        intents=[str(intent) for intent in found.intents],
        promise_date=found.promise_date.isoformat() if found.promise_date else None,
        promise_amount=None if minor is None else f"{minor // 100}.{minor % 100:02d}",
        promise_portion=found.promise_portion,
        callback_start=_iso(window.start, context) if window else None,
        callback_end=_iso(window.end, context) if window and window.end else None,
        dispute_kind=found.dispute_kind,
        when=[_when(when, context) for when in found.when],
        confidence=found.confidence,
        micros=micros,
    )


def _iso(instant: datetime, context: Context) -> str:
    return instant.astimezone(context.zone).isoformat()


def _when(when: When, context: Context) -> dict[str, str]:
    return {
        "start": _iso(when.start, context),
        "end": _iso(when.end, context),
        "grain": when.grain,
        "kind": when.kind,
    }


def through_the_command(rows: Iterable[Reply | Expression]) -> dict[str, Reading]:
    """The same by `yuehuan understand --jsonl`, which takes no context: rows with one are left."""
    asked = [row for row in rows if not (isinstance(row, Reply) and row.context)]
    feed = "".join(json.dumps(_line(row), ensure_ascii=False) + "\n" for row in asked)
    command = [str(Path(sys.executable).with_name("yuehuan")), "understand", "--jsonl"]
    done = subprocess.run(command, input=feed, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"yuehuan understand --jsonl failed: {done.stderr.strip()[-300:]}")
    return {answer["id"]: _answer(answer) for answer in map(json.loads, done.stdout.splitlines())}


def _line(row: Reply | Expression) -> dict[str, str]:
    return {
        "id": row.id,
        "text": row.text,
        "reference_datetime": row.reference.isoformat(),
        "channel": row.channel if isinstance(row, Reply) else "sms",
    }


def _answer(answer: dict[str, Any]) -> Reading:
    known = {name: answer[name] for name in Reading.__slots__ if name in answer}
    return Reading(**known)
