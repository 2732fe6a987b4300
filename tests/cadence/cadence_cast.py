"""The cast of the cadence tests: one debtor, one case, and a planner that runs day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.cadence import BusinessCalendar, Cadence, Decision, decide
from bot.domain.facts import (
    CaseFacts,
    ContactPointFacts,
    DebtFacts,
    DebtorFacts,
    LastTouch,
    PortfolioFacts,
    PromiseFacts,
)
from bot.domain.proposal import Proposal
from bot.domain.vocabulary import CaseState, Channel, PhoneKind, PromiseState
from bot.policy.cadence_loader import shipped_cadences
from bot.policy.calendars import calendar_for

CONSUMER = shipped_cadences()["consumer_loan"]
CONSUMER_D18 = shipped_cadences()["consumer_loan_d18"]
TRADE = shipped_cadences()["trade_receivable"]
BY_NAME = {each.key: each for each in (CONSUMER, CONSUMER_D18, TRADE)}
CHINA = calendar_for("CN")

DUE = date(2026, 3, 18)  #: a Wednesday without a holiday near it
SMS_ONLY = frozenset({Channel.SMS})
SMS_AND_VOICE = frozenset({Channel.SMS, Channel.VOICE})

MOBILE = ContactPointFacts(1, PhoneKind.MOBILE, "CN", ("Asia/Shanghai",))
LANDLINE = ContactPointFacts(2, PhoneKind.LANDLINE, "CN", ("Asia/Shanghai",))

PORTFOLIO = PortfolioFacts(
    portfolio_id=1,
    code="demo",
    creditor="示例消费金融",
    signature="示例消金",
    zone="Asia/Shanghai",
    region="CN",
    currency="CNY",
    cadence="consumer_loan",
    packs=("cn",),
    livemode=False,
)


def noon(day: date, zone: str = "Asia/Shanghai") -> datetime:
    """Noon of a local day as UTC."""
    return datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)


def debt(due_on: date = DUE, owed: int = 100_000, *, number: int = 1, paid: int = 0) -> DebtFacts:
    """An instalment of 1,000 yuan unless said otherwise."""
    return DebtFacts(number, f"L1-{number}", due_on, owed, paid, sequence=number)


def promise(
    due_on: date, state: PromiseState = PromiseState.OPEN, *, number: int = 1, made: int = 5
) -> PromiseFacts:
    """A promise of everything, made `made` days before its date."""
    return PromiseFacts(number, due_on, None, state, noon(due_on - timedelta(days=made)))


def case(
    *debts: DebtFacts,
    late_count: int | None = 0,
    points: tuple[ContactPointFacts, ...] = (MOBILE,),
    offered: frozenset[Channel] = SMS_ONLY,
    zone: str = "Asia/Shanghai",
    **changes: object,
) -> CaseFacts:
    """A case with a second instalment due on DUE, entered long before."""
    facts = CaseFacts(
        case_id=7,
        state=CaseState.ACTIVE,
        portfolio=replace(PORTFOLIO, offered=offered, zone=zone),
        debtor=DebtorFacts(1, "欠款人甲", contact_points=points),
        currency="CNY",
        entered_at=noon(DUE - timedelta(days=200)),
        debts=debts or (debt(number=2),),
        late_count=late_count,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def planned(facts: CaseFacts, proposals: tuple[Proposal, ...], today: date) -> CaseFacts:
    """The case after today's proposals were stored as touches."""
    touches = {(each.rule, each.anchor): each for each in facts.last_touches}
    for each in proposals:
        assert each.rule is not None
        assert each.anchor is not None
        assert each.day is not None
        touches[each.rule, each.anchor] = LastTouch(each.rule, each.anchor, each.day, today)
    return replace(facts, last_touches=tuple(touches.values()))


def run(
    facts: CaseFacts,
    cadence: Cadence,
    first: date,
    days: int,
    *,
    calendar: BusinessCalendar = CHINA,
    off: frozenset[date] = frozenset(),
) -> Iterator[tuple[date, Decision]]:
    """One decision a day, each planned; on the days in `off` nobody decides."""
    for count in range(days):
        today = first + timedelta(days=count)
        if today in off:
            continue
        decision = decide(facts, cadence, calendar, today)
        yield today, decision
        facts = planned(facts, decision.proposals, today)
