"""Calls whose end nobody reported: the carrier is asked, and what it says is taken like a report of
its own, so that the next try and the text come as after any other call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.flows.call_reports import CallReports
from bot.flows.ports.calls import CallStore, SilentCall
from bot.flows.ports.dispatching import SenderFacts
from bot.flows.ports.speaking import AskedCalls
from bot.flows.ports.transactions import Clock, Transactions

#: A call rings for half a minute at most and is told of within seconds; a talk takes longer, and
#: asking after it does no harm.
QUIET = timedelta(minutes=2)

#: The same call is asked after again this much later.
_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True)
class CallSettler:
    """Asks the carrier about calls of any sender; never places one."""

    transactions: Transactions[CallStore]
    reports: CallReports
    clock: Clock
    calls_for: Callable[[SenderFacts], AskedCalls]
    limit: int = 50

    def run(self) -> int:
        """Settle what has ended; returns how many calls."""
        now = self.clock.real()
        with self.transactions() as store:
            silent = store.silent_calls(
                begun_before=now - QUIET, asked_before=now - _AGAIN, at=now, limit=self.limit
            )
        settled = 0
        for call in silent:
            try:
                settled += self._settle(call)
            except OSError:
                break  # the carrier cannot be asked now; the next run asks again
        return settled

    def _settle(self, call: SilentCall) -> bool:
        told = self.calls_for(call.sender).ask(call.sid)
        if told is None or told.outcome is None:
            return False
        return self.reports.report(replace(told, token=call.token))
