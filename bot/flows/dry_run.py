"""The dry run: what the planner would do for a portfolio on a day, every touch with its text,
segments, instant, verdict and rule; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.facts import CaseFacts
from bot.domain.vocabulary import Channel
from bot.flows.considering import Pacer, Tally, compose
from bot.flows.plan import CHUNK, decide_case, start_of, wanted_touches
from bot.flows.playbook import Playbook
from bot.flows.ports.planning import DryRunStore, NewTouch
from bot.flows.ports.transactions import Transactions


class UnknownPortfolioError(LookupError):
    """No portfolio has that code."""


@dataclass(frozen=True, slots=True)
class DryTouch:
    """One line of the dry run. `touch` is None when the case is quiet, `quiet` says why."""

    facts: CaseFacts
    tier: str | None
    quiet: str | None
    handoff: str | None
    touch: NewTouch | None = None
    text: str = ""
    phone: str = ""


@dataclass(frozen=True)
class DryRun:
    """Walks a portfolio's open cases."""

    transactions: Transactions[DryRunStore]
    playbook: Playbook

    def run(self, code: str, on: date, *, chunk: int = CHUNK) -> Iterator[DryTouch]:
        """Every open case of portfolio `code` as the planner would see it on `on`.

        Raises UnknownPortfolioError.
        """
        pacer, tally, after = Pacer(), Tally(), 0
        with self.transactions() as store:
            portfolio = store.portfolio(code)
            if portfolio is None:
                raise UnknownPortfolioError(code)
            now = start_of(on, portfolio.zone)
            while ids := store.open_case_ids(portfolio.portfolio_id, after=after, limit=chunk):
                after = ids[-1]
                for facts in store.facts(ids, now):
                    yield from self._look(store, facts, on, now, pacer, tally)

    def _look(
        self,
        store: DryRunStore,
        facts: CaseFacts,
        on: date,
        now: datetime,
        pacer: Pacer,
        tally: Tally,
    ) -> Iterator[DryTouch]:
        decision = decide_case(facts, self.playbook, on)
        touches = wanted_touches(facts, decision, self.playbook, now, pacer, tally)
        if not touches:
            yield DryTouch(facts, decision.tier, decision.quiet, decision.handoff)
        for touch in touches:
            proposal = touch.proposal
            text = ""
            if proposal.channel is Channel.SMS:
                text = compose(facts, proposal.script, touch.params, self.playbook, now)[0].text
            point = proposal.contact_point.contact_point_id
            phone = store.masked_phones([point]).get(point, "")
            yield DryTouch(facts, decision.tier, None, decision.handoff, touch, text, phone)
