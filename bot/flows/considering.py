"""One wanted touch, looked at from all sides: words, rules, instant. Shared by the planner, the
dry run, answers and thanks, so that none of them can go out by another way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.facts import CaseFacts, ContactFact
from bot.domain.gate import judge
from bot.domain.proposal import Content, Proposal
from bot.domain.verdict import Outcome, Verdict
from bot.domain.vocabulary import Channel, Purpose, TouchState
from bot.flows.calling import CALL_CONTENT, DESK_VERSION, script_for
from bot.flows.playbook import Playbook, today_of, zone_of
from bot.flows.ports.planning import NewTouch, Param
from bot.scripts.render import Rendered, render
from bot.scripts.values import values_for
from bot.scripts.wording import day_text, money_text, time_text

#: Placeholders that are days or instants in storage and words in a text.
_DAYS = frozenset({"promise_date", "date_a", "date_b", "latest_date"})


def compose(
    facts: CaseFacts,
    script_id: str,
    params: Mapping[str, Param],
    playbook: Playbook,
    now: datetime,
    *,
    link: str | None = None,
) -> tuple[Rendered, int]:
    """The text of a script for the case as it stands, and the script's version.

    Without a `link` one of the true length that opens nothing stands in. Raises ScriptValueError for a missing value.
    """
    script = playbook.script(script_id, facts)
    today = today_of(facts, now)
    values = values_for(
        facts,
        today,
        link=link or playbook.link_sample,
        extra=wording(params, facts, today),
    )
    return render(script, values), script.version


def wording(params: Mapping[str, Param], facts: CaseFacts, today: date) -> dict[str, str]:
    """Stored values as the words a script shows: days, instants, sums."""
    locale, words = facts.debtor.locale, {}
    for name, value in params.items():
        if name in _DAYS:
            words[name] = day_text(date.fromisoformat(str(value)), today, locale)
        elif name.endswith("_minor"):
            words[name.removesuffix("_minor")] = money_text(int(value), facts.currency, locale)
        elif name.endswith("_at"):
            at = datetime.fromisoformat(str(value)).astimezone(zone_of(facts.portfolio.zone))
            words[name.removesuffix("_at") + "_time"] = time_text(at, today, locale)
        else:
            words[name] = str(value)
    return words


def consider(
    facts: CaseFacts,
    proposal: Proposal,
    playbook: Playbook,
    now: datetime,
    *,
    params: Mapping[str, Param] | None = None,
    reply_id: int | None = None,
) -> NewTouch | None:
    """The touch as it would be written, allowed or not; None when its window is already over."""
    if proposal.latest <= now:
        return None
    due = max(proposal.earliest, now)
    if proposal.channel is Channel.VOICE and proposal.purpose is Purpose.COLLECTOR:
        content, version, segments = CALL_CONTENT, DESK_VERSION, 1
    elif proposal.channel is Channel.VOICE:
        script = script_for(facts, proposal.purpose, playbook, due)
        proposal = replace(proposal, script=script.id)
        content, version, segments = CALL_CONTENT, script.version, 1
    else:
        content, version, segments = _text(facts, proposal, params or {}, playbook, now)
    verdict = judge(proposal, facts, content, due, playbook.rules(facts.portfolio))
    state, due = _placed(verdict, due, proposal.latest)
    return NewTouch(
        facts=facts,
        proposal=proposal,
        script_version=version,
        segments=segments,
        due_at=due,
        state=state,
        verdict=verdict,
        params=params or {},
        reply_id=reply_id,
    )


def _text(
    facts: CaseFacts,
    proposal: Proposal,
    params: Mapping[str, Param],
    playbook: Playbook,
    now: datetime,
) -> tuple[Content, int, int]:
    """What the rules see of a text, the script's version, and segments."""
    rendered, version = compose(facts, proposal.script, params, playbook, now)
    return rendered.content, version, rendered.segments


def _placed(verdict: Verdict, due: datetime, latest: datetime) -> tuple[TouchState, datetime]:
    if verdict.outcome is Outcome.ALLOW:
        return TouchState.PLANNED, due
    if verdict.until is not None and verdict.until < latest:
        return TouchState.PLANNED, verdict.until
    return TouchState.DENIED, due


class Tally:
    """Contacts decided in this run, so that two cases of one debtor share one cap."""

    def __init__(self) -> None:
        self._fresh: dict[int, tuple[ContactFact, ...]] = {}

    def seen_by(self, facts: CaseFacts) -> CaseFacts:
        """`facts` with what this run already decided for the same debtor."""
        fresh = self._fresh.get(facts.debtor.debtor_id)
        return replace(facts, contacts=facts.contacts + fresh) if fresh else facts

    def add(self, facts: CaseFacts, proposal: Proposal, at: datetime) -> None:
        """A contact that will happen at `at`."""
        contact = ContactFact(
            at=at,
            channel=proposal.channel,
            purpose=proposal.purpose,
            contact_point_id=proposal.contact_point.contact_point_id,
            case_id=facts.case_id,
        )
        owner = facts.debtor.debtor_id
        self._fresh[owner] = (*self._fresh.get(owner, ()), contact)


class Pacer:
    """Spreads due instants so that a sender's rate is kept, without leaving the window."""

    def __init__(self) -> None:
        self._free_at: dict[int, datetime] = {}

    def spread(self, touch: NewTouch) -> NewTouch:
        """The touch at the sender's next free instant, if that is still inside its window."""
        if touch.proposal.channel is Channel.VOICE:
            return touch  # lines are counted when calls are placed
        portfolio = touch.facts.portfolio
        free = max(touch.due_at, self._free_at.get(portfolio.sender_id, touch.due_at))
        step = timedelta(seconds=touch.segments / max(portfolio.per_second, 0.001))
        if free >= touch.proposal.latest:
            return touch
        self._free_at[portfolio.sender_id] = free + step
        return replace(touch, due_at=free)
