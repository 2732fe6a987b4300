"""What recording a carrier's status reports needs from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.vocabulary import AttemptState
from bot.flows.ports.carrier import Refusal


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """One status callback, verified and mapped to our words at the edge."""

    sid: str
    status: str  #: the carrier's own word; (sid, status) is counted once
    state: AttemptState
    token: str | None = None  #: the attempt the callback's address names
    code: str | None = None
    kind: Refusal | None = None  #: what kind of failure `code` is


class DeliveryStore(Protocol):
    """One transaction that records a report."""

    def record_report(self, report: DeliveryReport, *, real_now: datetime) -> str | None:
        """Keep the report and move its attempt forward, never backward.

        Returns the attempt's token when the report was news, None when it was known already or
        names no attempt of ours.
        """
        ...

    def attempt_sender(self, token: str) -> tuple[str, bool]:
        """Our number the attempt went out from, and whether it belongs to live mode."""
        ...

    def disable_numbers(self, tokens: list[str], *, reason: str, at: datetime) -> None:
        """Disable the numbers these attempts went to, cancel what is planned for them."""
        ...

    def suppress_numbers(self, tokens: list[str], *, at: datetime) -> None:
        """The carrier says these numbers opted out: so do we."""
        ...

    def raise_alarm(self, kind: str, subject: str, message: str, *, at: datetime) -> None:
        """Tell the desk, once while it stands."""
        ...

    def stop_sender_of(self, token: str, *, reason: str, at: datetime) -> None:
        """Stop the sender of the attempt and raise an alarm."""
        ...
