"""The cast of the gate's tests: ordinary facts to change one at a time, and random ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.domain.facts import (
    CaseFacts,
    ContactFact,
    ContactPointFacts,
    DebtorFacts,
    PromiseFacts,
)
from bot.domain.gate import RuleSet, compile_rules, judge
from bot.domain.gate.routes import ELSEWHERE, Route, RouteTable
from bot.domain.proposal import Proposal
from bot.domain.verdict import Verdict
from bot.domain.vocabulary import (
    CaseState,
    Channel,
    Owner,
    PhoneKind,
    PromiseState,
    Purpose,
    SenderKind,
)
from bot.policy.examples import Scene, build_scene
from bot.policy.rulebook import packs

#: Zones with and without daylight saving, with odd offsets, and one that skips its midnights.
ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "America/Los_Angeles",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Havana",
)

#: The first instant of the random weeks; both changes of the clocks lie in the year after it.
START = datetime(2026, 2, 1, tzinfo=UTC)

EVERYWHERE = RouteTable(
    "everywhere",
    {SenderKind.SANDBOX: False},
    tuple(Route(SenderKind.SANDBOX, ELSEWHERE, channel, allowed=True) for channel in Channel),
)


@cache
def rules(*pack_ids: str) -> RuleSet:
    """The base pack and these, with every route open."""
    return compile_rules(packs().chosen(pack_ids), EVERYWHERE, SenderKind.SANDBOX)


def scene(pack: str = "cn", **given: Any) -> Scene:
    """A scene as the packs' cases describe it; ten in the morning unless it says otherwise."""
    return build_scene({"at": "2026-03-02 10:00:00", **given}, packs().by_id[pack])


def verdict(seen: Scene, by: RuleSet, at: datetime | None = None) -> Verdict:
    """The gate's answer for a scene."""
    return judge(seen.proposal, seen.facts, seen.content, at or seen.at, by)


def local(at: datetime, zone: str) -> datetime:
    """The wall clock in a zone."""
    return at.astimezone(ZoneInfo(zone))


def with_contacts(seen: Scene, contacts: list[ContactFact], at: datetime) -> Scene:
    """The scene at another instant, knowing the contacts of the eight days before it."""
    known = tuple(each for each in contacts if each.at > at - timedelta(days=8))
    return replace(seen, facts=replace(seen.facts, contacts=known), at=at)


instants = st.integers(0, 360 * 24 * 3600).map(lambda second: START + timedelta(seconds=second))
zone_sets = st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True).map(tuple)


class Dice:
    """Random facts from one number, quicker than drawing each fact by itself."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self._random.randint(low, high)

    def one_of(self, *values: Any) -> Any:
        """One of the values, all equally likely."""
        return self._random.choice(values)

    def often(self, usual: Any, *others: Any) -> Any:
        """The usual value nineteen times of twenty."""
        return usual if self.whole(0, 19) else self.one_of(*others)

    def span(self) -> tuple[int, int]:
        """Local hours, perhaps over midnight."""
        return self.whole(0, 23), self.whole(1, 24)

    def contact(self, at: datetime) -> ContactFact:
        """A contact in the eight days before `at`."""
        return ContactFact(
            at=at - timedelta(seconds=self.whole(0, 8 * 24 * 3600)),
            channel=self.one_of(*Channel),
            purpose=self.one_of(*Purpose),
            contact_point_id=self.whole(1, 2),
            case_id=self.whole(1, 2),
            connected=self.one_of(True, False),
            inbound=self.often(False, True),
        )

    def point(self) -> ContactPointFacts:
        """A contact point, mostly a usable one."""
        zones = self._random.sample(ZONES, self.one_of(1, 1, 2, 3))
        return ContactPointFacts(
            contact_point_id=1,
            kind=self.often(PhoneKind.MOBILE, *PhoneKind),
            region=self.one_of("CN", "US", "HK", "ZZ"),
            zones=tuple(zones),
            owner=self.often(Owner.DEBTOR, Owner.GUARANTOR),
            disabled=self.often(None, "dead", "wrong_person"),
            suppressed=self.often(frozenset(), frozenset({Channel.SMS})),
            consent_voice=self.often(True, False),
            checked_at=self.often(START + timedelta(days=330), None, START),
        )


def random_scene(seed: int) -> Scene:
    """A case in any condition, well-formed, mostly one that may be contacted."""
    dice, plain = Dice(seed), scene("cn")
    at = START + timedelta(seconds=dice.whole(0, 360 * 24 * 3600))
    proposal = _random_proposal(dice, plain.proposal, at)
    facts = _random_facts(dice, plain.facts, proposal, at)
    flags = ("has_link", "names_creditor", "opt_out_text", "signature_ok", "finance")
    content = replace(plain.content, **{flag: dice.often(True, False) for flag in flags})
    return Scene(proposal, facts, content, at)


def _random_proposal(dice: Dice, plain: Proposal, at: datetime) -> Proposal:
    return replace(
        plain,
        purpose=dice.one_of(*Purpose),
        channel=dice.one_of(*Channel),
        contact_point=dice.point(),
        earliest=at + timedelta(hours=dice.whole(-24, 4)),
        latest=at + timedelta(hours=dice.whole(1, 24 * 12)),
    )


def _random_facts(dice: Dice, plain: CaseFacts, wanted: Proposal, at: datetime) -> CaseFacts:
    """Facts that mostly suit the proposal: an open promise to remind of, a message to answer."""
    promised = wanted.purpose is Purpose.PROMISE_REMINDER
    promise = PromiseFacts(1, at.date() + timedelta(days=2), None, PromiseState.OPEN, at)
    said = at - timedelta(seconds=dice.one_of(dice.whole(0, 600), dice.whole(0, 7200)))
    answers = wanted.purpose in {Purpose.ANSWER, Purpose.OPT_OUT_CONFIRMATION}
    return replace(
        plain,
        state=dice.often(CaseState.PROMISED if promised else CaseState.ACTIVE, *CaseState),
        portfolio=replace(
            plain.portfolio,
            packs=(),
            zone=dice.one_of(*ZONES),
            collector_kind=dice.one_of("first_party", "third_party"),
        ),
        debtor=_random_debtor(dice, plain.debtor, wanted.contact_point),
        promises=dice.often((promise,) if promised else (), (promise,), ()),
        dispute_open=dice.often(False, True),
        dispute_whole=dice.one_of(True, False),
        contacts=tuple(dice.contact(at) for _ in range(dice.one_of(0, 2, 5, 12))),
        last_reply_at=dice.often(said if answers else None, said, None),
        limitation_on=dice.often(None, date(2026, 6, 1)),
    )


def _random_debtor(dice: Dice, plain: DebtorFacts, point: ContactPointFacts) -> DebtorFacts:
    return replace(
        plain,
        contact_points=(point,),
        vulnerable=dice.often(None, "minor"),
        deceased=dice.often(False, True),
        attorney=dice.often(False, True),
        stop_all=dice.often(False, True),
        human_only=dice.often(False, True),
        agreed_hours=dice.one_of(None, dice.span()),
        inconvenient_hours=dice.one_of((), (), (dice.span(),), (dice.span(), dice.span())),
        us_state=dice.one_of(None, "MA", "NY"),
    )


seeds = st.integers(0, 2**40)
scenes = seeds.map(random_scene)
