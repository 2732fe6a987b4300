"""What the bot would answer to a reading, shown on an invented case."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.app.playbook import load_playbook
from bot.domain.facts import CaseFacts, DebtFacts, DebtorFacts, PortfolioFacts
from bot.domain.response import Asked, Situation, respond
from bot.domain.understanding import Context, Understanding
from bot.domain.vocabulary import CaseState
from bot.flows.considering import compose
from bot.flows.reading import choices

_LINK = "https://pay.example.com/p/sample"
_FURTHEST = timedelta(days=15)


def answer_to(reading: Understanding, context: Context) -> str:
    """The text that would be sent, or a line saying that nothing is."""
    now = context.now
    today = now.astimezone(context.zone).date()
    facts = _case(now, today, context)
    playbook = load_playbook(_LINK)
    near = choices(today, today + _FURTHEST, context.payday, playbook.calendar_of(facts))
    asked = Asked(None, context.asked, context.offered, context.pending_promise)
    response = respond(reading, facts, Situation(today, today + _FURTHEST, near, asked))
    lines = [f"hand-off: {', '.join(response.handoffs)}"] if response.handoffs else []
    if response.answer is None:
        return "\n".join([*lines, "nothing is sent"])
    answer = response.answer
    rendered, _ = compose(facts, answer.script, answer.params, playbook, now, link=_LINK)
    return "\n".join([*lines, f"{answer.script}:", rendered.text])


def _case(now: datetime, today: date, context: Context) -> CaseFacts:
    portfolio = PortfolioFacts(
        portfolio_id=0,
        code="sample",
        creditor="示例公司",
        signature="示例公司",
        zone=context.zone.key,
        region="CN",
        currency=context.currency,
        cadence="consumer",
        packs=("cn",),
        livemode=False,
        phone="400-000-0000",
        complaint_phone="400-000-0001",
        payee_account="示例银行 尾号0000",
    )
    debt = DebtFacts(0, "SAMPLE-1", today - timedelta(days=1), 300000, 0)
    debtor = DebtorFacts(0, "示例客户", payday=context.payday)
    return CaseFacts(0, CaseState.ACTIVE, portfolio, debtor, context.currency, now, (debt,))
