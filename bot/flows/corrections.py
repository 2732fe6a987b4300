"""A collector corrects what was read from a reply.

A correction changes the record of what was read and nothing else: it sends nothing, makes no
promise, opens no dispute and moves no case; that is done with the buttons of the case. The one
exception contacts less, which is always right: a reply that turns out to be a stop, a wrong number
or a death stops contact in the same transaction, by the same store methods as a reply that was read
so at once. Correcting a stop into something else brings no contact back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.correction import CorrectionError, Instead, Reads, Sent, bare, corrected, stops
from bot.domain.response import Response
from bot.domain.understanding import Intent
from bot.flows.playbook import zone_of
from bot.flows.ports.corrections import Correctable, CorrectionStore
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.stopping import stop_contact


@dataclass(frozen=True)
class Corrections:
    """Records corrections."""

    transactions: Transactions[CorrectionStore]
    clock: Clock

    def correct(
        self,
        case_id: int,
        reply_id: int,
        collector_id: int,
        said: Instead | Reads,
        *,
        seen: int = 0,
    ) -> frozenset[Intent]:
        """Record what the collector says; returns the readings for which contact was stopped.

        `seen` is the newest correction the collector was shown, 0 for none. Raises CorrectionError,
        with `gone` for a reply that is not the case's or not read yet, and `moved_on` when somebody
        else has corrected it meanwhile.
        """
        with self.transactions() as store:
            found = store.correctable(case_id, reply_id)
            if found is None:
                raise CorrectionError("gone")
            if found.correction_id != seen:
                raise CorrectionError("moved_on")
            after = corrected(found.reading, said, _sent(found))
            now = self.clock.now(livemode=found.reply.livemode)
            before = bare(found.reading)
            store.add_correction(reply_id, collector_id, before, after, at=now)
            stopped = stops(before, after)
            _stop(store, found, stopped, now)
            trail = _trail(reply_id, before, after, stopped)
            store.audit(collector_id, "correct", case_id, trail, at=now)
            return stopped


def _sent(found: Correctable) -> Sent:
    return Sent(found.reply.received_at, zone_of(found.zone), found.most_minor)


def _stop(
    store: CorrectionStore, found: Correctable, stopped: frozenset[Intent], now: datetime
) -> None:
    response = Response(
        suppress=Intent.opt_out in stopped,
        disable_number="wrong_person" if Intent.wrong_person in stopped else None,
        deceased=Intent.deceased in stopped,
    )
    stop_contact(store, found.reply, found.who, response, source="correction", at=now)


def _trail(
    reply_id: int,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    stopped: frozenset[Intent],
) -> dict[str, Any]:
    """The audit line: what changed, by name of field."""
    changed = [name for name in after if after[name] != before.get(name)]
    return {
        "reply": reply_id,
        "before": {name: before.get(name) for name in changed},
        "after": {name: after[name] for name in changed},
        "stopped": sorted(intent.value for intent in stopped),
    }
