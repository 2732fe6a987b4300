"""What the rules held back, and that nothing went out past them."""

from __future__ import annotations

from bot.domain.figures.compliance import held_back, outside
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import d
from console.words import rule_word


def table(report: Report) -> Table:
    """Attempts outside a rule first: they must be 0."""
    beyond = outside(report.sums)
    lines = [
        Line((d("compliance.outside"), "", beyond, ""), "hot" if beyond else "good"),
        *(
            Line((_reason(rule.rule), rule.rule, rule.deferred, rule.denied))
            for rule in held_back(report.sums)
        ),
    ]
    return Table(
        "compliance",
        d("compliance"),
        [
            Column(d("compliance.what")),
            Column(d("compliance.rule")),
            Column(d("compliance.deferred"), Kind.COUNT, d("compliance.deferred.means")),
            Column(d("compliance.denied"), Kind.COUNT, d("compliance.denied.means")),
        ],
        lines,
        note=d("compliance.note"),
    )


def _reason(rule: str) -> str:
    """As the pack says it."""
    return rule_word(rule) or rule
