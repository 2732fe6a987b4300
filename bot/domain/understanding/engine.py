"""understand(): normalise, find days and sums, settle the intents, put them together."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from bot.domain.understanding.lexicon import Lexicon
from bot.domain.understanding.values import Context, Intent, Understanding

_DAY = {"今天": 0, "明天": 1, "后天": 2, "大后天": 3}


def _first_day(text: str, today: date) -> date | None:
    for word in ("大后天", "后天", "明天", "今天"):
        if word in text:
            return today + timedelta(days=_DAY[word])
    if match := re.search(r"(?<!\d)(\d{1,2})[号日]", text):
        for ahead in range(62):
            day = today + timedelta(days=ahead)
            if day.day == int(match[1]):
                return day
    return None


def understand(text: str, context: Context, lexicon: Lexicon) -> Understanding:
    """Read one reply. Pure: the same text, context and lexicon give the same reading."""
    plain = text.translate(dict(lexicon.script)).lower().strip()
    action = context.offered.get(plain) or lexicon.keys.get(plain)
    if action in ("confirm", "correct"):
        return Understanding((Intent.promise_to_pay,), flags=frozenset({action}), confidence=0.95)
    if action:
        return Understanding((Intent(action),), confidence=0.97)
    hits = lexicon.book.settled(plain)
    names = sorted(
        {h.rule.label for h in hits if h.rule.label != "-"}, key=lexicon.rank.__getitem__
    )
    today = context.now.astimezone(context.zone).date()
    day = _first_day(plain, today) if "promise_to_pay" in names else None
    return Understanding(
        tuple(Intent(n) for n in names) or (Intent.other,),
        promise_date=day,
        asks_date="promise_to_pay" in names and day is None,
        confidence=max((h.rule.weight for h in hits), default=0.2),
    )


def local(context: Context) -> datetime:
    """The message's time in the portfolio's zone."""
    return context.now.astimezone(context.zone)
