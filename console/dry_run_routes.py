"""What a portfolio would send on a day, before it is switched on: the planner's own dry run."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from flask import Blueprint, Response, g, render_template, request

from bot.domain.rights import Right
from bot.flows.dry_run import DryTouch
from bot.flows.playbook import zone_of
from bot.flows.ports.planning import NewTouch
from console.guard import needs
from console.own_books import own_book
from console.parts import ConsoleParts
from console.spreadsheets import csv_file
from console.tiers import tier_label
from console.words import reason_word, rule_word, t, word

#: Lines looked at for a page; the command line has no limit.
MOST_LINES = 4000

#: Touches shown; the figures above count all that were looked at.
SHOWN = 200

_COLUMNS = (
    "case",
    "tier",
    "channel",
    "phone",
    "due",
    "verdict",
    "rule",
    "reason",
    "script",
    "segments",
    "text",
)


def add_dry_run_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/portfolios/<code>/plan`."""

    @pages.get("/portfolios/<code>/plan")
    @needs(Right.OPERATE)
    def dry_run(code: str) -> str | Response:
        book = own_book(parts, code, Right.OPERATE)
        now = parts.clock.now(livemode=book["livemode"])
        today = now.astimezone(zone_of(book["zone"])).date()
        on = _day(request.args.get("on")) or today
        lines = list(islice(parts.operations.dry_run.run(code, on), MOST_LINES + 1))
        cut = len(lines) > MOST_LINES
        told = [_line(parts, line, book) for line in lines[:MOST_LINES]]
        parts.operations.halts.looked(g.person.collector_id, "dry_run", {"portfolio": code})
        if request.args.get("form") == "csv":
            header = [t(f"dry.{name}") for name in _COLUMNS]
            rows = ([row[name] for name in _COLUMNS] for row in told if row["touch"])
            return csv_file(f"plan-{code}-{on}.csv", header, rows)
        return render_template("console/dry_run.html", book=book, **_shown(told, on, today, cut))


def _shown(told: list[dict[str, Any]], on: date, today: date, cut: bool) -> dict[str, Any]:
    wanted = request.args.get("verdict", "")
    touches = [row for row in told if row["touch"]]
    verdicts = Counter((row["outcome"], row["verdict"]) for row in touches)
    return {
        "on": on,
        "today": today,
        "days": [on - timedelta(days=1), on + timedelta(days=1)],
        "cut": cut,
        "most": MOST_LINES,
        "cases": len({row["case"] for row in told}),
        "touches": len(touches),
        "segments": sum(row["segments"] for row in touches if row["outcome"] != "deny"),
        "verdicts": verdicts.most_common(),
        "wanted": wanted,
        "rows": [row for row in touches if wanted in ("", row["outcome"])][:SHOWN],
        "shown": SHOWN,
        "quiet": Counter(row["why"] for row in told if not row["touch"]).most_common(),
        "rules": Counter(
            (row["rule"], row["reason"]) for row in touches if row["outcome"] != "allow"
        ).most_common(),
    }


def _line(parts: ConsoleParts, line: DryTouch, book: dict[str, Any]) -> dict[str, Any]:
    case_id = line.facts.case_id
    tier = tier_label(parts.playbook, book["cadence"], line.tier)
    if line.touch is None:
        why = word("quiet", line.quiet) if line.quiet else ""
        if line.handoff:
            why = t("dry.handed_off", reason=reason_word(line.handoff))
        return {"touch": False, "case": case_id, "tier": tier, "why": why or t("dry.nothing")}
    return {"touch": True, "case": case_id, "tier": tier, **_touch(line, line.touch, book["zone"])}


def _touch(line: DryTouch, touch: NewTouch, zone: str) -> dict[str, Any]:
    verdict, proposal = touch.verdict, touch.proposal
    due: datetime = touch.due_at.astimezone(zone_of(zone))
    return {
        "channel": word("channel", proposal.channel.value),
        "purpose": word("purpose", proposal.purpose.value),
        "phone": line.phone,
        "due": f"{due:%H:%M}",
        "outcome": verdict.outcome.value,
        "verdict": word("dry_outcome", verdict.outcome.value),
        "rule": verdict.rule or "",
        "reason": rule_word(verdict.rule) if verdict.rule else "",
        "script": proposal.script,
        "segments": touch.segments,
        "text": line.text,
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
