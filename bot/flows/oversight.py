"""What the trail keeps though nothing changed: looks at a case, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.rights import Right
from bot.flows.ports.collectors import Person
from bot.flows.ports.trail import Trail
from bot.flows.ports.transactions import Clock, Transactions


class OversightStore(Trail, Protocol):
    """One transaction of a guard."""

    def owning_portfolio(self, kind: str, row_id: int | str) -> int | None:
        """The portfolio of a row of a kind; None without such a row or without a portfolio."""
        ...

    def case_exists(self, case_id: int) -> bool:
        """Whether there is such a case."""
        ...


@dataclass(frozen=True)
class Oversight:
    """The guard's memory."""

    transactions: Transactions[OversightStore]
    clock: Clock

    def within(self, person: Person, rows: Mapping[str, Sequence[int | str]]) -> bool:
        """Whether all `rows` (kind → ids or codes) lie in portfolios the person may see.

        What does not exist is within: the page tells that there is no such thing.
        """
        if person.scope is None or not rows:
            return True
        with self.transactions() as store:
            found = [
                store.owning_portfolio(kind, row_id) for kind, ids in rows.items() for row_id in ids
            ]
        return all(portfolio is None or person.sees(portfolio) for portfolio in found)

    def looked(self, collector_id: int, case_id: int) -> None:
        """Somebody opened a case."""
        with self.transactions() as store:
            if store.case_exists(case_id):
                store.audit(collector_id, "look", case_id, {}, at=self._now())

    def refused(self, collector_id: int, right: Right, page: str, case_id: int | None) -> None:
        """Somebody wanted what their role or portfolios do not allow."""
        data = {"right": right.value, "page": page}
        with self.transactions() as store:
            known = case_id if case_id and store.case_exists(case_id) else None
            store.audit(collector_id, "refused", known, data, at=self._now())

    def exported(self, collector_id: int, what: str) -> None:
        """Somebody took a table along as a file."""
        with self.transactions() as store:
            store.audit(collector_id, "export", None, {"what": what}, at=self._now())

    def _now(self) -> datetime:
        return self.clock.real()
