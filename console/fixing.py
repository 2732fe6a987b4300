"""The control that corrects a reading, and how a correction is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

import yaml

from bot.domain.correction import FURTHEST, bare
from bot.domain.money import plain
from bot.domain.understanding import Intent
from bot.flows.playbook import zone_of
from bot.store.views import Row, TimelineItem
from console.showing import day, instant, money
from console.words import t, word


@dataclass(frozen=True, slots=True)
class Fix:
    """What the control beside one reply offers, filled with the reading as it stands."""

    reply_id: int
    seen: int
    quick: tuple[str, ...]
    intents: tuple[str, ...]
    promise_date: str
    amount: str
    callback: str
    first_day: str
    last_day: str
    corrected: bool


@cache
def confusions() -> Mapping[str, list[str]]:
    """Primary intent → the readings it is mostly taken for by mistake."""
    loaded: Mapping[str, list[str]] = yaml.safe_load(
        files("console").joinpath("confusions.yaml").read_text("utf-8")
    )
    return loaded


def standing(item: TimelineItem) -> Row:
    """The reading of a reply as it stands: the engine's, with what a collector put right."""
    read, correction = item.data["understanding"] or {}, item.data["correction"]
    if not correction:
        return read
    return {**read, **correction["after"], "confidence": None}


def fix_of(item: TimelineItem, currency: str, zone: str) -> Fix | None:
    """The control of a reply; None while it is still being read."""
    if item.data["state"] != "handled":
        return None
    read, correction = standing(item), item.data["correction"]
    intents = tuple(read.get("intents", []))
    first = item.at.astimezone(zone_of(zone)).date()
    amount, callback = read.get("promise_amount_minor"), read.get("callback_start")
    return Fix(
        reply_id=item.id,
        seen=correction["id"] if correction else 0,
        quick=tuple(confusions().get(intents[0] if intents else Intent.other, [])),
        intents=intents,
        promise_date=read.get("promise_date") or "",
        amount=plain(amount, currency) if amount else "",
        callback=_local(callback, zone) if callback else "",
        first_day=first.isoformat(),
        last_day=(first + FURTHEST).isoformat(),
        corrected=bool(correction),
    )


def told(item: TimelineItem, currency: str, zone: str, today: date) -> list[str]:
    """`已改正：承诺还款 → 还款困难`, by whom and when; nothing without a correction."""
    correction = item.data["correction"]
    if not correction:
        return []
    was, now = bare(item.data["understanding"] or {}), bare(correction["after"])
    changes = [
        f"{t(name) if name else ''} {before or t('fix.nothing')} → {after or t('fix.nothing')}".strip()
        for name, before, after in zip(
            ("", "fix.date", "fix.amount", "fix.callback"),
            _shown(was, currency, zone, today),
            _shown(now, currency, zone, today),
            strict=True,
        )
        if before != after
    ]
    signed = {"who": correction["by"], "at": instant(correction["at"], zone, today)}
    if not changes:
        return [t("fix.taken_back", **signed)]
    return [t("fix.corrected", changes=t("list.semicolon").join(changes), **signed)]


def _shown(reading: Row, currency: str, zone: str, today: date) -> tuple[str, ...]:
    on, sum_, callback = (
        reading[name] for name in ("promise_date", "promise_amount_minor", "callback_start")
    )
    return (
        t("list.comma").join(word("intent", intent) for intent in reading["intents"]),
        day(on, today) if on else "",
        money(sum_, currency) if sum_ else "",
        instant(callback, zone, today) if callback else "",
    )


def _local(text: str, zone: str) -> str:
    """`2026-03-11T15:00`, as a form's field wants it."""
    at = datetime.fromisoformat(text).astimezone(zone_of(zone))
    return f"{at:%Y-%m-%dT%H:%M}"
