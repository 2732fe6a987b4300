"""The facts that forbid a contact outright, by the names the packs use.

Each function answers why the contact is refused, or an empty string when its fact does not hold.
Waiting alone turns none of them into a permission, but for one: a guarantor may be contacted once
the debt is overdue. That is refused outright too; the cadence proposes anew on the day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from bot.domain.gate.rules import COLLECTOR_KINDS, ForbidWhen, RequireContent
from bot.domain.gate.sight import Sight
from bot.domain.vocabulary import CaseState, Owner, PhoneKind, Purpose

_LANDLINE = PhoneKind.LANDLINE

Refusal = Callable[[Sight, ForbidWhen], str]


def _livemode_mismatch(sight: Sight, _: ForbidWhen) -> str:
    live = sight.facts.portfolio.livemode
    return "" if live == sight.livemode else ("live case" if live else "test case")


def _wrong_rules(sight: Sight, _: ForbidWhen) -> str:
    portfolio = sight.facts.portfolio
    if portfolio.sender_kind is not sight.sender_kind:
        return "sender kind"
    return "" if sight.packs.issuperset(portfolio.packs) else "packs"


def _foreign_number(sight: Sight, _: ForbidWhen) -> str:
    return "not a contact point of the debtor" if sight.point is None else ""


def _zone_unknown(sight: Sight, _: ForbidWhen) -> str:
    return "" if sight.zones_known else "no such zone"


def _no_route(sight: Sight, _: ForbidWhen) -> str:
    route = sight.route
    if route is None:
        return "no row"
    if not route.allowed:
        return "not allowed" if route.verified else "unverified"
    if not route.offered:
        return "not offered"
    return _unfit_for_route(sight)


def _unfit_for_route(sight: Sight) -> str:
    route, content = sight.route, sight.content
    point = sight.point or sight.proposal.contact_point
    if route is None:
        return "no row"
    if content.finance and not route.finance:
        return "finance content"
    if content.has_link and not route.links:
        return "link"
    kind, kinds = sight.facts.portfolio.collector_kind, route.collector_kinds
    if kinds != COLLECTOR_KINDS and kind not in kinds:
        return "collector kind"
    asks = route.consent_needed and not point.consent_voice
    return "consent" if asks and not _by_a_human(sight) else ""


def _by_a_human(sight: Sight) -> bool:
    """Dialled and led by a collector: no synthetic voice speaks to the debtor."""
    return sight.proposal.purpose is Purpose.COLLECTOR


def _line_cannot_carry(sight: Sight, _: ForbidWhen) -> str:
    point = sight.point or sight.proposal.contact_point
    if point.kind is not _LANDLINE or point.can_carry(sight.proposal.channel):
        return ""
    return point.kind


def _number_disabled(sight: Sight, when: ForbidWhen) -> str:
    point = sight.point or sight.proposal.contact_point
    if point.disabled == "wrong_person" and _apology(sight, point.disabled_at, when.minutes):
        return ""
    return point.disabled or ""


def _apology(sight: Sight, given_up: datetime | None, minutes: int) -> bool:
    """The first word since the number was given up, at once; whatever is written later gets none."""
    if not _last_word(sight, minutes):
        return False
    number = sight.proposal.contact_point.contact_point_id
    return given_up is None or (
        sight.at - given_up <= timedelta(minutes=minutes)
        and not any(
            each.at >= given_up and each.contact_point_id == number and not each.inbound
            for each in sight.facts.contacts
        )
    )


def _last_word(sight: Sight, minutes: int) -> bool:
    """One answer to the message itself, without a word of money: an apology, a condolence."""
    if sight.content.finance or sight.content.has_link or not sight.responds_within(minutes):
        return False
    said, number = sight.facts.last_reply_at, sight.proposal.contact_point.contact_point_id
    return said is not None and not any(
        each.at >= said and each.contact_point_id == number and not each.inbound
        for each in sight.facts.contacts
    )


def _channel_suppressed(sight: Sight, _: ForbidWhen) -> str:
    point = sight.point or sight.proposal.contact_point
    return "opted out" if sight.proposal.channel in point.suppressed else ""


def _stop_all(sight: Sight, _: ForbidWhen) -> str:
    return "asked for no contact" if sight.facts.debtor.stop_all else ""


def _confirmed_already(sight: Sight, _: ForbidWhen) -> str:
    number = sight.proposal.contact_point.contact_point_id
    sent = any(
        each.purpose is Purpose.OPT_OUT_CONFIRMATION and each.contact_point_id == number
        for each in sight.facts.contacts
    )
    return "confirmed before" if sent else ""


def _no_recent_reply(sight: Sight, when: ForbidWhen) -> str:
    return "" if sight.responds_within(when.minutes) else "no message to answer"


def _deceased(sight: Sight, when: ForbidWhen) -> str:
    held = sight.facts.debtor.deceased and not _last_word(sight, when.minutes)
    return "deceased" if held else ""


def _vulnerable(sight: Sight, _: ForbidWhen) -> str:
    return sight.facts.debtor.vulnerable or ""


def _human_only(sight: Sight, _: ForbidWhen) -> str:
    return "human only" if sight.facts.debtor.human_only else ""


def _attorney(sight: Sight, _: ForbidWhen) -> str:
    return "represented" if sight.facts.debtor.attorney else ""


def _dispute_whole(sight: Sight, _: ForbidWhen) -> str:
    return "whole debt" if sight.facts.dispute_open and sight.facts.dispute_whole else ""


def _dispute_open(sight: Sight, _: ForbidWhen) -> str:
    return "open dispute" if sight.facts.dispute_open else ""


def _paid_in_full(sight: Sight, _: ForbidWhen) -> str:
    for debt in sight.facts.debts:
        if debt.amount_minor > debt.paid_minor:
            return ""
    return "nothing owed"


def _case_state(sight: Sight, when: ForbidWhen) -> str:
    state: CaseState = sight.facts.state
    return state if state in when.states else ""


def _promise_open(sight: Sight, _: ForbidWhen) -> str:
    promises = sight.facts.promises
    return "open promise" if promises and sight.facts.open_promise else ""


def _promise_missing(sight: Sight, _: ForbidWhen) -> str:
    return "" if sight.facts.open_promise else "no open promise"


def _today(sight: Sight) -> date:
    return sight.at.astimezone(sight.day_zone).date()


def _guarantor_before_due(sight: Sight, _: ForbidWhen) -> str:
    point = sight.point
    if point is None or point.owner is not Owner.GUARANTOR:
        return ""
    due = sight.facts.anchor
    return "not overdue" if due is None or _today(sight) <= due else ""


def _past_limitation(sight: Sight, _: ForbidWhen) -> str:
    ends = sight.facts.limitation_on
    return "limitation period over" if ends is not None and _today(sight) > ends else ""


def _no_voice_consent(sight: Sight, _: ForbidWhen) -> str:
    point = sight.point or sight.proposal.contact_point
    asks = point.kind is not PhoneKind.LANDLINE and not point.consent_voice
    return "no consent to synthetic voice" if asks else ""


def _number_unchecked(sight: Sight, when: ForbidWhen) -> str:
    checked = (sight.point or sight.proposal.contact_point).checked_at
    fresh = checked is not None and sight.at - checked <= timedelta(days=when.days)
    return "" if fresh else "number not checked"


def _window_passed(sight: Sight, _: ForbidWhen) -> str:
    return "too late" if sight.at >= sight.proposal.latest else ""


#: Fact names a pack may forbid on, in the order in which the gate asks for them.
FACTS: Mapping[str, Refusal] = {
    "livemode_mismatch": _livemode_mismatch,
    "wrong_rules": _wrong_rules,
    "no_route": _no_route,
    "line_cannot_carry": _line_cannot_carry,
    "channel_suppressed": _channel_suppressed,
    "stop_all": _stop_all,
    "confirmed_already": _confirmed_already,
    "number_disabled": _number_disabled,
    "foreign_number": _foreign_number,
    "deceased": _deceased,
    "vulnerable": _vulnerable,
    "dispute_whole": _dispute_whole,
    "dispute_open": _dispute_open,
    "human_only": _human_only,
    "attorney": _attorney,
    "paid_in_full": _paid_in_full,
    "case_state": _case_state,
    "promise_open": _promise_open,
    "promise_missing": _promise_missing,
    "past_limitation": _past_limitation,
    "guarantor_before_due": _guarantor_before_due,
    "no_voice_consent": _no_voice_consent,
    "number_unchecked": _number_unchecked,
    "no_recent_reply": _no_recent_reply,
    "zone_unknown": _zone_unknown,
    "window_passed": _window_passed,
}

#: Without these the product would not be safe, so no rule set is compiled without them.
HOUSE_FACTS = frozenset(FACTS) - {"dispute_open", "no_voice_consent", "number_unchecked"}


def lacks(sight: Sight, required: RequireContent) -> str:
    """The first required quality the words do not have, or an empty string."""
    content = sight.content
    if required.when_link and not content.has_link:
        return ""
    for quality in required.qualities:
        if not getattr(content, quality):
            return quality
    return ""
