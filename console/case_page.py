"""Everything one case's page shows. However long its story, it takes the same statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.facts import CaseFacts
from bot.domain.money import plain
from bot.domain.verdict import Verdict
from bot.flows.playbook import today_of
from bot.flows.writing import Outlook
from bot.store.story_views import StoryViews
from bot.store.views import Row
from console.parts import ConsoleParts
from console.queue import deadline_words
from console.showing import day, instant, money
from console.standing import Stander, Standing
from console.story_page import StoryAsked, Told, tell
from console.suggesting import Suggestion, suggest
from console.words import reason_word, rule_word, t, word


@dataclass(frozen=True, slots=True)
class Held:
    """The hand-off that is open."""

    handoff_id: int
    reasons: tuple[str, ...]
    priority: int
    priority_label: str
    opened: str
    deadline: str
    deadline_at: str
    overdue: bool
    collector_id: int | None
    collector: str
    meant_for: int | None
    aside: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """The page."""

    case: Row
    points: Sequence[Row]
    debts: Sequence[Row]
    books: Sequence[Row]
    owed: str
    owed_plain: str
    standing: Standing
    handoff: Held | None
    promises: Sequence[Row]
    payments: Sequence[Row]
    asked_payment: Row | None
    story: Told
    version: str
    today: date
    outlook: Outlook
    dial: Verdict | None  #: what the gate says of a call now; None: no number to call
    suggestions: Sequence[Suggestion]


def view_case(
    parts: ConsoleParts, case_id: int, asked: StoryAsked, *, revealed: bool
) -> CaseView | None:
    """The page of a case; None when there is none. Names and numbers in full when `revealed`."""
    with parts.read() as views, parts.work.read_story() as stories:
        case = views.case(case_id, revealed=revealed)
        if case is None:
            return None
        now = parts.clock.now(livemode=case["livemode"])
        facts = views.facts(case_id, now)
        today = today_of(facts, now)
        stander = Stander(facts, parts.playbook, now, rule_word)
        return CaseView(
            case=case,
            points=views.contact_points(case["debtor_id"], revealed=revealed),
            debts=[_debt(row, case, today) for row in views.debts(case_id)],
            books=[_entry(row, case, today) for row in stories.entries(case_id)],
            owed=money(facts.outstanding_minor, facts.currency),
            owed_plain=plain(facts.outstanding_minor, facts.currency),
            standing=stander.standing(
                views.next_touch(case_id),
                stories.paused_until(case_id),
                stories.held_back(case_id),
            ),
            handoff=_held(views.handoff_of(case_id), case, now, today),
            promises=[_promise(row, case, today) for row in views.promises(case_id)],
            payments=[_payment(row, case, today) for row in views.payments(case_id)],
            asked_payment=_asked(stories.asked_payment(case_id), case, today),
            story=tell(stories, case, today, asked),
            version=stories.version(case_id),
            today=today,
            outlook=parts.work.writing.outlook(facts, now),
            dial=parts.work.dialing.outlook(facts, now),
            suggestions=_suggestions(parts, stories, facts, now),
        )


def _suggestions(
    parts: ConsoleParts, stories: StoryViews, facts: CaseFacts, now: datetime
) -> list[Suggestion]:
    reply = stories.latest_reply(facts.case_id)
    intents = (reply["understanding"] or {}).get("intents", ()) if reply else ()
    return suggest(facts, intents, parts.playbook, parts.work.writing, now)


def _asked(row: Row | None, case: Row, today: date) -> Row | None:
    """Money that waits for a second person."""
    if row is None:
        return None
    sum_ = money(row["amount_minor"], case["currency"])
    return {**row, "amount": sum_, "paid_on": day(row["paid_on"], today)}


def _entry(row: Row, case: Row, today: date) -> Row:
    """One transfer of the books: what it was, which debt, how it moved what is owed."""
    owed = {"debt", "debt_interest", "debt_fee"}
    more = row["debit"] in owed and row["credit"] not in owed
    less = row["credit"] in owed and row["debit"] not in owed
    return {
        "at": instant(row["at"], case["zone"], today),
        "kind": word("entry_kind", row["kind"]),
        "debt": row["contract"] or "",
        "amount": money(row["amount_minor"], row["currency"]),
        "sign": "+" if more else "−" if less else "",
    }


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
        deadline_at=instant(row["due_at"], case["zone"], today),
        overdue=not claimed and row["due_at"] < now,
        collector_id=row["claimed_by"],
        collector=row["collector"] or "",
        meant_for=row["assigned_to"],
        aside=instant(row["aside_until"], case["zone"], today) if row["aside_until"] else "",
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
    """The instalment, an invoice's number, or nothing when the contract has no parts."""
    if row["ref"] == row["contract"]:
        return ""
    return t("case.instalment", ref=row["ref"]) if row["ref"].isdecimal() else str(row["ref"])


def _promise(row: Row, case: Row, today: date) -> Row:
    return {
        "due": day(row["due_on"], today),
        "amount": money(row["amount_minor"], case["currency"]),
        "paid": money(row["paid_minor"], case["currency"]) if row["paid_minor"] else "",
        "state": row["state"],
        "label": word("promise_state", row["state"]),
    }


def _payment(row: Row, case: Row, today: date) -> Row:
    back = row["refunded_minor"] + row["charged_back_minor"]
    return {
        "at": instant(row["paid_at"], case["zone"], today),
        "amount": money(row["amount_minor"], row["currency"]),
        "provider": word("provider", row["provider"]),
        "credit": money(row["credit_minor"], row["currency"]) if row["credit_minor"] else "",
        "back": money(back, row["currency"]) if back else "",
        "undone": money(row["undone_minor"], row["currency"]) if row["undone_minor"] else "",
    }
