"""What the engine knows in a turn, kept by this process while a call runs: a turn must not read
everything anew.

Only speed lives here. What can change the course of a running call (the case's state, whether anybody
is on duty, the call's session) is read or compared in every turn; another process that takes the next
turn makes its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.cadence import furthest_promise
from bot.domain.cadence.reach import reach
from bot.domain.call.context import CallContext, Desk
from bot.domain.vocabulary import Channel
from bot.flows.playbook import Playbook, today_of
from bot.flows.ports.calls import CallRow, CallStore
from bot.flows.reading import choices
from bot.flows.recent import Recent
from bot.policy.calls import duties
from bot.scripts.calls.context import Understand, context_of, lobby_of

#: More than any machine has lines.
MOST_CALLS = 1000

_Known = tuple[CallContext, str]


@dataclass
class CallContexts:
    """Contexts by call, case and what stops it."""

    playbook: Playbook
    understand: Understand
    _known: Recent[tuple[int, int | None, str | None], _Known] = field(
        default_factory=lambda: Recent(MOST_CALLS)
    )

    def of(self, store: CallStore, call: CallRow, now: datetime) -> _Known:
        """The turn's context, and the debtor's locale."""
        key = (call.call_id, call.case_id, call.stop)  # whatever stops it changed the facts
        known = self._known.get(key)
        if known is None:
            known = self._make(store, call, now)
            self._known.keep(key, known)
        context, locale = known
        desk = Desk.ON_DUTY if call.on_duty else Desk.CLOSED
        return replace(context, now=now, desk=desk), locale

    def _make(self, store: CallStore, call: CallRow, now: datetime) -> _Known:
        if call.case_id is None:
            return self._lobby(store, call, now), "zh-CN"
        facts = store.facts([call.case_id], now)[0]
        playbook, locale = self.playbook, facts.debtor.locale
        today, calendar = today_of(facts, now), playbook.calendar_of(facts)
        furthest = furthest_promise(facts, playbook.cadence_of(facts), today)
        context = context_of(
            facts,
            now,
            playbook.calls.language(locale),
            self.understand,
            furthest=furthest,
            choices=choices(today, furthest, facts.debtor.payday, calendar),
            duties=duties(facts.portfolio),
            desk=Desk.CLOSED,
            id_tail=store.id_tail(facts.debtor.debtor_id) or "",
            contact_name=facts.portfolio.contact_name,
            link=reach(facts, (Channel.SMS,), guarantor=False) is not None,
            queue=f"desk-{facts.portfolio.sender_id}",
            workday=calendar.is_working,
        )
        return context, locale

    def _lobby(self, store: CallStore, call: CallRow, now: datetime) -> CallContext:
        portfolio = store.portfolio_of(call.sender_id)
        return lobby_of(
            portfolio,
            now,
            self.playbook.calls.language("zh-CN"),
            self.understand,
            duties=duties(portfolio),
            desk=Desk.CLOSED,
            queue=f"desk-{call.sender_id}",
        )
