"""What an open or a broken promise sets off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.domain.cadence.calling import window_for
from bot.domain.cadence.definition import PromiseTouch, Shift
from bot.domain.cadence.history import used
from bot.domain.cadence.hours import instants, local_date, plus
from bot.domain.cadence.reach import reach
from bot.domain.cadence.slots import Question
from bot.domain.facts import CaseFacts, PromiseFacts
from bot.domain.proposal import Proposal
from bot.domain.vocabulary import Channel, PromiseState, Purpose

_BROKEN = PromiseState.BROKEN

#: What is written about a missed instalment.
MISSED_SCRIPT = "promise.instalment_missed"


def unattended(facts: CaseFacts) -> list[PromiseFacts]:
    """Broken promises, but for those a collector knew of when the case came back to the bot."""
    back = facts.returned_on
    return [
        promise
        for promise in facts.promises
        if promise.state is _BROKEN and (back is None or broke_on(promise, facts) > back)
    ]


def broke_on(promise: PromiseFacts, facts: CaseFacts) -> date:
    """The day a promise counts as broken: the one after its date and the grace."""
    return plus(promise.due_on, facts.portfolio.grace_days + 1)


def reminder(asked: Question, promise: PromiseFacts) -> Proposal | None:
    """The day-before or due-day reminder of an open promise, if it is today's.

    None on the day the promise was made: its read-back has just been sent.
    """
    made_on = local_date(promise.made_at, asked.facts.portfolio.zone)
    if asked.today <= made_on:
        return None
    rules = asked.cadence.promises
    if asked.today == promise.due_on:
        return _proposal(asked, promise, rules.due_day, "due", Purpose.PROMISE_REMINDER)
    if asked.today == plus(promise.due_on, -1):
        return _proposal(asked, promise, rules.day_before, "before", Purpose.PROMISE_REMINDER)
    return None


def fresh_broken(asked: Question) -> PromiseFacts | None:
    """The latest broken promise while its follow-up may still go out and has not."""
    promise = max(unattended(asked.facts), key=lambda each: each.due_on, default=None)
    if promise is None or used(asked.facts, "promise.broken", promise.due_on, 0):
        return None
    late = (asked.today - broke_on(promise, asked.facts)).days
    return promise if late <= asked.cadence.promises.broken.late_days else None


def missed_reminder(asked: Question, waited_for: PromiseFacts) -> Proposal | None:
    """The one message about a missed instalment of a plan that goes on, while it is news.

    A reminder and no follow-up of a broken promise: the plan stands and its next instalment is
    waited for. Sent by the rules of the follow-up, as a text.
    """
    promise = missing(asked, waited_for)
    if promise is None:
        return None
    rule = asked.cadence.promises.broken
    told = replace(rule, script=MISSED_SCRIPT, channels=(Channel.SMS,))
    return _proposal(asked, promise, told, "missed", Purpose.PROMISE_REMINDER)


def missing(asked: Question, waited_for: PromiseFacts) -> PromiseFacts | None:
    """The latest missed instalment of the plan whose next one is waited for, while it is news."""
    plan = waited_for.plan_id
    if plan is None:
        return None
    missed = [p for p in asked.facts.promises if p.plan_id == plan and p.state is _BROKEN]
    promise = max(missed, key=lambda each: each.due_on, default=None)
    if promise is None:
        return None
    late = (asked.today - broke_on(promise, asked.facts)).days
    return promise if late <= asked.cadence.promises.broken.late_days else None


def follow_up(asked: Question, promise: PromiseFacts) -> Proposal | None:
    """The one message after a broken promise; None on a day or for a debtor that allows none."""
    return _proposal(
        asked, promise, asked.cadence.promises.broken, "broken", Purpose.PROMISE_BROKEN
    )


def _proposal(
    asked: Question, promise: PromiseFacts, rule: PromiseTouch, name: str, purpose: Purpose
) -> Proposal | None:
    facts = asked.facts
    key = f"promise.{name}"
    if used(facts, key, promise.due_on, 0):
        return None
    if rule.shift is Shift.SKIP and not asked.calendar.is_working(asked.today):
        return None
    reached = reach(facts, rule.channels, guarantor=False)
    if reached is None:
        return None
    channel, point = reached
    window = window_for(channel, facts.debtor.answered_hours, asked.cadence.windows, rule.window)
    earliest, latest = instants(asked.today, window, point.zones, facts.portfolio.zone)
    return Proposal(
        key=f"{facts.case_id}:promise:{promise.promise_id}:{name}",
        purpose=purpose,
        channel=channel,
        script=rule.script,
        contact_point=point,
        earliest=earliest,
        latest=latest,
        tier=asked.standing.tier.key,
        rule=key,
        anchor=promise.due_on,
        day=0,
    )
