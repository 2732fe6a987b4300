"""Everything one case's page shows, read on one connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.facts import CaseFacts
from bot.domain.vocabulary import CaseState
from bot.flows.plan import decide_case
from bot.flows.playbook import Playbook, today_of
from bot.flows.ports.transactions import Clock
from bot.policy.rulebook import reason_zh
from bot.store.views import Row, TimelineItem, Views
from console.queue import deadline_words
from console.showing import day, instant, money
from console.story import Entry, Teller
from console.tiers import tier_label
from console.words import reason_word, word


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the case stands and what the bot will do next."""

    state: str
    state_label: str
    tier: str
    days: str
    next_touch: str
    why_none: str


@dataclass(frozen=True, slots=True)
class Held:
    """The hand-off that is open."""

    handoff_id: int
    reasons: tuple[str, ...]
    priority: int
    priority_label: str
    opened: str
    deadline: str
    overdue: bool
    collector_id: int | None
    collector: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """The page."""

    case: Row
    points: Sequence[Row]
    debts: Sequence[Row]
    owed: str
    standing: Standing
    handoff: Held | None
    promises: Sequence[Row]
    payments: Sequence[Row]
    days: Sequence[tuple[str, list[Entry]]]
    today: date


def view_case(
    views: Views, playbook: Playbook, clock: Clock, case_id: int, *, revealed: bool
) -> CaseView | None:
    """The page of a case; None when there is none. Names and numbers in full when `revealed`."""
    case = views.case(case_id, revealed=revealed)
    if case is None:
        return None
    now = clock.now(livemode=case["livemode"])
    facts = views.facts(case_id, now)
    today, items = today_of(facts, now), views.timeline(case_id)
    teller = Teller(case["currency"], case["zone"], today, reason_zh)
    return CaseView(
        case=case,
        points=views.contact_points(case["debtor_id"], revealed=revealed),
        debts=[_debt(row, case, today) for row in views.debts(case_id)],
        owed=money(facts.outstanding_minor, facts.currency),
        standing=_standing(views, facts, playbook, now, items, teller),
        handoff=_held(views.handoff_of(case_id), case, now, today),
        promises=[_promise(row, case, today) for row in views.promises(case_id)],
        payments=[_payment(row, case, today) for row in views.payments(case_id)],
        days=teller.by_day(teller.tell(items)),
        today=today,
    )


def _standing(
    views: Views,
    facts: CaseFacts,
    playbook: Playbook,
    now: datetime,
    items: Sequence[TimelineItem],
    teller: Teller,
) -> Standing:
    today = today_of(facts, now)
    decision = decide_case(facts, playbook, today)
    planned = views.next_touch(facts.case_id)
    why = "" if planned else _why_none(facts, decision.quiet, items, teller)
    return Standing(
        state=facts.state.value,
        state_label=word("state", facts.state),
        tier=tier_label(playbook, facts.portfolio.cadence, decision.tier),
        days=_days(facts.days_past_due(today)),
        next_touch=_planned(planned, facts.portfolio.zone, today) if planned else "",
        why_none=why,
    )


def _planned(touch: Row, zone: str, today: date) -> str:
    what = f"{word('purpose', touch['purpose'])} · {word('channel', touch['channel'])}"
    return f"{instant(touch['due_at'], zone, today)} {what}"


def _why_none(
    facts: CaseFacts, quiet: str | None, items: Sequence[TimelineItem], teller: Teller
) -> str:
    """The cadence's reason, or the rule that refused what the cadence wanted."""
    if quiet is not None:
        text = word("quiet", quiet)
        promise = facts.open_promise
        if promise and facts.state is CaseState.PROMISED:
            text += f"（{day(promise.due_on, teller.today)}）"
        return text
    latest = next((i for i in items if i.kind == "verdict" and i.data["stage"] == "plan"), None)
    if latest is not None and latest.data["outcome"] == "deny":
        return f"合规不允许：{teller.reason(latest.data['rule']) or latest.data['rule']}"
    return word("quiet", "looked_soon")


def _days(dpd: int | None) -> str:
    if dpd is None:
        return "—"
    if dpd == 0:
        return "今天到期"
    return f"{dpd}天" if dpd > 0 else f"未到期，还有{-dpd}天"


def _held(row: Row | None, case: Row, now: datetime, today: date) -> Held | None:
    if row is None:
        return None
    claimed = row["state"] == "claimed"
    return Held(
        handoff_id=row["id"],
        reasons=tuple(map(reason_word, row["reasons"] or [row["reason"]])),
        priority=row["priority"],
        priority_label=word("priority", row["priority"]),
        opened=instant(row["opened_at"], case["zone"], today),
        deadline="" if claimed else deadline_words(row["due_at"], now),
        overdue=not claimed and row["due_at"] < now,
        collector_id=row["claimed_by"],
        collector=row["collector"] or "",
    )


def _debt(row: Row, case: Row, today: date) -> Row:
    currency, open_still = case["currency"], not row["settled_by"]
    late = (today - row["due_on"]).days
    return {
        "name": row["contract"],
        "ref": _ref(row),
        "due": day(row["due_on"], today),
        "late": late if late > 0 and row["owed_minor"] and open_still else 0,
        "amount": money(row["amount_minor"], currency),
        "paid": money(row["paid_minor"], currency),
        "owed": money(row["owed_minor"], currency),
        "settled": not open_still or not row["owed_minor"],
    }


def _ref(row: Row) -> str:
    """`第3期`, an invoice's number, or nothing when the contract has no parts."""
    if row["ref"] == row["contract"]:
        return ""
    return f"第{row['ref']}期" if row["ref"].isdecimal() else str(row["ref"])


def _promise(row: Row, case: Row, today: date) -> Row:
    return {
        "due": day(row["due_on"], today),
        "amount": money(row["amount_minor"], case["currency"]),
        "paid": money(row["paid_minor"], case["currency"]) if row["paid_minor"] else "",
        "state": row["state"],
        "label": word("promise_state", row["state"]),
    }


def _payment(row: Row, case: Row, today: date) -> Row:
    return {
        "at": instant(row["paid_at"], case["zone"], today),
        "amount": money(row["amount_minor"], row["currency"]),
        "provider": word("provider", row["provider"]),
        "credit": money(row["credit_minor"], row["currency"]) if row["credit_minor"] else "",
    }
