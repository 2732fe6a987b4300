"""From hits to intents: what counts, what gives way, who comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.understanding.inference import bare_reply, told_by_dates
from bot.domain.understanding.lexicon import Lexicon
from bot.domain.understanding.paying_day import firm_day, some_day
from bot.domain.understanding.reading import Reading
from bot.domain.understanding.rules import SOFT, Hit
from bot.domain.understanding.values import Context
from bot.domain.understanding.yielding import SELF_HARM, flagged, give_way, times_not_to_call

HARMFUL = frozenset({"opt_out", "wrong_person", "deceased", "complaint", "dispute", "refuse"})
_A_TIME_NOT_TO_CALL = 0.75


@dataclass(frozen=True, slots=True)
class Choice:
    """names: intents, primary first. hits: those that support them. weights: intent -> 0..1."""

    names: tuple[str, ...]
    hits: tuple[Hit, ...]
    weights: Mapping[str, float]


def choose(reading: Reading, context: Context, now: datetime, lexicon: Lexicon) -> Choice:
    """Settle which intents a reply carries and their order."""
    hits = times_not_to_call(reading, lexicon.verbs.for_good)
    weights: dict[str, float] = {}
    if len(hits) < len(reading.hits):
        weights["call_later"] = _A_TIME_NOT_TO_CALL
    for hit in hits:
        weights[hit.rule.label] = max(weights.get(hit.rule.label, 0), hit.rule.weight)
    told_by_dates(weights, reading, now, lexicon.verbs)
    bare_reply(weights, reading, context, now, lexicon)
    give_way(weights, reading, hits, now, lexicon.verbs)
    _drop_soft(weights)
    names = sorted(weights, key=lexicon.rank.__getitem__)
    names = _promote(names, weights, reading, hits, now)
    kept = tuple(h for h in hits if h.rule.label in weights)
    return Choice(tuple(names) or ("other",), kept, weights)


def _drop_soft(weights: dict[str, float]) -> None:
    """Soft readings stand only where nothing firmer was said."""
    strong = {name for name, weight in weights.items() if weight >= SOFT}
    for name in list(weights):
        if (strong and name not in strong) or (
            name == "greeting_ack" and not strong and len(weights) > 1
        ):
            del weights[name]


def _promote(
    names: list[str], weights: Mapping[str, float], reading: Reading, hits: list[Hit], now: datetime
) -> list[str]:
    """Exceptions to the plain order of intents."""
    if flagged(hits, SELF_HARM):
        return _first(names, "request_human")
    if "promise_to_pay" not in names or HARMFUL & set(names):
        return names
    if firm_day(reading, now):
        if "already_paid" in names:
            return _first(names, "promise_to_pay")
        return _first(names, "request_installment") if reading.role("recurring") else names
    for name in ("request_installment", "request_link"):
        names = _first(names, name)
    if not some_day(reading, now) and weights.get("hardship", 0) >= weights["promise_to_pay"]:
        return _first(names, "hardship") if names[0] == "promise_to_pay" else names
    return names


def _first(names: list[str], name: str) -> list[str]:
    return [name, *(n for n in names if n != name)] if name in names else names
