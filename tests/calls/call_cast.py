"""A case to call about, a context for each turn, and a reading that tests choose themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from bot.domain.call import CallContext, Desk, Duties
from bot.domain.facts import (
    CaseFacts,
    ContactPointFacts,
    DebtFacts,
    DebtorFacts,
    PortfolioFacts,
    PromiseFacts,
)
from bot.domain.understanding import Context, Intent, Understanding
from bot.domain.vocabulary import CaseState, PhoneKind, PromiseState
from bot.scripts.calls import CallLibrary, context_of, load_calls, lobby_of
from bot.scripts.wording import scripts_root

NOW = datetime(2026, 3, 12, 4, tzinfo=UTC)  # a Thursday, noon in Shanghai
TODAY, FURTHEST = date(2026, 3, 12), date(2026, 3, 19)
ID_TAIL = "123X"

PORTFOLIO = PortfolioFacts(
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
    phone="400-000-1234",
    complaint_phone="400-000-5678",
    payee_account="东方银行尾号8866",
)
_PHONE = ContactPointFacts(1, PhoneKind.MOBILE, "CN", ("Asia/Shanghai",))

#: What must not be heard before it is the debtor: the sum, the day, words of debt.
SECRETS = ("2047", "3月9日", "逾期", "欠", "还没收到", "還沒收到", "未收到", "到期")


def case(**changed: Any) -> CaseFacts:
    """Three days late with 2047.50 yuan, of which all is due; a promise was broken yesterday."""
    debt = DebtFacts(1, "DS2026-0001-12", date(2026, 3, 9), 204_750, 0)
    promise = PromiseFacts(1, date(2026, 3, 10), 100_000, PromiseState.OPEN, NOW)
    facts = CaseFacts(
        case_id=1,
        state=CaseState.ACTIVE,
        portfolio=PORTFOLIO,
        debtor=DebtorFacts(1, "马敏", contact_points=(_PHONE,)),
        currency="CNY",
        entered_at=NOW,
        debts=(debt,),
        promises=(promise,),
    )
    return replace(facts, **changed)


@lru_cache(maxsize=1)
def library() -> CallLibrary:
    """The product's own calls."""
    return load_calls(scripts_root())


def context(
    language: str = "zh-CN",
    *,
    understand: Callable[[str, Context], Understanding] | None = None,
    facts: CaseFacts | None = None,
    desk: Desk = Desk.CLOSED,
    id_tail: str = ID_TAIL,
    duties: Duties | None = None,
    now: datetime = NOW,
    contact_name: str = "",
    **changed: Any,
) -> CallContext:
    """A turn's context."""
    made = context_of(
        facts or case(),
        now,
        library().language(language),
        understand or fixed(),
        furthest=FURTHEST,
        choices=(date(2026, 3, 13), date(2026, 3, 16)),
        duties=duties or Duties(),
        desk=desk,
        id_tail=id_tail,
        contact_name=contact_name,
    )
    return replace(made, **changed)


def lobby(language: str = "zh-CN", **changed: Any) -> CallContext:
    """The context of a call whose caller is not known yet."""
    words = library().language(language)
    made = lobby_of(PORTFOLIO, NOW, words, fixed(), duties=Duties(), desk=Desk.CLOSED)
    return replace(made, **changed)


def fixed(*intents: Intent, **fields: Any) -> Callable[[str, Context], Understanding]:
    """A reader that reads everything as this."""
    reading = Understanding(intents or (Intent.other,), **{"confidence": 0.95, **fields})
    return lambda text, context: reading
