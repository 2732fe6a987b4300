"""What is counted, one file per subject. Each is SQL that yields the columns of `COLUMNS`.

Values: `books` (portfolio ids of one zone and mode), `zone`, `day`, `since` and `until` (the day's
bounds as instants), `now`, `tiers` (JSON: cadence, key, from_day, to_day).
"""

from bot.store.figures.measures import (
    attempts,
    entries,
    handoffs,
    hours,
    money,
    people,
    promises,
    replies,
    spells,
    stock,
    verdicts,
)

COLUMNS = "portfolio_id, measure, tier, channel, script, detail, number, gap, currency, n, amount"

#: Counted again every few seconds for the day that runs.
QUICK = (
    attempts.SQL,
    hours.SQL,
    *people.SQL,
    people.DAYS,
    entries.SQL,
    promises.DUE,
    promises.MADE,
    replies.SQL,
    verdicts.HELD_BACK,
    verdicts.OUTSIDE,
    money.COLLECTED,
    money.RETURNED,
    handoffs.SQL,
)

#: Those that read every case, counted again every hour.
SLOW = (stock.SQL, money.CHARGED, spells.SQL)

__all__ = ["COLUMNS", "QUICK", "SLOW"]
