"""A case and a situation to answer in, for the tests of what a reply sets in motion."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.facts import CaseFacts, ContactPointFacts, DebtFacts, DebtorFacts, PortfolioFacts
from bot.domain.response import Asked, Situation
from bot.domain.understanding import Intent, Understanding
from bot.domain.vocabulary import CaseState, PhoneKind

TODAY = date(2026, 3, 12)
FURTHEST = date(2026, 3, 19)

_PORTFOLIO = PortfolioFacts(
    portfolio_id=1,
    code="loans",
    creditor="晨光消费金融",
    signature="晨光消费金融",
    zone="Asia/Shanghai",
    region="CN",
    currency="CNY",
    cadence="consumer_loan",
    packs=("cn",),
    livemode=False,
)

_PHONE = ContactPointFacts(1, PhoneKind.MOBILE, "CN", ("Asia/Shanghai",))


def case(state: CaseState = CaseState.ACTIVE, owed: int = 200_000, **changed: Any) -> CaseFacts:
    """A case three days overdue that owes `owed` minor units."""
    facts = CaseFacts(
        case_id=1,
        state=state,
        portfolio=_PORTFOLIO,
        debtor=DebtorFacts(1, "马敏", contact_points=(_PHONE,)),
        currency="CNY",
        entered_at=datetime(2026, 3, 1, tzinfo=UTC),
        debts=(DebtFacts(1, "HT1-1", date(2026, 3, 9), owed, 0),) if owed else (),
    )
    return replace(facts, **changed)


def situation(**changed: Any) -> Situation:
    """The day, how far a promise may reach, two near days."""
    plain = Situation(TODAY, FURTHEST, (date(2026, 3, 13), date(2026, 3, 16)), Asked())
    return replace(plain, **changed)


def reading(*intents: Intent, **changed: Any) -> Understanding:
    """A confident reading."""
    return Understanding(intents=intents, **{"confidence": 0.95, **changed})
