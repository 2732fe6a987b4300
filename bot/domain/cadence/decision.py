"""The cadence's one question: what does this case want today?

Everything is recomputed from facts, so a day without ticks, a payment or a second tick on the
same day need no bookkeeping here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.cadence.calendar import BusinessCalendar
from bot.domain.cadence.definition import Cadence
from bot.domain.cadence.due import due_touches, proposals
from bot.domain.cadence.history import latest_day
from bot.domain.cadence.hours import local_date, plus
from bot.domain.cadence.promised import (
    follow_up,
    fresh_broken,
    missed_reminder,
    missing,
    reminder,
    unattended,
)
from bot.domain.cadence.reach import all_given_up, reachable
from bot.domain.cadence.slots import NEVER, Question
from bot.domain.cadence.standing import standing_of
from bot.domain.facts import CaseFacts
from bot.domain.proposal import Proposal
from bot.domain.vocabulary import CaseState, HandoffReason

#: Bound once: looking a member up on its enumeration costs as much as a comparison of dates.
_PROMISED = CaseState.PROMISED


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
    standing = standing_of(facts, cadence, today)
    still = _STILL.get(facts.state)
    if still is None and facts.dispute_open:
        still = Quiet.DISPUTED
    if still is None and standing is not None:
        latest = latest_day(facts)
        return _decide_open(Question(facts, cadence, calendar, today, standing, latest))
    if still is None:
        still = Quiet.TRIVIAL_BALANCE if facts.outstanding_minor else Quiet.NOTHING_OWED
    tier = None if standing is None else standing.tier.key
    return Decision(tier, (), still, None, plus(today, cadence.idle_recheck_days))


def _decide_open(asked: Question) -> Decision:
    for_humans = _for_humans(asked)
    if for_humans is not None:
        return for_humans
    if asked.facts.state is _PROMISED or (asked.facts.promises and asked.facts.open_promise):
        return _decide_promised(asked)
    return _cut_off(asked) or _waiting(asked) or _decide_touches(asked)


def _for_humans(asked: Question) -> Decision | None:
    rules = asked.standing.tier.hand_off
    if rules.human is not None:
        return _quiet(asked, Quiet.HUMAN_TIER, rules.human)
    if asked.facts.promises and len(unattended(asked.facts)) >= rules.broken_promises:
        return _quiet(asked, Quiet.BROKEN_PROMISES, HandoffReason.BROKEN_PROMISES)
    return None


def _decide_promised(asked: Question) -> Decision:
    promise = asked.facts.open_promise
    if promise is None:
        return _quiet(asked, Quiet.PROMISED)
    wanted = missed_reminder(asked, promise) or reminder(asked, promise)
    if wanted is not None:
        return _propose(asked, (wanted,))
    soon = 1 if missing(asked, promise) else (promise.due_on - asked.today).days - 1
    return _quiet(asked, Quiet.PROMISED, ahead=soon)


def _cut_off(asked: Question) -> Decision | None:
    """Nobody to reach, or nobody who answers."""
    facts, rules = asked.facts, asked.standing.tier.hand_off
    if not reachable(facts):
        gone = HandoffReason.WRONG_NUMBER if all_given_up(facts) else HandoffReason.UNREACHABLE
        return _quiet(asked, Quiet.NO_CONTACT_POINT, gone if rules.no_contact_point else None)
    if _patience(asked) <= 0:
        return _quiet(asked, Quiet.UNREACHABLE, HandoffReason.UNREACHABLE)
    return None


def _patience(asked: Question) -> int:
    """Days until the tier's unanswered attempts make the case unreachable, NEVER if they do not."""
    rules = asked.standing.tier.hand_off
    if rules.unreachable_after is None or asked.facts.tier_attempts < rules.unreachable_after:
        return NEVER
    return rules.unreachable_wait_days - (asked.today - asked.served_on).days


def _waiting(asked: Question) -> Decision | None:
    """A touch that is planned for today or later (a call-back, a deferred one) goes first."""
    planned = asked.facts.next_touch_at
    if planned is None:
        return None
    on = local_date(planned, asked.facts.portfolio.zone)
    return _quiet(asked, Quiet.TOUCH_WAITING) if on >= asked.today else None


def _decide_touches(asked: Question) -> Decision:
    if asked.served_on >= asked.today:
        return _quiet(asked, Quiet.TOUCHED_TODAY)
    broken = fresh_broken(asked) if asked.facts.promises else None
    after_promise = None if broken is None else follow_up(asked, broken)
    if after_promise is not None:
        return _propose(asked, (after_promise,))
    slots, ahead = due_touches(asked)
    chosen = proposals(asked, slots) if slots else ()
    if chosen:
        return _propose(asked, chosen)
    if slots:
        return _quiet(asked, Quiet.NO_CONTACT_POINT)
    soon = 1 if broken is not None else min(ahead, _patience(asked))
    return _quiet(asked, Quiet.NO_TOUCH_TODAY, ahead=soon)


def _propose(asked: Question, chosen: tuple[Proposal, ...]) -> Decision:
    return Decision(asked.standing.tier.key, chosen, None, None, plus(asked.today, 1))


def _quiet(
    asked: Question, why: Quiet, handoff: HandoffReason | None = None, *, ahead: int = 1
) -> Decision:
    """Nothing today; look again in `ahead` days, at the tier's end or at its re-check."""
    tier, dpd = asked.standing.tier, asked.standing.dpd
    ends = NEVER if tier.to_day is None else tier.to_day - dpd + 1
    days = max(min(ahead, ends, tier.recheck_days), 1)
    return Decision(tier.key, (), why, handoff, plus(asked.today, days))
