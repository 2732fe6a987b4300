"""From hits to intents: what counts, what gives way, who comes first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.domain.understanding.lexicon import Lexicon
from bot.domain.understanding.promises import day_of
from bot.domain.understanding.reading import Reading
from bot.domain.understanding.rules import SOFT, WEAK, Hit
from bot.domain.understanding.values import Context

_FOR_GOOD = re.compile("(?:^|[,。!?])(?:以后|今后|从今|再也|永远)")
HARMFUL = ("opt_out", "wrong_person", "deceased", "complaint", "dispute", "refuse")


@dataclass(frozen=True, slots=True)
class Choice:
    """names: intents, primary first. hits: those that support them. weight: of the primary.
    dated: a promise date was given."""

    names: tuple[str, ...]
    hits: tuple[Hit, ...]
    weights: dict[str, float]
    inferred: bool = False


def choose(reading: Reading, context: Context, now: datetime, lexicon: Lexicon) -> Choice:
    """Settle which intents a reply carries and their order."""
    hits = _calls_not_stops(reading, list(reading.hits))
    weights: dict[str, float] = {"call_later": 0.75} if len(hits) < len(reading.hits) else {}
    for hit in hits:
        weights[hit.rule.label] = max(weights.get(hit.rule.label, 0), hit.rule.weight)
    inferred = _infer(weights, reading, context, now, lexicon)
    _give_way(weights, reading, hits, now)
    _drop_soft(weights)
    if all(weight < SOFT for weight in weights.values()):
        _guess(weights, reading, lexicon)
    names = sorted(weights, key=lambda name: lexicon.rank[name])
    names = _promote(names, weights, reading, hits, now)
    kept = tuple(h for h in hits if h.rule.label in weights)
    return Choice(tuple(names) or ("other",), kept, weights, inferred)


def _calls_not_stops(reading: Reading, hits: list[Hit]) -> list[Hit]:
    """中午别打, 现在别打我在开车: a time not to call is no opt-out."""
    timed = [d.found for d in reading.dates if d.role == "avoid"]
    if not timed:
        return hits
    out = []
    for hit in hits:
        near = any(0 <= hit.start - f.end <= 3 or f.start <= hit.start < f.end for f in timed)
        limited = hit.rule.label == "opt_out" and near and not _FOR_GOOD.search(reading.text)
        if not limited:
            out.append(hit)
    return out


def _infer(weights: dict[str, float], reading: Reading, context: Context, now: datetime, lexicon: Lexicon) -> bool:
    """A promise or a call that only its date tells (25号, 明天可以吗, 三点以后)."""
    paying = [d for d in reading.role("pay") if "past" not in d.found.tags]
    if paying and any(day_of(d.found, now) or _wide_future(d.found, now) for d in paying):
        weights["promise_to_pay"] = max(weights.get("promise_to_pay", 0), 0.86)
    called = [d for d in reading.role("call") if d.found.place is not None and "past" not in d.found.tags]
    if called and not any(weights.get(n, 0) >= 0.9 for n in ("promise_to_pay", "already_paid")):
        weights["call_later"] = max(weights.get("call_later", 0), 0.8)
    strong = [name for name, weight in weights.items() if weight >= SOFT]
    if strong and not set(strong) <= {"hardship", "request_installment", "greeting_ack"}:
        return False
    free = [d for d in reading.dates if d.role == "" or (d.role == "event" and "payday" in d.found.tags)]
    if free and _nothing_else(reading, lexicon, strong):
        return _bare_date(weights, free[-1].found, context, now)
    if not reading.dates and reading.sums and _nothing_else(reading, lexicon, strong):
        if reading.sums[0].minor >= 1_000_000_00:
            return False
        weights["promise_to_pay"] = 0.8 if context.asked in ("promise_date", "confirm_promise") else 0.55
        return True
    return False


def _bare_date(weights: dict[str, float], found: object, context: Context, now: datetime) -> bool:
    tags: frozenset[str] = found.tags  # type: ignore[attr-defined]
    asked = context.asked in ("promise_date", "confirm_promise", "either_or")
    if "past" in tags or "now" in tags:
        return False
    if "timeonly" in tags and not asked:
        weights["call_later"] = 0.6
    else:
        weights["promise_to_pay"] = 0.92 if asked else 0.75
    return True


def _wide_future(found: object, now: datetime) -> bool:
    place = found.place  # type: ignore[attr-defined]
    return place is None or place.end > now


def _nothing_else(reading: Reading, lexicon: Lexicon, strong: list[str]) -> bool:
    """Whether what is left beside dates, sums, portions and the intents read says nothing."""
    marks = [True] * len(reading.text)
    told = [h for h in reading.hits if h.rule.label in strong]
    for span in (*(d.found for d in reading.dates), *reading.sums, *reading.shares, *told):
        for at in range(span.start, span.end):
            marks[at] = False
    left = "".join(c for c, keep in zip(reading.text, marks, strict=True) if keep)
    return bool(lexicon.verbs.filler_only.fullmatch(lexicon.verbs.correction.sub("", left)))


def _give_way(weights: dict[str, float], reading: Reading, hits: list[Hit], now: datetime) -> None:
    """Readings that cannot stand beside another: harm first."""
    if any(h.rule.carries.get("flag") == "self_harm" for h in hits):
        for name in ("refuse", "promise_to_pay", "deceased", "opt_out", "call_later"):
            weights.pop(name, None)
        return
    if "deceased" in weights and _mourner(reading, weights):
        weights["hardship"] = max(weights.get("hardship", 0), 0.8)
        del weights["deceased"]
    if "deceased" in weights or "wrong_person" in weights:
        for name in ("promise_to_pay", "hardship", "already_paid", "request_link", "refuse"):
            weights.pop(name, None)
    if "wrong_person" in weights and "dispute" in weights and weights["dispute"] <= weights["wrong_person"]:
        kinds = {h.rule.carries.get("kind") for h in hits if h.rule.label == "dispute"}
        if kinds <= {"not_mine"}:
            weights.pop("dispute")
    if "wrong_person" in weights or "deceased" in weights:
        weights.pop("question", None)
    asks = {h.rule.carries.get("ask") for h in hits if h.rule.label == "question" and h.rule.weight >= WEAK}
    if asks & {"due_date", "amount", "consequences"} and not _firm(reading, now):
        weights.pop("promise_to_pay", None)
    if reading.role("recurring") and not _firm(reading, now):
        weights["request_installment"] = max(weights.get("request_installment", 0), 0.8)
        weights.pop("promise_to_pay", None)
    if weights.get("refuse", 0) >= SOFT:
        weights.pop("promise_to_pay", None)
    if "already_paid" in weights and "promise_to_pay" in weights and not reading.role("pay"):
        weights.pop("promise_to_pay")
    if weights.get("call_later", 1) < 0.75 and "promise_to_pay" in weights and _firm(reading, now):
        weights.pop("call_later")
    if weights.get("promise_to_pay", 1) < 0.82 and ({"request_installment", "request_link"} & set(weights)):
        if not any(day_of(d.found, now) for d in reading.role("pay", "")):
            weights.pop("promise_to_pay")
    if "complaint" in weights:
        weights.pop("greeting_ack", None)


def _firm(reading: Reading, now: datetime) -> bool:
    """Whether a day to pay on was given, more than 马上 or 现在."""
    return any(day_of(d.found, now) and not d.found.tags & {"soon", "now"} for d in reading.role("pay", ""))


def _mourner(reading: Reading, weights: dict[str, float]) -> bool:
    """A relative of the debtor died and the debtor writes: 我妈去世了, 月底还."""
    text = reading.text
    own = "我" in text and any(word in text for word in ("我妈", "我爸", "我父", "我母", "我爷", "我奶", "我外", "我岳", "我家", "家里", "我老", "我公", "我婆"))
    speaks = "promise_to_pay" in weights or "hardship" in weights or any(w in text for w in ("丧事", "葬", "办后事", "守孝", "奔丧"))
    return own and speaks


_SURE_ENOUGH = {"promise_to_pay": 0.4, "deceased": 0.6, "wrong_person": 0.4, "opt_out": 0.4, "already_paid": 0.4}
"""Probability a guess needs, 0.3 for intents not named; what stops or starts most needs most."""
GUESS_WORTH = 0.6
"""A guess's probability is discounted to this: below the threshold at which the bot acts unasked."""


def _guess(weights: dict[str, float], reading: Reading, lexicon: Lexicon) -> None:
    """Where the grammar found nothing, what replies like this one meant. Never a promise unless a
    day or a sum was read, never a guess on a text of next to nothing."""
    if sum("\u4e00" <= char <= "\u9fff" for char in reading.text) < 2:
        return
    name, chance = lexicon.fallback.guess(reading.text)
    if name == "promise_to_pay" and not (reading.role("pay", "") or reading.sums):
        return
    if name != "other" and chance >= _SURE_ENOUGH.get(name, 0.3):
        weights.clear()
        weights[name] = round(chance * GUESS_WORTH, 2)


def _drop_soft(weights: dict[str, float]) -> None:
    strong = {name for name, weight in weights.items() if weight >= SOFT}
    if strong:
        for name in list(weights):
            if name not in strong:
                del weights[name]
    elif len(weights) > 1 and "greeting_ack" in weights:
        del weights["greeting_ack"]


def _promote(names: list[str], weights: dict[str, float], reading: Reading, hits: list[Hit], now: datetime) -> list[str]:
    """Exceptions to the plain order of intents."""
    dated = any(day_of(d.found, now) for d in reading.role("pay", "")) and "promise_to_pay" in weights
    firm = dated and _firm(reading, now)
    if any(h.rule.carries.get("flag") == "self_harm" for h in hits):
        return _first(names, "request_human")
    if "promise_to_pay" not in names:
        return names
    harmful = any(name in weights for name in HARMFUL)
    if "already_paid" in names and firm and not harmful:
        names = _first(names, "promise_to_pay")
    if "request_installment" in names and not firm and not harmful:
        names = _first(names, "request_installment")
    elif "request_installment" in names and reading.role("recurring"):
        names = _first(names, "request_installment")
    if "request_link" in names and not firm and not harmful:
        names = _first(names, "request_link")
    if "hardship" in names and not dated and weights["hardship"] >= weights["promise_to_pay"] and names[0] == "promise_to_pay":
        names = _first(names, "hardship")
    return names


def _first(names: list[str], name: str) -> list[str]:
    return [name, *(n for n in names if n != name)]
