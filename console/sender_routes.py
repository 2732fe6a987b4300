"""Senders' health: what waits, what came of the last day, what stands still and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.store.portfolio_desk import Row
from console.alarms import alarm_view
from console.guard import needs
from console.moments import moment
from console.parts import ConsoleParts
from console.words import t

_ZONE = "Asia/Shanghai"

#: A rate that is used up further ahead than this is a pause the carrier asked for.
_HELD = timedelta(seconds=10)

_GOOD = frozenset({"delivered"})
_UNDER_WAY = frozenset({"sending", "accepted", "sent"})


def add_sender_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/senders`."""

    @pages.get("/senders")
    @needs(Right.OPERATE)
    def senders() -> str:
        now = parts.clock.real()
        with parts.operations.views() as views:
            rows = views.senders(
                live=parts.clock.now(livemode=True), test=parts.clock.now(livemode=False)
            )
            attempts, alarms = views.attempts(now=now), views.alarms()
        return render_template(
            "console/senders.html",
            senders=[_sender(row, attempts, now) for row in rows],
            alarms=[alarm_view(row, now) for row in alarms],
        )

    @pages.post("/senders/<code>")
    @needs(Right.OPERATE)
    def sender_start(code: str) -> AnyResponse:
        started = parts.operations.portfolios.start_sender(code, g.person.collector_id)
        flash(t("sender.started" if started else "sender.ran"), "good" if started else "warn")
        return redirect(url_for("console.senders"), 303)


def _sender(row: Row, attempts: Iterable[Row], now: datetime) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    for each in attempts:
        if each["sender_id"] == row["id"]:
            counts[each["state"]] += each["n"]
    held = row["paced_to"] if row["paced_to"] and row["paced_to"] > now + _HELD else None
    return {
        **row,
        "state": "stopped" if row["stopped_reason"] else "held" if held else "works",
        "held": moment(held, _ZONE, now) if held else None,
        "stopped": moment(row["stopped_at"], _ZONE, now) if row["stopped_at"] else None,
        "why": row["stopped_reason"].rpartition(" ")[2] if row["stopped_reason"] else "",
        "rate": f"{row['per_second']:g}",
        "calls": f"{row['calls_per_second']:g}",
        "next": moment(row["next_due"], _ZONE, now) if row["next_due"] else None,
        "attempts": sum(counts.values()),
        "delivered": sum(counts[state] for state in _GOOD),
        "under_way": sum(counts[state] for state in _UNDER_WAY),
        "unknown": counts["unknown"],
        "failed": counts["failed"] + counts["undelivered"] + counts["refused"],
    }
