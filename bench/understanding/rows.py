"""The rows of the benchmark: what a line holds, and the checks every line must pass.

`replies/*.jsonl` and `dates/*.jsonl` are the data; GUIDE.md says how they are labelled.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
INTENTS = frozenset(
    [
        "promise_to_pay",
        "already_paid",
        "dispute",
        "wrong_person",
        "call_later",
        "request_link",
        "request_installment",
        "hardship",
        "refuse",
        "opt_out",
        "request_human",
        "complaint",
        "deceased",
        "greeting_ack",
        "question",
        "other",
    ]
)
HARMFUL = frozenset(["opt_out", "wrong_person", "deceased", "complaint", "dispute", "refuse"])
DISPUTES = frozenset(["amount", "not_mine", "quality", "settled", "fraud"])
CHANNELS = frozenset(("sms", "ivr_speech"))
ASKED = frozenset(["promise_date", "confirm_promise", "either_or", "identity"])
CALLBACK_GRAINS = frozenset(["minute", "part", "day"])
VALUES = (
    "promise_date",
    "promise_amount",
    "promise_portion",
    "callback_start",
    "callback_end",
)


class BadRowError(ValueError):
    """A line that breaks the schema; the message names file, id and what is wrong."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply with its labels. `accepted(field)` is every value a label allows."""

    id: str
    source: str
    text: str
    reference: datetime
    channel: str
    context: Mapping[str, Any]
    expect: Mapping[str, Any]
    single_reading: bool

    @property
    def intents(self) -> list[str]:
        return list(self.expect["intents"])

    @property
    def primaries(self) -> list[str]:
        return list(self.expect.get("acceptable_primary", self.intents[:1]))

    @property
    def welcome(self) -> set[str]:
        """Every intent that may be read without being one too many."""
        return {*self.intents, *self.primaries, *self.expect.get("optional_intents", [])}

    def accepted(self, name: str) -> list[str | None]:
        return list(self.expect.get(f"{name}_alt", [self.expect[name]]))


@dataclass(frozen=True, slots=True)
class Expression:
    """One date or time expression; `readings` holds every acceptable list of times."""

    id: str
    source: str
    text: str
    reference: datetime
    readings: list[list[dict[str, Any]]]
    house_convention: bool
    single_reading: bool


def lines(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file stem, row) of every line under `folder`, files in name order."""
    for path in sorted((HERE / folder).glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                yield path.stem, json.loads(line)
            except json.JSONDecodeError as error:
                raise BadRowError(f"{path.name}:{number}: not JSON ({error})") from error


def replies() -> list[Reply]:
    """Every reply of the benchmark. Raises BadRowError."""
    return [_reply(source, row) for source, row in lines("replies")]


def expressions() -> list[Expression]:
    """Every date expression of the benchmark. Raises BadRowError."""
    return [_expression(source, row) for source, row in lines("dates")]


def _need(row: Mapping[str, Any], ok: bool, what: str) -> None:
    if not ok:
        raise BadRowError(f"{row.get('id', '(no id)')}: {what}")


def _reference(row: Mapping[str, Any]) -> datetime:
    instant = datetime.fromisoformat(row["reference_datetime"])
    _need(row, instant.tzinfo is not None, "reference_datetime needs an offset")
    return instant


def _reply(source: str, row: dict[str, Any]) -> Reply:
    expect, context = row["expect"], row.get("context", {})
    _need(row, bool(row["text"].strip()), "text is empty")
    _need(row, row["channel"] in CHANNELS, f"channel is not one of {sorted(CHANNELS)}")
    _check_intents(row, expect)
    _check_values(row, expect)
    _check_context(row, context)
    return Reply(
        row["id"],
        source,
        row["text"],
        _reference(row),
        row["channel"],
        context,
        expect,
        row["single_reading"],
    )


def _check_intents(row: Mapping[str, Any], expect: Mapping[str, Any]) -> None:
    intents, primaries = expect["intents"], expect.get("acceptable_primary", expect["intents"][:1])
    _need(row, bool(intents) and set(intents) <= INTENTS, "unknown intent")
    _need(row, len(set(intents)) == len(intents), "an intent is named twice")
    _need(row, set(primaries) <= INTENTS, "unknown acceptable_primary")
    optional = set(expect.get("optional_intents", []))
    _need(row, optional <= INTENTS - set(intents), "optional_intents: unknown or already required")
    _need(row, primaries[0] == intents[0], "acceptable_primary must begin with the primary intent")
    _need(row, not (row["single_reading"] and len(primaries) > 1), "one reading, two primaries")
    kind = expect.get("dispute_kind")
    _need(row, kind is None or kind in DISPUTES, f"dispute_kind is not one of {sorted(DISPUTES)}")


def _check_values(row: Mapping[str, Any], expect: Mapping[str, Any]) -> None:
    for name in VALUES:
        accepted = expect.get(f"{name}_alt", [expect[name]])
        _need(row, expect[name] in accepted, f"{name} is not in {name}_alt")
        for value in accepted:
            _need(row, value is None or _well_formed(name, value), f"{name} {value!r} is malformed")
    grain = expect.get("callback_grain")
    _need(row, (expect["callback_start"] is None) == (grain is None), "callback_grain")
    _need(row, grain is None or grain in CALLBACK_GRAINS, "callback_grain")
    _need(row, isinstance(expect["harm"], bool), "harm must be true or false")


def _well_formed(name: str, value: str) -> bool:
    if name == "promise_date":
        return date.fromisoformat(value).isoformat() == value
    if name == "promise_amount":
        return Decimal(value) > 0 and value == f"{Decimal(value):.2f}"
    if name == "promise_portion":
        return value in ("half", "full")
    return datetime.fromisoformat(value).tzinfo is not None


def _check_context(row: Mapping[str, Any], context: Mapping[str, Any]) -> None:
    known = {"offered", "asked", "pending_promise", "payday", "owed"}
    _need(row, set(context) <= known, f"context knows {sorted(known)}")
    _need(row, context.get("asked") in {None, *ASKED}, f"asked is not one of {sorted(ASKED)}")
    meanings = set(context.get("offered", {}).values())
    _need(row, meanings <= INTENTS | {"confirm", "correct"}, "offered names an unknown intent")


def _expression(source: str, row: dict[str, Any]) -> Expression:
    expect = row["expect"]
    readings = [expect["when"], *expect.get("when_alt", [])]
    for when in (w for reading in readings for w in reading):
        start, end = (datetime.fromisoformat(when[k]) for k in ("start", "end"))
        _need(row, start.tzinfo is not None and start < end, "a time must start before it ends")
        _need(row, when["kind"] in ("point", "range", "deadline", "after"), "unknown kind")
    _need(row, row["single_reading"] == (len(readings) == 1), "single_reading and when_alt differ")
    return Expression(
        row["id"],
        source,
        row["text"],
        _reference(row),
        readings,
        row["house_convention"],
        row["single_reading"],
    )
