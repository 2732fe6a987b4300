"""The dashboard's tables in the order of the page, one file each."""

from collections.abc import Callable, Mapping

from console.dashboard.report import Report
from console.dashboard.sections import (
    channels,
    compliance,
    cost,
    funnel,
    handoffs,
    hours,
    promises,
    rates,
    replies,
    scripts,
    tiers,
    trends,
)
from console.dashboard.table import Table

#: By the key that addresses name.
SECTIONS: Mapping[str, Callable[[Report], Table]] = {
    "funnel": funnel.table,
    "promises": promises.table,
    "tiers": tiers.table,
    "channels": channels.table,
    "replies": replies.table,
    "hours": hours.table,
    "scripts": scripts.table,
    "handoffs": handoffs.table,
    "compliance": compliance.table,
    "cost": cost.table,
    "days": trends.table,
    "rates": rates.table,
}

__all__ = ["SECTIONS"]
