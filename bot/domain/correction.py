"""A collector's word on what a reply means, checked before it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.understanding import Intent

Document = Mapping[str, Any]

#: Beyond this a promise date is none (the reader's own bound, docs/understanding.md).
FURTHEST = timedelta(days=400)

#: Readings after which contacting less is always right.
_STOPS = frozenset({Intent.opt_out, Intent.wrong_person, Intent.deceased})

#: What a correction may say, and the intent without which the value means nothing.
_BELONGS = {
    "promise_date": Intent.promise_to_pay,
    "promise_amount_minor": Intent.promise_to_pay,
    "promise_portion": Intent.promise_to_pay,
    "callback_start": Intent.call_later,
    "callback_end": Intent.call_later,
    "dispute_kind": Intent.dispute,
}


class CorrectionError(ValueError):
    """The correction cannot be recorded; `code` says why.

    no_intent, bad_intent, date_past, date_far, amount, amount_large, without_promise,
    callback_past, callback_far, without_callback, unchanged; from the flow: gone, moved_on; from
    a form: bad_date.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Instead:
    """One click: the primary intent is another one; everything else that was read may stay."""

    intent: str


@dataclass(frozen=True, slots=True)
class Reads:
    """The whole reading: intents, primary first, and the values said; None where none was said.

    promise_amount_minor: minor units. callback_start: aware instant.
    """

    intents: Sequence[str]
    promise_date: date | None = None
    promise_amount_minor: int | None = None
    callback_start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What the check must know of the reply: when it was sent, in which zone its days are meant,
    and what all debts of the case came to, paid or not, in minor units."""

    at: datetime
    zone: ZoneInfo
    most_minor: int

    @property
    def day(self) -> date:
        """The day the message was sent."""
        return self.at.astimezone(self.zone).date()


def corrected(before: Document, said: Instead | Reads, sent: Sent) -> dict[str, Any]:
    """The reading as it stands after the correction, in the stored form of a reading.

    Values that were read before stay where their intent stays and nothing else was said.
    Raises CorrectionError.
    """
    after = _replaced(before, said.intent) if isinstance(said, Instead) else _given(before, said)
    _check(after, bare(before), sent)
    if after == bare(before):
        raise CorrectionError("unchanged")
    return after


def bare(reading: Document) -> dict[str, Any]:
    """A stored reading without evidence, confidence and whatever else a correction cannot say."""
    return {
        "intents": list(reading.get("intents", [])),
        **{name: reading.get(name) for name in _BELONGS},
    }


def stops(before: Document, after: Document) -> frozenset[Intent]:
    """Readings that end contact and were not seen before."""
    return _STOPS & {Intent(name) for name in after["intents"]} - set(before.get("intents", []))


def _replaced(before: Document, intent: str) -> dict[str, Any]:
    kept = [known for known in before.get("intents", [])[1:] if known in set(Intent)]
    intents = [intent, *(known for known in kept if known not in {intent, Intent.other})]
    return _fitting({**bare(before), "intents": intents})


def _given(before: Document, said: Reads) -> dict[str, Any]:
    intents, was = list(dict.fromkeys(said.intents)), bare(before)
    start = said.callback_start.isoformat() if said.callback_start else None
    same_start = start is not None and _same_instant(start, was["callback_start"])
    same_sum = said.promise_amount_minor == was["promise_amount_minor"]
    if said.callback_start is not None and Intent.call_later not in intents:
        raise CorrectionError("without_callback")
    promised = said.promise_date is not None or said.promise_amount_minor is not None
    if promised and Intent.promise_to_pay not in intents:
        raise CorrectionError("without_promise")
    return _fitting(
        {
            **was,
            "intents": intents,
            "promise_date": said.promise_date.isoformat() if said.promise_date else None,
            "promise_amount_minor": said.promise_amount_minor,
            "promise_portion": was["promise_portion"] if same_sum else None,
            "callback_start": was["callback_start"] if same_start else start,
            "callback_end": was["callback_end"] if same_start else None,
        }
    )


def _same_instant(one: str, other: str | None) -> bool:
    """To the minute, as a form shows it."""
    if other is None:
        return False
    first, second = (datetime.fromisoformat(text).timestamp() // 60 for text in (one, other))
    return first == second


def _fitting(reading: dict[str, Any]) -> dict[str, Any]:
    """Without the values whose intent is not there."""
    intents = reading["intents"]
    return {
        name: value if _BELONGS.get(name) in {None, *intents} else None
        for name, value in reading.items()
    }


def _check(after: Document, was: Document, sent: Sent) -> None:
    """What the engine read stays as it is; only what the collector says is judged."""
    if not after["intents"]:
        raise CorrectionError("no_intent")
    if not set(after["intents"]) <= set(Intent):
        raise CorrectionError("bad_intent")
    said = {name: after[name] for name in _BELONGS if after[name] not in {None, was[name]}}
    if "promise_date" in said:
        _check_day(date.fromisoformat(said["promise_date"]), sent, "date")
    if "promise_amount_minor" in said:
        _check_amount(said["promise_amount_minor"], sent)
    if "callback_start" in said:
        start = datetime.fromisoformat(said["callback_start"])
        _check_day(start.astimezone(sent.zone).date(), sent, "callback")


def _check_amount(minor: int, sent: Sent) -> None:
    if minor <= 0:
        raise CorrectionError("amount")
    if minor > sent.most_minor:
        raise CorrectionError("amount_large")


def _check_day(day: date, sent: Sent, what: str) -> None:
    if day < sent.day:
        raise CorrectionError(f"{what}_past")
    if day > sent.day + FURTHEST:
        raise CorrectionError(f"{what}_far")
