"""Standing alarms in words: what it is, and the figure or code that was kept with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.policy.alerts import alarm_figure
from console.moments import moment
from console.words import word

_ZONE = "Asia/Shanghai"


def alarm_view(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What stands, what to do, and since when; never the English of the log."""
    detail = alarm_figure(row["kind"], row["message"])
    subject = row.get("sender") or row["subject"]
    return {
        "kind": row["kind"],
        "what": word("alarm", row["kind"]),
        "message": word("alarm_detail", row["kind"]).format(detail=detail, subject=subject),
        "remedy": word("alarm_remedy", row["kind"]),
        "since": moment(row["at"], _ZONE, now),
    }
