"""What somebody took out of the dashboard as a file is a line of the trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.flows.ports.trail import Trail
from bot.flows.ports.transactions import Clock, Transactions


@dataclass(frozen=True)
class FigureExports:
    """Writes the trail before the file is given out."""

    transactions: Transactions[Trail]
    clock: Clock

    def taken(self, collector_id: int, what: Mapping[str, str]) -> None:
        """`what`: table, format, portfolios, first and last day; no personal data."""
        with self.transactions() as store:
            store.audit(collector_id, "export", None, dict(what), at=self.clock.real())
