"""Every rate of the field with its two numbers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.figures import (
    collect_days,
    complaints,
    contact,
    coverage,
    cure,
    keeping_word,
    promising,
    receivables,
    recovery,
    reply_rate,
    right_party,
)
from bot.domain.figures.ratio import Ratio
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import count, d, number, percent, sums

#: Those that stand on top of the page, in large letters.
HEAD = ("sms", "voice", "coverage", "rpc", "ptp", "kept", "recovery", "cure")


def shares(report: Report) -> dict[str, Ratio]:
    """By the key of their words."""
    counts, stock, asked = report.sums, report.stock, report.asked
    currency = report.currency
    return {
        "sms": contact.contact(counts, "sms"),
        "voice": contact.contact(counts, "voice"),
        "coverage": coverage.coverage(counts, stock),
        "per_day": coverage.per_day(counts),
        "per_week": coverage.per_week(counts, asked.days),
        "rpc": right_party.right_party(counts),
        "reply": reply_rate.reply_rate(counts),
        "ptp": promising.promising(counts),
        "kept": keeping_word.ended(counts, "kept"),
        "broken": keeping_word.ended(counts, "broken"),
        "recovery": recovery.recovery(counts, stock, currency),
        "cure": cure.cure(counts, stock),
        "self_cure": cure.cure(counts, stock, alone=True),
        "collect_days": collect_days.collect_days(counts, currency),
        **{kind: complaints.rate(counts, kind) for kind in complaints.KINDS},
        "dso": receivables.sales_outstanding(counts, stock, currency, asked.days),
        "cei": receivables.effectiveness(counts, stock, currency),
    }


_AS_NUMBER = frozenset({"per_day", "per_week", "collect_days", "dso"})
_OF_MONEY = frozenset({"recovery", "cei"})
_MONEY_DAYS = frozenset({"collect_days", "dso"})  #: the numerator is a sum times days


def shown(key: str, share: Ratio, currency: str) -> tuple[str, str, str]:
    """Value, numerator and denominator in words."""
    value = number(share) if key in _AS_NUMBER else percent(share)
    if key in _MONEY_DAYS:
        part, whole = sums(share, currency)
        return value, d("money_days", money=part), whole
    if key in _OF_MONEY:
        return value, *sums(share, currency)
    return value, count(share.part), count(share.whole)


def head(report: Report) -> Sequence[tuple[str, str, str, str, str]]:
    """(name, value, numerator, denominator, definition) of the large ones."""
    found = shares(report)
    return [
        (d(f"rate.{key}"), *shown(key, found[key], report.currency), d(f"means.{key}"))
        for key in HEAD
    ]


def table(report: Report) -> Table:
    """The table."""
    lines = []
    for key, share in shares(report).items():
        value, part, whole = shown(key, share, report.currency)
        meaning = d(f"means.{key}")
        lines.append(Line((d(f"rate.{key}"), part, whole, value, meaning), hint=meaning))
    return Table(
        "rates",
        d("rates"),
        [
            Column(d("rates.name")),
            Column(d("part"), Kind.COUNT),
            Column(d("whole"), Kind.COUNT),
            Column(d("value"), Kind.COUNT),
            Column(d("definition")),
        ],
        lines,
        note=d("rates.note"),
        wide=True,
    )
