"""Carrier status reports: an attempt moves forward, never backward, and each report counts once."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows.ports.carrier import Refusal
from bot.flows.ports.delivering import DeliveryReport, DeliveryStore
from bot.flows.ports.transactions import Clock, Transactions


@dataclass(frozen=True)
class Delivery:
    """Records reports as they come. `statements` commits each statement by itself."""

    transactions: Transactions[DeliveryStore]
    statements: Transactions[DeliveryStore]
    clock: Clock

    def report(self, report: DeliveryReport) -> bool:
        """Record one report; True when it was news about an attempt of ours."""
        # A failure is kept with what follows from it; nothing follows from any other report.
        begin = self.statements if report.kind is None else self.transactions
        with begin() as store:
            token = store.record_report(report, real_now=self.clock.real())
            if token is None:
                return False
            if report.kind is not None:
                self._react(store, token, report)
            return True

    def _react(self, store: DeliveryStore, token: str, report: DeliveryReport) -> None:
        address, livemode = store.attempt_sender(token)
        now = self.clock.now(livemode=livemode)
        match report.kind:
            case Refusal.NUMBER:
                store.disable_numbers([token], reason="dead", at=now)
            case Refusal.OPTED_OUT:
                store.suppress_numbers([token], at=now)
            case Refusal.CONTENT:
                store.raise_alarm("content_refused", address, str(report.code), at=now)
            case Refusal.ACCOUNT:
                reason = f"carrier reported: {report.code}"
                store.stop_sender_of(token, reason=reason, at=now)
            case _:
                pass  # a failure that may pass is told by the attempt's state alone
