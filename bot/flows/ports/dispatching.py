"""What the dispatcher and the settling of ambiguous attempts need from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.facts import CaseFacts
from bot.domain.verdict import Verdict
from bot.domain.vocabulary import AttemptState, Channel, Purpose, TouchState
from bot.flows.ports.carrier import Order
from bot.flows.ports.planning import Param


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """The number a batch is sent from."""

    sender_id: int
    address: str
    kind: str
    livemode: bool
    per_second: float
    stopped: bool


@dataclass(frozen=True, slots=True)
class DueTouch:
    """A touch claimed for sending; its row and its debtor's lane are locked."""

    touch_id: int
    key: str
    case_id: int
    debtor_id: int
    contact_point_id: int
    channel: Channel
    purpose: Purpose
    script: str
    params: Mapping[str, Param]
    tier: str | None
    rule: str | None
    due_at: datetime
    latest_at: datetime


@dataclass(frozen=True, slots=True)
class NewCall:
    """What a call is placed with: the script that leads it, or the collector who does."""

    script: str
    version: int
    collector_id: int | None = None  #: who is called first and then put through to the debtor


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """An attempt to be committed as `sending` before the carrier is called."""

    touch: DueTouch
    token: str
    body: str
    segments: int
    script_version: int
    call: NewCall | None = None


@dataclass(frozen=True, slots=True)
class NewLink:
    """A payment link whose token only the text holds; the store keeps the hash."""

    url: str
    token_hash: bytes
    case_id: int
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """A claimed touch that is not sent now: a new due instant, or its end."""

    touch: DueTouch
    state: TouchState
    due_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an attempt at the carrier."""

    token: str
    state: AttemptState
    sid: str | None = None
    code: str | None = None
    gone: bool = False  #: the carrier knows nothing of it: a call takes no line any more


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt whose outcome is not known."""

    attempt_id: int
    order: Order
    sender_id: int
    at: datetime
    called_at: datetime


class DispatchStore(Protocol):
    """One dispatching transaction."""

    def sender(self, sender_id: int) -> SenderFacts | None:
        """The sender, or None when there is no such sender."""
        ...

    def take_turns(self, sender_id: int, *, wanted: int, real_now: datetime) -> int:
        """How many messages the sender's rate allows now, at most `wanted`; they are taken."""
        ...

    def take_lines(self, sender_id: int, *, wanted: int, real_now: datetime) -> tuple[int, bool]:
        """How many calls the sender's rate and free lines allow now, at most `wanted`; they are
        taken. True when more could be placed as soon as the rate allows.
        """
        ...

    def claim_due(
        self, sender_id: int, *, channel: Channel, now: datetime, limit: int
    ) -> list[DueTouch]:
        """Planned touches of a channel that are due, oldest first; rows somebody else holds are
        skipped, and so are calls to somebody who is on the line with us.
        """
        ...

    def next_due(self, sender_id: int) -> datetime | None:
        """The earliest due instant of what is still planned."""
        ...

    def facts(self, case_ids: Sequence[int], now: datetime) -> list[CaseFacts]:
        """Snapshots ordered by case id."""
        ...

    def phones(self, contact_point_ids: Sequence[int]) -> dict[int, str]:
        """E.164 numbers by contact point."""
        ...

    def collector_phone(self, collector_id: int) -> str | None:
        """Where a collector takes calls, E.164; None without one, and for somebody disabled."""
        ...

    def add_links(self, links: Sequence[NewLink]) -> None:
        """Remember payment links."""
        ...

    def add_attempts(
        self, attempts: Sequence[NewAttempt], *, sender_id: int, at: datetime, called_at: datetime
    ) -> None:
        """Commit attempts as `sending` and their touches as attempted."""
        ...

    def save_decided(self, decided: Sequence[Decided], *, at: datetime) -> None:
        """Defer, deny or expire touches."""
        ...

    def save_verdicts(
        self, verdicts: Sequence[tuple[DueTouch, Verdict]], *, stage: str, at: datetime
    ) -> None:
        """Write the gate's answers."""
        ...

    def settle(self, results: Sequence[Settled], *, at: datetime) -> None:
        """Move attempts forward, never backward; keep the carrier's sid."""
        ...

    def put_back(self, tokens: Sequence[str], *, due_at: datetime, at: datetime) -> None:
        """Touches of refused attempts become planned again, due at `due_at`."""
        ...

    def disable_numbers(self, tokens: Sequence[str], *, reason: str, at: datetime) -> None:
        """Disable the numbers these attempts went to, cancel what is planned for them."""
        ...

    def suppress_numbers(self, tokens: Sequence[str], *, at: datetime) -> None:
        """The carrier says these numbers opted out: so do we."""
        ...

    def hold_sender(self, sender_id: int, *, until: datetime) -> None:
        """No turns for the sender before the real instant `until`."""
        ...

    def stop_sender(self, sender_id: int, *, reason: str, at: datetime) -> None:
        """Stop the sender and raise an alarm."""
        ...

    def raise_alarm(self, kind: str, subject: str, message: str, *, at: datetime) -> None:
        """Tell the desk, once while it stands."""
        ...

    def stale_attempts(self, *, before: datetime, limit: int) -> list[OpenAttempt]:
        """Attempts still `sending` or `unknown` whose call began before `before` (real time)."""
        ...

    def sids_known(self, sids: Sequence[str]) -> set[str]:
        """Which of these sids belong to an attempt already."""
        ...

    def wake_sender(self, sender_id: int, *, at: datetime | None) -> None:
        """Queue a dispatch job, not before the real instant `at`, unless one waits already."""
        ...
