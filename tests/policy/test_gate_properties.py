"""What must hold whatever the facts: hours, caps, strictness, deferrals, and no exception."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from gate_cast import (
    ZONES,
    Dice,
    instants,
    local,
    rules,
    scene,
    scenes,
    seeds,
    verdict,
    with_contacts,
    zone_sets,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.domain.facts import ContactFact
from bot.domain.gate import FAULT, judge, next_allowed, open_until
from bot.domain.verdict import Outcome
from bot.domain.vocabulary import INITIATED, Channel, Purpose
from bot.policy.examples import Scene

PACKS = ("cn", "us", "tw", "hk", "uk")
pack_sets = st.lists(st.sampled_from(PACKS), max_size=3, unique=True)

#: What the packs say, written down a second time: opening and closing, closing inclusive or not.
OPEN = {
    "cn": (time(8), time(22), False),
    "us": (time(8), time(21), True),
    "tw": (time(7), time(22), False),
    "hk": (time(8), time(21), False),
    "uk": (time(8), time(21), False),
}


@given(instants, zone_sets, st.sampled_from(PACKS), st.sampled_from(sorted(INITIATED)))
@settings(max_examples=150)
def test_an_allowed_instant_is_inside_the_hours_in_every_zone(
    at: datetime, zones: tuple[str, ...], pack: str, purpose: Purpose
) -> None:
    seen = scene(pack, zones=list(zones), purpose="reminder")
    seen = replace(
        seen, proposal=replace(seen.proposal, earliest=at, latest=at + timedelta(days=9))
    )
    opens, closes, inclusive = OPEN[pack]
    inside = all(
        opens <= (now := local(at, zone).time()) < closes or (inclusive and now == closes)
        for zone in zones
    )
    assert verdict(seen, rules(pack), at).allowed is inside


@given(
    instants,
    st.sampled_from(ZONES),
    st.sampled_from(PACKS),
    st.lists(st.integers(1, 40 * 3600), min_size=12, max_size=40),
)
@settings(max_examples=40, deadline=None)
def test_greedy_sending_never_exceeds_a_cap_in_any_window(
    start: datetime, zone: str, pack: str, gaps: list[int]
) -> None:
    """Every allowed instant is used at once, with random waits between; then all is recounted."""
    seen, sent, at = scene(pack, zones=[zone]), [], start
    for gap in gaps:
        proposal = replace(seen.proposal, earliest=at, latest=at + timedelta(days=12))
        now = with_contacts(replace(seen, proposal=proposal), sent, at)
        when = next_allowed(now.proposal, now.facts, now.content, at, rules(pack))
        assert when is not None
        sent.append(ContactFact(when, Channel.SMS, Purpose.REMINDER, 1, 1))
        at = when + timedelta(seconds=gap if gap % 3 else 0)
    days = [local(each.at, zone).date() for each in sent]
    assert len(days) == len(set(days))
    for first, fourth in zip(sent, sent[3:], strict=False):
        assert fourth.at - first.at >= timedelta(days=7)


@given(instants, st.lists(st.integers(1, 9 * 3600), min_size=30, max_size=60), st.data())
@settings(max_examples=30, deadline=None)
def test_greedy_calling_never_exceeds_a_cap_in_any_window(
    start: datetime, gaps: list[int], data: st.DataObject
) -> None:
    seen, placed, at = scene("cn", channel="voice"), [], start
    for gap in gaps:
        proposal = replace(seen.proposal, earliest=at, latest=at + timedelta(days=12))
        now = with_contacts(replace(seen, proposal=proposal), placed, at)
        when = next_allowed(now.proposal, now.facts, now.content, at, rules("cn"))
        assert when is not None
        connected = data.draw(st.sampled_from([False, False, True]))
        placed.append(ContactFact(when, Channel.VOICE, Purpose.REMINDER, 1, 1, connected))
        at = when + timedelta(seconds=gap if gap % 2 else 1)
    for each in placed:
        today = [c for c in placed if local(c.at, "Asia/Shanghai").date() == _day(each)]
        assert sum(c.connected for c in today) <= 3
        assert sum(not c.connected for c in today) <= 6
        for span, most in ((60, 1), (3600, 5), (86400, 20)):
            window = [c for c in placed if timedelta() <= each.at - c.at < timedelta(seconds=span)]
            assert len(window) <= most


def _day(contact: ContactFact) -> object:
    return local(contact.at, "Asia/Shanghai").date()


@given(scenes, pack_sets, st.sampled_from(PACKS))
@settings(max_examples=200, deadline=None)
def test_another_pack_never_makes_a_contact_easier(seen: Scene, some: list[str], more: str) -> None:
    fewer = verdict(seen, rules(*some))
    stricter = verdict(seen, rules(*some, more))
    assert _ease(stricter.outcome) <= _ease(fewer.outcome)
    if fewer.until and stricter.until:
        assert stricter.until >= fewer.until


def _ease(outcome: Outcome) -> int:
    return [Outcome.DENY, Outcome.DEFER, Outcome.ALLOW].index(outcome)


@given(scenes, pack_sets, seeds)
@settings(max_examples=200, deadline=None)
def test_another_contact_never_makes_a_contact_easier(
    seen: Scene, some: list[str], seed: int
) -> None:
    more = Dice(seed).contact(seen.at)
    crowded = replace(seen, facts=replace(seen.facts, contacts=(*seen.facts.contacts, more)))
    before, after = verdict(seen, rules(*some)), verdict(crowded, rules(*some))
    assert _ease(after.outcome) <= _ease(before.outcome)


@given(scenes, pack_sets, st.floats(0, 0.999))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_a_deferral_ends_at_the_first_allowed_instant(
    seen: Scene, some: list[str], part: float
) -> None:
    by = rules(*some)
    first = verdict(seen, by)
    assume(first.outcome is Outcome.DEFER)
    assert first.until is not None
    assert seen.at < first.until < seen.proposal.latest
    assert verdict(seen, by, first.until).allowed
    between = seen.at + (first.until - seen.at) * part
    assert verdict(seen, by, between).outcome is Outcome.DEFER
    assert next_allowed(seen.proposal, seen.facts, seen.content, between, by) == first.until


@given(scenes, pack_sets, st.integers(1, 14 * 24 * 3600))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_waiting_never_lifts_a_refusal(seen: Scene, some: list[str], seconds: int) -> None:
    first = verdict(seen, rules(*some))
    assume(first.outcome is Outcome.DENY and first.rule != "base.guarantor")
    later = verdict(seen, rules(*some), seen.at + timedelta(seconds=seconds))
    assert later.outcome is Outcome.DENY


@given(scenes, pack_sets, st.floats(0, 0.999))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_a_message_may_arrive_until_the_hours_close(
    seen: Scene, some: list[str], part: float
) -> None:
    by = rules(*some)
    assume(verdict(seen, by).allowed)
    end = open_until(seen.proposal, seen.facts, seen.content, seen.at, by)
    assert seen.at < end <= seen.proposal.latest
    uncounted = replace(seen, facts=replace(seen.facts, contacts=()))
    between = verdict(uncounted, by, seen.at + (end - seen.at) * part)
    assert between.outcome is not Outcome.DEFER
    if end < seen.proposal.latest:
        assert not verdict(uncounted, by, end).allowed


@given(scenes, pack_sets)
@settings(max_examples=150, deadline=None)
def test_well_formed_facts_can_always_be_judged(seen: Scene, some: list[str]) -> None:
    assert verdict(seen, rules(*some)).rule != FAULT


nonsense = st.sampled_from(
    [
        {"agreed_hours": (-5, 99)},
        {"agreed_hours": (7, 7)},
        {"inconvenient_hours": ((30, -4), (0, 24), (0, 0))},
        {"inconvenient_hours": ((0, 10**9),)},
        {"contact_points": (None,)},
        {"contact_points": ()},
        {"agreed_hours": "late"},
    ]
)


@given(
    scenes, nonsense, st.sampled_from(["Mars/Olympus", "", "../etc", "America", "Asia/Shanghai"])
)
@settings(max_examples=150, deadline=None)
def test_spoiled_facts_are_refused_or_judged_and_never_raise(
    seen: Scene, spoiled: dict[str, object], zone: str
) -> None:
    point = replace(seen.proposal.contact_point, zones=(zone,))
    debtor = replace(seen.facts.debtor, **{"contact_points": (point,), **spoiled})
    facts = replace(seen.facts, debtor=debtor)
    proposal = replace(seen.proposal, contact_point=point)
    found = judge(proposal, facts, seen.content, seen.at, rules("cn", "us"))
    assert found.outcome is not Outcome.ALLOW or zone == "Asia/Shanghai"


def test_an_instant_without_a_zone_is_refused() -> None:
    seen = scene()
    found = verdict(seen, rules("cn"), datetime(2026, 3, 2, 10, 0))  # noqa: DTZ001
    assert (found.outcome, found.rule) == (Outcome.DENY, FAULT)


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    seen = scene(at="2026-03-02 22:00:00")
    here = local(seen.at, "Asia/Shanghai")
    assert verdict(seen, rules("cn"), here).until == verdict(seen, rules("cn")).until
    assert verdict(seen, rules("cn"), here).until == datetime(2026, 3, 3, 0, tzinfo=UTC)
