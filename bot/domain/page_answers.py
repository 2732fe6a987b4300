"""What a debtor can answer on the page, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

#: What a debtor may contest, in the order the page lists it (`DisputeKind`).
DISPUTE_KINDS = ("amount", "settled", "not_mine", "quality", "fraud")


class AnswerKind(StrEnum):
    """One page each; the value stands in its address."""

    PROMISE = "promise"
    INSTALMENTS = "instalments"
    PAID = "paid"
    DISPUTE = "dispute"
    CALL = "call"
    HUMAN = "human"
    WRONG_PERSON = "wrong-person"
    STOP = "stop"


#: What may be said before anybody has verified: it stops contact and tells nothing of the debt.
BEFORE_VERIFYING = frozenset({AnswerKind.WRONG_PERSON, AnswerKind.STOP, AnswerKind.HUMAN})

#: Answers that may bring files.
WITH_FILES = frozenset({AnswerKind.PAID, AnswerKind.DISPUTE})


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file whose content was looked at."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """A filled-in form.

    Attributes:
        nonce: of the form; the same one sent twice is one answer.
        words: the debtor's own, at most 500 characters.
        day: promised, or of the first instalment.
        amount_minor: promised; None for all that is owed.
        periods, first_minor: instalments asked for; sum of the first.
        call_at: when to be called.
    """

    kind: AnswerKind
    nonce: str
    words: str = ""
    day: date | None = None
    amount_minor: int | None = None
    periods: int = 0
    first_minor: int = 0
    call_at: datetime | None = None
    dispute_kind: str | None = None
    files: tuple[PageFile, ...] = ()
