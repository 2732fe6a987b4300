"""Corrected replies as rows of the benchmark, without personal data.

A row leaves only when nothing in it may still be personal and the stand-ins changed nothing of how
it is read; what is withheld is counted by reason. See bench/understanding/GUIDE.md for the schema.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.anonymous import Known, anonymise
from bot.domain.correction import bare
from bot.domain.money import to_major
from bot.domain.stand_ins import StandIns
from bot.domain.understanding import Context, Intent, Understanding
from bot.domain.vocabulary import Channel
from bot.flows.playbook import zone_of
from bot.flows.ports.corrections import CorrectedReplies, CorrectedReply
from bot.flows.ports.transactions import Transactions
from bot.flows.reading import as_document
from bot.scripts.names import is_company
from bot.scripts.wording import wording

Understand = Callable[[str, Context], Understanding]
Row = Mapping[str, Any]

#: Why a reply stays at the desk. context: it means nothing without the message it answers.
#: personal: something in it may tell who wrote it. altered: with stand-ins it reads differently.
WITHHELD = ("context", "personal", "altered")

_HARM = frozenset(
    {
        Intent.opt_out,
        Intent.wrong_person,
        Intent.deceased,
        Intent.complaint,
        Intent.dispute,
        Intent.refuse,
    }
)
_CHANNELS = {Channel.SMS: "sms", Channel.VOICE: "ivr_speech"}

#: Evidence of sums and days, which the row is kept for.
_FIGURES = ("amount", "promise_date", "callback")

#: Readings that rest on what was asked, and replies too short to mean something alone.
_ASKED = frozenset({"key", "answer"})
_BARE = re.compile(r"[\W\d_]*|[\W_]*\w[\W_]*")


class _WithheldError(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Export:
    """Rows to write, and how many were withheld by reason."""

    rows: tuple[Row, ...]
    withheld: Mapping[str, int]


@dataclass(frozen=True)
class CorrectionExport:
    """Makes benchmark rows of what collectors corrected."""

    transactions: Transactions[CorrectedReplies]
    understand: Understand
    stand_ins: StandIns

    def run(self, *, livemode: bool) -> Export:
        """Rows in the order of the replies, numbered anew: no id leads back to the database."""
        with self.transactions() as store:
            replies = store.corrected_replies(livemode=livemode)
            colleagues = tuple(person.name for person in store.people())
        rows: list[Row] = []
        withheld: Counter[str] = Counter()
        for reply in replies:
            try:
                rows.append(self._row(reply, colleagues, len(rows) + 1))
            except _WithheldError as stays:
                withheld[stays.reason] += 1
        return Export(tuple(rows), dict(withheld))

    def _row(self, reply: CorrectedReply, colleagues: tuple[str, ...], number: int) -> Row:
        _alone(reply)
        context = _context(reply)
        reading = self.understand(reply.text, context)
        kept = [(s.start, s.end) for s in reading.evidence if s.label.startswith(_FIGURES)]
        found = anonymise(reply.text, _known(reply, colleagues), self.stand_ins, kept)
        if found.doubts:
            raise _WithheldError("personal")
        if _read(self.understand(found.text, context)) != _read(reading):
            raise _WithheldError("altered")
        row: dict[str, Any] = {
            "id": f"desk-{number:05d}",
            "text": found.text,
            "channel": _CHANNELS[reply.channel],
            "reference_datetime": context.now.astimezone(context.zone).isoformat(),
        }
        if _read(self.understand(reply.text, _context(reply, payday=False))) != _read(reading):
            row["context"] = {"payday": reply.payday}
        return {**row, "expect": _expected(reply), "single_reading": True}


def _alone(reply: CorrectedReply) -> None:
    """Raises _WithheldError for a reply whose meaning is in the message it answers."""
    labels = {label for *_, label in reply.engine.get("evidence", [])}
    if reply.opt_out_type or labels & _ASKED or _BARE.fullmatch(reply.text):
        raise _WithheldError("context")


def _context(reply: CorrectedReply, *, payday: bool = True) -> Context:
    return Context(
        now=reply.sent_at,
        zone=zone_of(reply.zone),
        channel=reply.channel,
        currency=reply.currency,
        payday=reply.payday if payday else None,
    )


def _read(reading: Understanding) -> Mapping[str, Any]:
    return bare(as_document(reading))


def _known(reply: CorrectedReply, colleagues: tuple[str, ...]) -> Known:
    firm = is_company(reply.debtor, wording())
    digits = (re.sub(r"\D", "", phone) for phone in reply.phones)
    phones = [part for number in digits for part in _endings(number)]
    numbers = sorted({*phones, *reply.papers}, key=lambda each: (-len(each), each))
    return Known(
        people=(*(() if firm else (reply.debtor,)), *colleagues),
        companies=(reply.creditor, *((reply.debtor,) if firm else ())),
        numbers=tuple(numbers),
    )


def _endings(number: str) -> tuple[str, ...]:
    """A number with and without its country's code, whose length is not known here."""
    return tuple(number[-length:] for length in range(len(number), 7, -1))


def _expected(reply: CorrectedReply) -> Row:
    means = bare(reply.means)
    minor, intents = means["promise_amount_minor"], means["intents"]
    return {
        "intents": intents,
        "promise_date": means["promise_date"],
        "promise_amount": None if minor is None else f"{to_major(minor, reply.currency):.2f}",
        "promise_portion": means["promise_portion"],
        "callback_start": _local(means["callback_start"], reply.zone),
        "callback_end": _local(means["callback_end"], reply.zone),
        "callback_grain": _grain(means["callback_start"], means["callback_end"]),
        "dispute_kind": means["dispute_kind"],
        "harm": bool(_HARM & set(intents)) and Intent.promise_to_pay not in intents,
    }


def _local(text: str | None, zone: str) -> str | None:
    return datetime.fromisoformat(text).astimezone(zone_of(zone)).isoformat() if text else None


def _grain(start: str | None, end: str | None) -> str | None:
    """How exactly the window fixes the time: an hour is a clock time, a day a day."""
    if start is None:
        return None
    if end is None:
        return "minute"
    length = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    if length <= timedelta(hours=1):
        return "minute"
    return "part" if length < timedelta(days=1) else "day"
