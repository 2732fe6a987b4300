"""Where a kind of sender can and cannot go, as a value. The rows live in carriers/routes.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.gate.rules import COLLECTOR_KINDS
from bot.domain.vocabulary import Channel, SenderKind

#: The region of the row that stands for every region without its own.
ELSEWHERE = "*"


@dataclass(frozen=True, slots=True)
class Route:
    """One row: a sender kind, a destination region (ISO 3166, or ELSEWHERE) and a channel."""

    sender_kind: SenderKind
    region: str
    channel: Channel
    allowed: bool  #: the carrier takes such traffic at all
    offered: bool = True  #: the product can produce it today
    one_way: bool = False  #: the debtor cannot answer on this channel
    links: bool = True
    finance: bool = True  #: may speak of money owed
    consent_needed: bool = False  #: the carrier asks for prior express consent to voice
    collector_kinds: frozenset[str] = COLLECTOR_KINDS
    verified: bool = False  #: the provider's own documentation was read
    reason_zh: str = ""
    reason_en: str = ""
    source: str = ""
    place: str = ""

    @property
    def rule_id(self) -> str:
        """How verdicts name the row: `route.twilio.CN.sms`."""
        return f"route.{self.sender_kind}.{self.region}.{self.channel}"


@dataclass(frozen=True, slots=True)
class RouteTable:
    """All rows. `livemode` says which sender kinds reach real people."""

    version: str
    livemode: Mapping[SenderKind, bool]
    routes: tuple[Route, ...]

    @property
    def stamp(self) -> str:
        """How verdicts name the table: `routes@1`."""
        return f"routes@{self.version}"

    def of(self, sender_kind: SenderKind) -> dict[tuple[str, Channel], Route]:
        """The rows of one sender kind by region and channel."""
        rows = (each for each in self.routes if each.sender_kind is sender_kind)
        return {(each.region, each.channel): each for each in rows}

    def find(self, sender_kind: SenderKind, region: str, channel: Channel) -> Route | None:
        """The row for a destination; the ELSEWHERE row when it has none of its own."""
        rows = self.of(sender_kind)
        return rows.get((region, channel)) or rows.get((ELSEWHERE, channel))
