"""What receiving a reply needs from the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.response import Asked
from bot.domain.vocabulary import Channel
from bot.flows.ports.concessions import PlanAsking
from bot.flows.ports.planning import TouchWriter


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """What a carrier's webhook hands over, already verified."""

    sid: str
    channel: Channel
    sender: str  #: E.164 of whoever wrote
    to: str  #: E.164, our number
    body: str
    opt_out_type: str | None = None  #: STOP, START or HELP when the carrier recognised one


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A reply that waits to be understood; its row is locked."""

    reply_id: int
    channel: Channel
    body: str
    received_at: datetime
    opt_out_type: str | None
    livemode: bool
    creditor_keys: tuple[str, ...]  #: creditors whose portfolios send from the number written to
    from_hash: bytes
    outcome: Mapping[str, Any] | None = None  #: of a call: read already, as JSON
    call_id: int | None = None
    page: Mapping[str, Any] | None = None  #: a form of the debtor's page, as JSON
    page_case: int | None = None  #: the case its link is of


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Who wrote, and about which case."""

    debtor_id: int
    contact_point_id: int
    case_id: int
    asked: Asked
    earlier_refusals: int
    earlier_offers: int


class InboxStore(Protocol):
    """Storing an inbound message, before anything else."""

    def store_reply(self, message: InboundMessage, real_now: datetime) -> int | None:
        """Store the message and the job that will read it; None when it is known already.

        It is received on the clock of the number written to. One statement, for a webhook has
        somebody waiting.
        """
        ...


class ReceiveStore(PlanAsking, TouchWriter, Protocol):
    """One receiving transaction."""

    def take_reply(self, reply_id: int) -> StoredReply | None:
        """The reply, its row locked; None when it was handled or never existed."""
        ...

    def correspondent(self, reply: StoredReply) -> Correspondent | None:
        """Who wrote and which case it is about; None if unknown. Takes the lanes of all debtors who
        share the number, since a stop concerns each of them."""
        ...

    def note_reply(self, case_id: int, reply_id: int, at: datetime) -> None:
        """The case was answered at `at`."""
        ...

    def save_reading(
        self,
        reply_id: int,
        who: Correspondent | None,
        understanding: Mapping[str, Any],
        *,
        at: datetime,
    ) -> None:
        """Mark the reply handled (or unmatched) with what was read."""
        ...

    def suppress(
        self, reply: StoredReply, *, all_channels: bool, source: str, at: datetime
    ) -> None:
        """Opt this number out with every creditor it may mean."""
        ...

    def lift_suppression(self, reply: StoredReply, *, at: datetime) -> bool:
        """Opt the number in again; True if it was out."""
        ...

    def give_up_number(self, reply: StoredReply, *, reason: str, at: datetime) -> None:
        """Never use the number again, for no debtor of the creditors the reply may mean; cancels
        what is planned for it and lets the planner look for another way.
        """
        ...

    def mark_debtor(
        self,
        debtor_id: int,
        *,
        stop_all: bool = False,
        deceased: bool = False,
        attorney: bool = False,
        vulnerable: str | None = None,
    ) -> None:
        """Set what was learnt; nothing is ever unset here."""
        ...

    def set_dispute(self, case_id: int, kind: str, *, whole: bool) -> None:
        """What is contested."""
        ...

    def set_unclear(self, case_id: int, count: int) -> None:
        """Consecutive replies that were not understood."""
        ...

    def set_asked(self, case_id: int, asked: Asked) -> None:
        """What our answer asks, for reading the next reply."""
        ...

    def touch_handoff(self, case_id: int, reply_id: int) -> None:
        """The open hand-off has a reply waiting."""
        ...

    def siblings(self, debtor_id: int) -> list[int]:
        """Ids of all cases of the debtor that are not closed."""
        ...
