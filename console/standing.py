"""Where a case stands and what the bot does next, or why nothing: asked of the planner itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.cadence.decision import Decision
from bot.domain.facts import CaseFacts
from bot.domain.vocabulary import CaseState, TouchState
from bot.flows.considering import Pacer, Tally
from bot.flows.plan import decide_case, next_look, wanted_touches
from bot.flows.playbook import Playbook, today_of
from bot.flows.ports.halting import HaltKind
from bot.flows.ports.planning import NewTouch
from bot.store.views import Row
from console.showing import day, instant
from console.tiers import tier_label
from console.words import t, word


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the case stands. `next_touch` is empty when nothing is planned; `why` says why.

    `held_back`: what keeps even a planned touch from going out.
    """

    state: str
    state_label: str
    tier: str
    days: str
    next_touch: str
    why: str
    next_look: str
    held_back: Sequence[str]


@dataclass(frozen=True)
class Stander:
    """Tells one case's standing at one instant."""

    facts: CaseFacts
    playbook: Playbook
    now: datetime
    reason: Callable[[str], str]  #: a rule of the gate in its words

    @property
    def today(self) -> date:
        """In the portfolio's zone."""
        return today_of(self.facts, self.now)

    def standing(
        self, planned: Row | None, paused_until: date | None, held: Sequence[Row]
    ) -> Standing:
        """`planned` is the next touch that is written already; `held` as `StoryViews.held_back`."""
        facts, playbook = self.facts, self.playbook
        decision = decide_case(facts, playbook, self.today)
        tier = tier_label(playbook, facts.portfolio.cadence, decision.tier)
        if planned:
            next_touch, why = self._planned(planned), self._why(planned, tier)
        else:
            next_touch, why = "", self._why_none(decision, paused_until)
        return Standing(
            state=facts.state.value,
            state_label=word("state", facts.state),
            tier=tier,
            days=_days(facts.days_past_due(self.today)),
            next_touch=next_touch,
            why=why,
            next_look=self._look(decision),
            held_back=[] if facts.state is CaseState.CLOSED else [_held_back(row) for row in held],
        )

    def _planned(self, touch: Row) -> str:
        what = f"{word('purpose', touch['purpose'])} · {word('channel', touch['channel'])}"
        return f"{self._at(touch['due_at'])} {what}"

    def _why(self, touch: Row, tier: str) -> str:
        if touch["rule"]:
            return t("case.why.cadence", tier=tier)
        return t("case.why.other", purpose=word("purpose", touch["purpose"]))

    def _why_none(self, decision: Decision, paused_until: date | None) -> str:
        """The cadence's reason, or the rule that refuses what the cadence wants."""
        if decision.quiet is not None:
            return self._quiet(decision.quiet, paused_until)
        touches = wanted_touches(self.facts, decision, self.playbook, self.now, Pacer(), Tally())
        return "；".join(map(self._wanted, touches)) or word("quiet", "looked_soon")

    def _quiet(self, quiet: str, paused_until: date | None) -> str:
        text, promise = word("quiet", quiet), self.facts.open_promise
        if promise and self.facts.state is CaseState.PROMISED:
            return t("case.why.until", why=text, day=day(promise.due_on, self.today))
        if paused_until and self.facts.state is CaseState.PAUSED:
            return t("case.why.until", why=text, day=day(paused_until, self.today))
        return text

    def _wanted(self, touch: NewTouch) -> str:
        """What the planner would do if it looked now."""
        verdict = touch.verdict
        said = self.reason(verdict.rule) or verdict.rule
        if touch.state is TouchState.DENIED:
            return t("case.why.denied", said=said, rule=verdict.rule)
        what = word("purpose", touch.proposal.purpose)
        if verdict.rule:
            return t("case.why.deferred", what=what, at=self._at(touch.due_at), said=said)
        return t("case.why.soon", what=what, at=self._at(touch.due_at))

    def _look(self, decision: Decision) -> str:
        if self.facts.state is CaseState.CLOSED:
            return ""
        return self._at(next_look(self.facts, decision.next_check))

    def _at(self, at: datetime) -> str:
        return instant(at, self.facts.portfolio.zone, self.today)


def _held_back(row: Row) -> str:
    """A stop, a stopped sender, or the second person's answer that is not there yet."""
    if row["what"] == "sender":
        return t("case.held.sender", number=row["who"], reason=row["reason"])
    if row["what"] == "live":
        return t("case.held.live", who=row["who"])
    if row["kind"] == HaltKind.NEW:
        return t("case.held.new")
    where = t("case.held.everything" if row["everything"] else "case.held.book")
    who = row["who"] or t("command_line")
    return t("case.held.halt", where=where, reason=row["reason"], who=who)


def _days(dpd: int | None) -> str:
    if dpd is None:
        return "—"
    if dpd == 0:
        return t("case.due_today")
    return t("case.late", days=dpd) if dpd > 0 else t("case.early", days=-dpd)
