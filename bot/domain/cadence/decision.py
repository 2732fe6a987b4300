"""The cadence's one question: what does this case want today?

Everything is recomputed from facts, so a day without ticks, a payment or a second tick on the
same day need no bookkeeping here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.cadence.calendar import BusinessCalendar
from bot.domain.cadence.definition import Cadence
from bot.domain.cadence.due import due_touches, proposals
from bot.domain.cadence.history import latest_day
from bot.domain.cadence.hours import local_date
from bot.domain.cadence.promised import (
    broken_since_return,
    follow_up,
    fresh_broken,
    next_reminder,
    reminder,
)
from bot.domain.cadence.reach import all_given_up, reachable
from bot.domain.cadence.slots import Question
from bot.domain.cadence.standing import standing_of
from bot.domain.facts import CaseFacts
from bot.domain.proposal import Proposal
from bot.domain.vocabulary import CaseState, HandoffReason

_DAY = timedelta(days=1)


class Quiet(StrEnum):
    """Why a case wants nothing today."""

    CLOSED = "closed"
    HANDED_OFF = "handed_off"
    PAUSED = "paused"
    DISPUTED = "disputed"
    NOTHING_OWED = "nothing_owed"
    TRIVIAL_BALANCE = "trivial_balance"
    HUMAN_TIER = "human_tier"
    BROKEN_PROMISES = "broken_promises"
    PROMISED = "promised"
    NO_CONTACT_POINT = "no_contact_point"
    UNREACHABLE = "unreachable"
    TOUCH_WAITING = "touch_waiting"
    TOUCHED_TODAY = "touched_today"
    NO_TOUCH_TODAY = "no_touch_today"


@dataclass(frozen=True, slots=True)
class Decision:
    """Today's answer for one case.

    `quiet` says why there are no proposals; with a `handoff` it names the cause. `next_check`
    is after today: with unchanged facts nothing new happens before it.
    """

    tier: str | None
    proposals: tuple[Proposal, ...]
    quiet: str | None
    handoff: HandoffReason | None
    next_check: date


_STILL = {
    CaseState.CLOSED: Quiet.CLOSED,
    CaseState.HANDED_OFF: Quiet.HANDED_OFF,
    CaseState.PAUSED: Quiet.PAUSED,
    CaseState.DISPUTED: Quiet.DISPUTED,
}


def decide(facts: CaseFacts, cadence: Cadence, calendar: BusinessCalendar, today: date) -> Decision:
    """What the case wants on `today`, the day in the portfolio's zone.

    The contact rules are not asked here: they judge each proposal afterwards. A dispute, even
    of a part, stops every reminder (the case is frozen until it is answered).
    """
    idle = today + timedelta(days=cadence.idle_recheck_days)
    standing = standing_of(facts, cadence, today)
    tier = None if standing is None else standing.tier.key
    still = _STILL.get(facts.state) or (Quiet.DISPUTED if facts.dispute_open else None)
    if still is not None:
        return Decision(tier, (), still, None, idle)
    if standing is None:
        owed = Quiet.TRIVIAL_BALANCE if facts.outstanding_minor else Quiet.NOTHING_OWED
        return Decision(None, (), owed, None, idle)
    return _decide_open(Question(facts, cadence, calendar, today, standing))


def _decide_open(asked: Question) -> Decision:
    facts = asked.facts
    for_humans = _for_humans(asked)
    if for_humans is not None:
        return for_humans
    if facts.open_promise is not None or facts.state is CaseState.PROMISED:
        return _decide_promised(asked)
    latest = latest_day(facts)
    cut_off = _cut_off(asked, latest)
    if cut_off is not None:
        return cut_off
    return _waiting(asked) or _decide_touches(asked, latest)


def _for_humans(asked: Question) -> Decision | None:
    rules = asked.standing.tier.hand_off
    if rules.human is not None:
        return _quiet(asked, Quiet.HUMAN_TIER, rules.human)
    if asked.facts.promises and broken_since_return(asked.facts) >= rules.broken_promises:
        return _quiet(asked, Quiet.BROKEN_PROMISES, HandoffReason.BROKEN_PROMISES)
    return None


def _decide_promised(asked: Question) -> Decision:
    promise = asked.facts.open_promise
    if promise is None:
        return _quiet(asked, Quiet.PROMISED)
    wanted = reminder(asked, promise)
    if wanted is not None:
        return _propose(asked, (wanted,))
    return _quiet(asked, Quiet.PROMISED, next_on=next_reminder(asked, promise))


def _cut_off(asked: Question, latest: date) -> Decision | None:
    """Nobody to reach, or nobody who answers."""
    facts, rules = asked.facts, asked.standing.tier.hand_off
    if not reachable(facts):
        gone = HandoffReason.WRONG_NUMBER if all_given_up(facts) else HandoffReason.UNREACHABLE
        return _quiet(asked, Quiet.NO_CONTACT_POINT, gone if rules.no_contact_point else None)
    if _patience_ends(asked, latest) <= asked.today:
        return _quiet(asked, Quiet.UNREACHABLE, HandoffReason.UNREACHABLE)
    return None


def _waiting(asked: Question) -> Decision | None:
    """A touch that is planned for today or later (a call-back, a deferred one) goes first."""
    planned = asked.facts.next_touch_at
    if planned is None:
        return None
    on = local_date(planned, asked.facts.portfolio.zone)
    return _quiet(asked, Quiet.TOUCH_WAITING) if on >= asked.today else None


def _decide_touches(asked: Question, latest: date) -> Decision:
    if latest >= asked.today:
        return _quiet(asked, Quiet.TOUCHED_TODAY)
    broken = fresh_broken(asked)
    after_promise = None if broken is None else follow_up(asked, broken)
    if after_promise is not None:
        return _propose(asked, (after_promise,))
    due = due_touches(asked, latest)
    chosen = proposals(asked, due.wanted)
    if chosen:
        return _propose(asked, chosen)
    if due.wanted:
        return _quiet(asked, Quiet.NO_CONTACT_POINT)
    next_on = min(due.next_on, _patience_ends(asked, latest)) if broken is None else None
    return _quiet(asked, Quiet.NO_TOUCH_TODAY, next_on=next_on)


def _patience_ends(asked: Question, latest: date) -> date:
    """When an unanswered last attempt of the tier makes the case unreachable, if ever."""
    rules = asked.standing.tier.hand_off
    if rules.unreachable_after is None or asked.facts.tier_attempts < rules.unreachable_after:
        return date.max
    return latest + timedelta(days=rules.unreachable_wait_days)


def _propose(asked: Question, chosen: tuple[Proposal, ...]) -> Decision:
    return Decision(asked.standing.tier.key, chosen, None, None, asked.today + _DAY)


def _quiet(
    asked: Question,
    why: Quiet,
    handoff: HandoffReason | None = None,
    *,
    next_on: date | None = None,
) -> Decision:
    """Nothing today; look again tomorrow, or on `next_on` where nothing can happen earlier."""
    tomorrow = asked.today + _DAY
    return Decision(
        asked.standing.tier.key,
        (),
        why,
        handoff,
        _bounded(asked, max(tomorrow, next_on or tomorrow)),
    )


def _bounded(asked: Question, wanted: date) -> date:
    """Not beyond the tier's end or its re-check interval."""
    standing, tier = asked.standing, asked.standing.tier
    ends = standing.ends_on
    beyond = ends if ends == date.max else ends + _DAY
    return min(wanted, beyond, asked.today + timedelta(days=tier.recheck_days))
