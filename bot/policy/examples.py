"""Runs the test cases that stand in the packs: facts in, the rule's expected answer out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.domain.facts import (
    CaseFacts,
    ContactFact,
    ContactPointFacts,
    DebtFacts,
    DebtorFacts,
    PortfolioFacts,
    PromiseFacts,
)
from bot.domain.gate.judging import judge
from bot.domain.gate.routes import ELSEWHERE, Route, RouteTable
from bot.domain.gate.rules import Example, Pack
from bot.domain.gate.ruleset import RuleSet, compile_rules
from bot.domain.proposal import Content, Proposal
from bot.domain.vocabulary import (
    CaseState,
    Channel,
    Owner,
    PhoneKind,
    PromiseState,
    Purpose,
    SenderKind,
)

_CASE_ID, _POINT_ID = 1, 1

#: Everything may go everywhere, but for one closed region that the route rule's cases use.
_OPEN_ROUTES = RouteTable(
    "examples",
    {SenderKind.SANDBOX: False},
    (
        *(Route(SenderKind.SANDBOX, ELSEWHERE, channel, allowed=True) for channel in Channel),
        *(Route(SenderKind.SANDBOX, "XX", channel, allowed=False) for channel in Channel),
    ),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case, run. `wrong` is empty when the answer was the expected one."""

    rule: str
    example: Example
    wrong: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What a case describes, ready to be judged."""

    proposal: Proposal
    facts: CaseFacts
    content: Content
    at: datetime


def run_examples(pack: Pack, base: Pack) -> list[Outcome]:
    """All cases of a pack, judged by that pack and the base pack."""
    packs = (base,) if pack.id == base.id else (base, pack)
    rules = compile_rules(packs, _OPEN_ROUTES, SenderKind.SANDBOX)
    return [
        Outcome(rule_id, example, _judge_example(rule_id, example, pack, rules))
        for rule_id, examples in pack.examples.items()
        for example in examples
    ]


def _judge_example(rule_id: str, example: Example, pack: Pack, rules: RuleSet) -> str:
    try:
        scene = build_scene(example.given, pack)
        until = _instant(example.until, ZoneInfo(pack.zone)) if example.until else None
    except (TypeError, ValueError, KeyError) as error:
        return f"{example.place}: the case cannot be read: {error!r}"
    verdict = judge(scene.proposal, scene.facts, scene.content, scene.at, rules)
    named = verdict.rule == rule_id or (verdict.rule[:6], rule_id) == ("route.", "base.route")
    right = verdict.outcome == example.expect and verdict.until == until
    if right and (verdict.allowed or named):
        return ""
    got = " ".join(map(str, filter(None, (verdict.outcome, verdict.rule, verdict.until))))
    return f"{example.place}: {rule_id}: {example.title}: expected {example.expect}, got {got}"


def build_scene(given: Mapping[str, object], pack: Pack) -> Scene:
    """The case, proposal and instant that a mapping describes; unnamed facts are ordinary.

    Instants without an offset are in the first of `zones`, or the pack's zone. Raises ValueError
    for a key it does not know.
    """
    left = dict(cast("dict[str, Any]", given))
    zones = tuple(left.pop("zones", (pack.zone,)))
    clock = ZoneInfo(zones[0]) if "Nowhere" not in zones[0] else ZoneInfo(pack.zone)
    at = _instant(left.pop("at"), clock)
    content = Content(**left.pop("content", {}))
    point = _point(left, zones, pack, clock)
    facts = _facts(left, point, pack, clock)
    proposal = Proposal(
        key="example",
        purpose=Purpose(left.pop("purpose", "reminder")),
        channel=Channel(left.pop("channel", "sms")),
        script="example",
        contact_point=replace(point, contact_point_id=99)
        if left.pop("foreign_number", 0)
        else point,
        earliest=_maybe(left.pop("earliest", None), clock) or at,
        latest=_maybe(left.pop("latest", None), clock) or at + timedelta(days=10),
    )
    if left:
        raise ValueError(f"unknown keys: {', '.join(sorted(left))}")
    return Scene(proposal, facts, content, at)


def _point(
    left: dict[str, Any], zones: tuple[str, ...], pack: Pack, clock: ZoneInfo
) -> ContactPointFacts:
    return ContactPointFacts(
        contact_point_id=_POINT_ID,
        kind=PhoneKind(left.pop("kind", "mobile")),
        region=left.pop("region", pack.region),
        zones=zones,
        owner=Owner(left.pop("owner", "debtor")),
        disabled=left.pop("disabled", None),
        suppressed=frozenset(map(Channel, left.pop("suppressed", ()))),
        consent_voice=left.pop("consent_voice", False),
        checked_at=_maybe(left.pop("checked_at", None), clock),
    )


def _facts(
    left: dict[str, Any], point: ContactPointFacts, pack: Pack, clock: ZoneInfo
) -> CaseFacts:
    dispute = left.pop("dispute", "")
    entered = datetime(2026, 1, 1, tzinfo=UTC)
    due_on, owed = left.pop("due_on", date(2026, 3, 1)), left.pop("owed", 10_000)
    promise = left.pop("promise", None)
    return CaseFacts(
        case_id=_CASE_ID,
        state=CaseState(left.pop("state", "active")),
        portfolio=_portfolio(left, pack),
        debtor=_debtor(left, point),
        currency="CNY",
        entered_at=entered,
        debts=(DebtFacts(1, "example", due_on, 10_000, 10_000 - owed),),
        promises=(PromiseFacts(1, promise, None, PromiseState.OPEN, entered),) if promise else (),
        dispute_open=bool(dispute),
        dispute_whole=dispute == "whole",
        contacts=tuple(_contacts(left.pop("contacts", ()), clock)),
        last_reply_at=_maybe(left.pop("replied_at", None), clock),
        limitation_on=left.pop("limitation_on", None),
    )


def _portfolio(left: dict[str, Any], pack: Pack) -> PortfolioFacts:
    return PortfolioFacts(
        portfolio_id=1,
        code="example",
        creditor="示例",
        signature="示例",
        zone=left.pop("portfolio_zone", pack.zone),
        region=pack.region,
        currency="CNY",
        cadence="example",
        packs=tuple(left.pop("packs", (pack.id,))),
        livemode=left.pop("livemode", False),
        collector_kind=left.pop("collector_kind", "first_party"),
        sender_kind=SenderKind(left.pop("sender_kind", "sandbox")),
    )


def _debtor(left: dict[str, Any], point: ContactPointFacts) -> DebtorFacts:
    agreed = left.pop("agreed_hours", None)
    flags = {
        key: left.pop(key, False) for key in ("deceased", "attorney", "stop_all", "human_only")
    }
    return DebtorFacts(
        debtor_id=1,
        name="示例",
        vulnerable=left.pop("vulnerable", None),
        agreed_hours=tuple(agreed) if agreed else None,
        inconvenient_hours=tuple(map(tuple, left.pop("inconvenient_hours", ()))),
        us_state=left.pop("us_state", None),
        contact_points=(point,),
        **flags,
    )


def _contacts(listed: list[dict[str, Any]], clock: ZoneInfo) -> Iterator[ContactFact]:
    """Past contacts; `at` may be a list, and `times` repeats the contact as it stands."""
    for each in listed:
        row = dict(each)
        instants, times = row.pop("at"), row.pop("times", 1)
        for instant in instants if isinstance(instants, list) else [instants] * times:
            yield ContactFact(
                at=_instant(instant, clock),
                channel=Channel(row.get("channel", "sms")),
                purpose=Purpose(row.get("purpose", "reminder")),
                contact_point_id=row.get("number", _POINT_ID),
                case_id=row.get("case", _CASE_ID),
                connected=row.get("connected", False),
                inbound=row.get("inbound", False),
            )


def _maybe(value: str | None, clock: ZoneInfo) -> datetime | None:
    return None if value is None else _instant(value, clock)


def _instant(value: str, clock: ZoneInfo) -> datetime:
    parsed = datetime.fromisoformat(value)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=clock)).astimezone(UTC)
