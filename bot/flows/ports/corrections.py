"""What recording a collector's correction needs from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.vocabulary import Channel
from bot.flows.ports.collectors import Person
from bot.flows.ports.desk import DeskStore
from bot.flows.ports.receiving import Correspondent, ReceiveStore, StoredReply


@dataclass(frozen=True, slots=True)
class Correctable:
    """A reply that was read, its row and the lanes of all who share its number locked."""

    reply: StoredReply
    who: Correspondent
    zone: str
    reading: Mapping[str, Any]  #: as it stands: the newest correction's, else the engine's
    correction_id: int  #: the newest correction; 0 without one
    most_minor: int  #: all debts of the case, paid or not


@dataclass(frozen=True, slots=True)
class CorrectedReply:
    """A reply with a correction that stands, and what is known of who wrote it."""

    text: str
    sent_at: datetime
    channel: Channel
    opt_out_type: str | None
    zone: str
    currency: str
    engine: Mapping[str, Any]  #: as the engine read it
    means: Mapping[str, Any]  #: as the collector says
    debtor: str
    payday: int | None
    creditor: str
    phones: tuple[str, ...]
    papers: tuple[str, ...]  #: contracts, invoices


class CorrectedReplies(Protocol):
    """Reading corrections, for export."""

    def corrected_replies(self, *, livemode: bool) -> list[CorrectedReply]:
        """In the order of the replies; those whose correction was taken back are not there."""
        ...

    def people(self) -> Sequence[Person]:
        """Everybody of the desk."""
        ...


class CorrectionStore(ReceiveStore, DeskStore, Protocol):
    """One transaction of a correction."""

    def correctable(self, case_id: int, reply_id: int) -> Correctable | None:
        """The reply of that case; None when there is none or it has not been read yet."""
        ...

    def add_correction(
        self,
        reply_id: int,
        collector_id: int,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        at: datetime,
    ) -> None:
        """Another line of what the reply means; it stands from now on."""
        ...
