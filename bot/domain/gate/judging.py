"""The gate: one proposal, the case's facts and an instant in; allow, defer or deny out.

Asked twice for each touch, when it is planned and again at the moment of sending. The order is
what can never pass, then frequency, then hours, so that the console can name one rule.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.facts import CaseFacts
from bot.domain.gate.frequency import CapCheck
from bot.domain.gate.routes import ELSEWHERE
from bot.domain.gate.rules import ForbidWhen, Rule
from bot.domain.gate.ruleset import Plan, RuleSet
from bot.domain.gate.sight import Sight
from bot.domain.proposal import Content, Proposal
from bot.domain.verdict import Outcome, Verdict

#: The rule a verdict names when the facts themselves could not be judged.
FAULT = "base.fault"

#: The rule a verdict names when the proposal's own window has not begun.
TOO_EARLY = "base.window"

#: How far ahead an opening is looked for; longer than any cap's window.
_HORIZON = timedelta(days=15)


def judge(
    proposal: Proposal, facts: CaseFacts, content: Content, at: datetime, rules: RuleSet
) -> Verdict:
    """May this contact be made at `at`? Never raises: facts that cannot be judged are refused.

    A Defer's `until` is the first instant at which it would be allowed if nothing else changed,
    before `proposal.latest`; when there is none, the rule in the way denies.
    """
    try:
        return _decide(proposal, facts, content, at, rules)
    except Exception as fault:  # one spoiled record must neither be contacted nor stop the others
        return Verdict(Outcome.DENY, FAULT, rules.version, facts={"because": type(fault).__name__})


def next_allowed(
    proposal: Proposal, facts: CaseFacts, content: Content, at: datetime, rules: RuleSet
) -> datetime | None:
    """The first instant ≥ `at` (UTC), before `proposal.latest`, at which it would be allowed."""
    verdict = judge(proposal, facts, content, at, rules)
    return at if verdict.allowed else verdict.until


def open_until(
    proposal: Proposal, facts: CaseFacts, content: Content, at: datetime, rules: RuleSet
) -> datetime:
    """The first instant ≥ `at` (UTC) that lies in closed hours, at most `proposal.latest`.

    What leaves at `at` must have arrived before it, or the debtor is woken. Raises ValueError for
    an `at` without a zone.
    """
    sight = _look(proposal, facts, content, at, rules)
    hours = _plan_for(sight, rules).hours
    while sight.at < proposal.latest:
        if any(check.closed_in(sight) is not None for check in hours):
            return sight.at
        turns = (turn for check in hours for turn in check.turns(sight))
        _move(sight, min(turns, default=proposal.latest))
    return proposal.latest


def _decide(
    proposal: Proposal, facts: CaseFacts, content: Content, at: datetime, rules: RuleSet
) -> Verdict:
    sight = _look(proposal, facts, content, at, rules)
    plan = _plan_for(sight, rules)
    if (refused := _refused(plan, sight, rules)) is not None:
        return refused
    if sight.at < proposal.earliest:
        return _later(plan, sight, rules, TOO_EARLY, "")
    blocker = _blocker(plan, sight)
    if blocker is None:
        return Verdict(Outcome.ALLOW, facts=_seen(sight, rules))
    return _later(plan, sight, rules, blocker[0].id, blocker[0].pack)


def _look(
    proposal: Proposal, facts: CaseFacts, content: Content, at: datetime, rules: RuleSet
) -> Sight:
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    sight = Sight(proposal, facts, content)
    sight.at = at if at.tzinfo is UTC else at.astimezone(UTC)
    region = (sight.point or proposal.contact_point).region
    sight.route = rules.route(region, proposal.channel)
    sight.livemode, sight.packs, sight.sender_kind = rules.livemode, rules.packs, rules.sender_kind
    return sight


def _plan_for(sight: Sight, rules: RuleSet) -> Plan:
    proposal, facts = sight.proposal, sight.facts
    kind, state = facts.portfolio.collector_kind, facts.debtor.us_state or ""
    return rules.plan(proposal.channel, proposal.purpose, kind, state)


def _refused(plan: Plan, sight: Sight, rules: RuleSet) -> Verdict | None:
    for test, condition, rule in plan.refusals:
        if why := test(sight, condition):
            seen = _seen(sight, rules, because=str(why))
            return Verdict(Outcome.DENY, *_named(rule, sight, rules), facts=seen)
    return None


def _named(rule: Rule, sight: Sight, rules: RuleSet) -> tuple[str, str]:
    """Rule and pack; where no route exists, the route's own row."""
    condition = rule.condition
    if not isinstance(condition, ForbidWhen) or condition.fact != "no_route":
        return rule.id, rule.pack
    if sight.route is not None:
        return sight.route.rule_id, rules.routes_stamp
    return f"route.{rules.sender_kind}.{ELSEWHERE}.{sight.proposal.channel}", rules.routes_stamp


def _blocker(plan: Plan, sight: Sight) -> tuple[Rule, datetime] | None:
    """The rule in the way at `sight.at` and when it gives way: the longest cap, else hours."""
    blocking = [cap for cap in plan.caps if cap.blocks(sight)]
    if blocking:
        return _longest(blocking, sight)
    for check in plan.hours:
        if (where := check.closed_in(sight)) is not None:
            return check.rule, check.opens_at(sight, where)
    return None


def _longest(blocking: list[CapCheck], sight: Sight) -> tuple[Rule, datetime]:
    waits = [(cap.rule, cap.frees_at(sight)) for cap in blocking]
    return max(waits, key=lambda wait: wait[1])


def _later(plan: Plan, sight: Sight, rules: RuleSet, rule: str, pack: str) -> Verdict:
    """Defer to the first open instant, or deny when the proposal's window ends before it."""
    seen = _seen(sight, rules)
    until = _first_open(plan, sight)
    if until is None:
        because = "no opening before the latest instant"
        return Verdict(Outcome.DENY, rule, pack, facts={**seen, "because": because})
    sight.at = until
    refused = _refused(plan, sight, rules)  # waiting may bring a refusal, never lift one
    return refused or Verdict(Outcome.DEFER, rule, pack, until, seen)


def _first_open(plan: Plan, sight: Sight) -> datetime | None:
    sight.at = max(sight.at, sight.proposal.earliest.astimezone(UTC))
    end = min(sight.proposal.latest, sight.at + _HORIZON)
    while sight.at < end:
        blocker = _blocker(plan, sight)
        if blocker is None:
            return sight.at
        _move(sight, blocker[1])
    return None


def _move(sight: Sight, to: datetime) -> None:
    """On in time, never back: a search that stood still would hang the desk."""
    if to <= sight.at:
        raise ArithmeticError(f"no later instant than {sight.at} was found")
    sight.at = to


def _seen(sight: Sight, rules: RuleSet, **more: object) -> dict[str, object]:
    """What was looked at, as plain JSON values without personal data."""
    proposal, facts = sight.proposal, sight.facts
    return {
        "at": sight.at.isoformat(),
        "purpose": proposal.purpose,
        "channel": proposal.channel,
        "state": facts.state,
        "region": proposal.contact_point.region,
        "zones": proposal.contact_point.zones,
        "contacts": len(facts.contacts),
        "rules": rules.version,
        **more,
    }
