"""Stores an inbound message with the job that will read it, before anything is answered."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows.ports.receiving import InboundMessage, InboxStore
from bot.flows.ports.transactions import Clock, Transactions


@dataclass(frozen=True)
class Inbox:
    """The webhook's side of a reply. `statements` commits each statement by itself."""

    statements: Transactions[InboxStore]
    clock: Clock

    def store(self, message: InboundMessage) -> bool:
        """True when the message was new; a repeat of the carrier's changes nothing."""
        with self.statements() as store:
            return store.store_reply(message, self.clock.real()) is not None
