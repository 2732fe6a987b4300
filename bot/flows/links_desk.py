"""What the desk does with payment links: hands one out, takes all of a case back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.flows.ports.cases import Cases
from bot.flows.ports.dispatching import NewLink
from bot.flows.ports.trail import Trail
from bot.flows.ports.transactions import Clock, Transactions


class LinkStore(Cases, Trail, Protocol):
    """One transaction about links."""

    def add_links(self, links: Sequence[NewLink]) -> None:
        """Remember payment links."""
        ...

    def lock_case(self, case_id: int) -> int:
        """Takes the lane of the case's debtor; the case, or the one it was merged into."""
        ...

    def revoke_links(self, case_id: int, *, at: datetime) -> int:
        """Every link of the case that still opens a page stops doing so; returns how many."""
        ...


@dataclass(frozen=True)
class LinkDesk:
    """`who` is the collector; None is somebody at the command line."""

    transactions: Transactions[LinkStore]
    clock: Clock
    make: Callable[[int, datetime], NewLink]

    def hand_out(self, case_id: int, who: int | None, *, livemode: bool) -> str:
        """A fresh link for a collector to send or show; its address is told this once."""
        now = self.clock.now(livemode=livemode)
        with self.transactions() as store:
            case_id = store.lock_case(case_id)
            link = self.make(case_id, now)
            store.add_links([link])
            self._trace(store, case_id, who, "link_handed_out", {}, now)
        return link.url

    def revoke(self, case_id: int, who: int | None, *, livemode: bool) -> int:
        """No link made so far opens the page any more; returns how many were still good."""
        now = self.clock.now(livemode=livemode)
        with self.transactions() as store:
            count = store.revoke_links(case_id, at=now)
            if count:
                self._trace(store, case_id, who, "links_revoked", {"count": count}, now)
        return count

    def _trace(
        self,
        store: LinkStore,
        case_id: int,
        who: int | None,
        what: str,
        data: Mapping[str, Any],
        now: datetime,
    ) -> None:
        actor = "operator" if who is None else f"collector:{who}"
        store.save_remark(case_id, what, at=now, actor=actor, data=data)
        if who is not None:
            store.audit(who, what, case_id, data, at=now)
