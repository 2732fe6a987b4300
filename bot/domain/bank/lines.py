"""One credit of a bank statement, and what makes it the same line in another file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

#: The hour a line without a time is taken to have been paid at.
NOON = time(12)


@dataclass(frozen=True, slots=True)
class BankLine:
    """Money that came in. `paid_at` is the bank's clock; None when it names only the day."""

    line: int
    paid_on: date
    paid_at: time | None
    amount_minor: int
    currency: str
    payer: str = ""
    account: str = ""
    remark: str = ""
    serial: str = ""
    balance: str = ""

    def instant(self, zone: ZoneInfo) -> datetime:
        """When it was paid, in `zone`; noon of a day without a time."""
        return datetime.combine(self.paid_on, self.paid_at or NOON, zone)


class LineOutcome(StrEnum):
    """What became of a row, as the report names it."""

    APPLIED = "applied"
    REVIEW = "review"  #: waits for a human in the console
    KNOWN = "known"  #: an earlier import has it
    REJECTED = "rejected"
    PASSED_OVER = "passed_over"  #: money that went out, a total, a remark


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a case is a candidate, or a doubt. `code` names the sentence, `details` fill it."""

    code: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineNote:
    """One row of the report. `code` names the sentence, `details` fill it.

    `reasons` say why a case was chosen or is the best candidate.
    """

    line: int
    outcome: LineOutcome
    code: str
    column: str = ""
    value: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()


def identities(lines: Iterable[BankLine], bank: str) -> Iterator[tuple[BankLine, str]]:
    """Each line with the text that makes it one.

    The bank's serial number with day and sum; else everything the line says and how many lines
    before it said the same, so that two equal payments of one day are two. A file that overlaps
    with an earlier one counts alike as long as both hold whole days.
    """
    counted: Counter[str] = Counter()
    for line in lines:
        always = (bank, line.paid_on.isoformat(), str(line.amount_minor), line.currency)
        if line.serial:
            yield line, "|".join(("serial", *always, line.serial))
            continue
        text = "|".join(("content", *always, *_said(line)))
        counted[text] += 1
        yield line, f"{text}|{counted[text]}"


def _said(line: BankLine) -> tuple[str, ...]:
    at = line.paid_at.isoformat() if line.paid_at else ""
    return at, line.payer, line.account, line.remark, line.balance
