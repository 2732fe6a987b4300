"""What visits of the debtor's page need from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.instalments import Limits
from bot.domain.page_answers import PageFile
from bot.flows.ports.paying import LinkFacts


@dataclass(frozen=True, slots=True)
class Identity:
    """What only the debtor knows: four characters each, upper case."""

    id_tail: str | None
    phone_tails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewPageReply:
    """An answer of the page, to be stored as a reply with its job."""

    sid: str
    link: LinkFacts
    body: str
    understanding: Mapping[str, Any]
    files: Sequence[PageFile] = ()
    settled: bool = False  #: everything it asks is done; nobody has to handle it


class VisitStore(Protocol):
    """One transaction of a visit."""

    def logo(self, portfolio_id: int) -> bytes | None:
        """The logo's image."""
        ...

    def limits(self, portfolio_id: int) -> Limits:
        """What instalments the portfolio grants."""
        ...

    def identity(self, case_id: int) -> Identity:
        """What the debtor is verified by."""
        ...

    def wrong_tries(self, case_id: int, since: datetime) -> int:
        """Wrong tries since then and since the last right one."""
        ...

    def hold_tries(self, case_id: int) -> None:
        """Nobody else tries until the transaction ends, so that two cannot share the last one."""
        ...

    def add_try(self, link: LinkFacts, *, passed: bool, at: datetime) -> None:
        """A try to verify."""
        ...

    def mark_verified(self, link: LinkFacts, *, at: datetime) -> None:
        """The debtor proved who they are: a line of the timeline, once for each link."""
        ...

    def note(self, link: LinkFacts, kind: str, data: Mapping[str, Any], *, at: datetime) -> None:
        """A line of the timeline."""
        ...

    def knows_reply(self, sid: str) -> bool:
        """Whether this form was sent before."""
        ...

    def store_page_reply(self, reply: NewPageReply, at: datetime) -> int | None:
        """Store it with its files and its job; None when this form was sent before."""
        ...
