"""Which readings cannot stand beside which: harm first, then what was really asked."""

from __future__ import annotations

import re
from datetime import datetime

from bot.domain.understanding.lexicon import Verbs
from bot.domain.understanding.paying_day import firm_day, some_day
from bot.domain.understanding.pieces import Found
from bot.domain.understanding.reading import Reading
from bot.domain.understanding.rules import SOFT, WEAK, Hit

SELF_HARM = "self_harm"
_NEAR = 3
_REAL_QUESTION = 0.7
_BUSY_ONLY, _VAGUE_PROMISE, _FIRST_PART = 0.75, 0.86, 0.8

Weights = dict[str, float]


def flagged(hits: list[Hit], flag: str) -> bool:
    """Whether a hit carries the flag."""
    return flag in [hit.rule.carries["flag"] for hit in hits if "flag" in hit.rule.carries]


def times_not_to_call(reading: Reading, for_good: re.Pattern[str]) -> list[Hit]:
    """The hits without opt-outs that only name a time: 中午别打, 现在别打我在开车."""
    timed = [d.found for d in reading.dates if d.role == "avoid"]
    if not timed or for_good.search(reading.text):
        return list(reading.hits)
    return [h for h in reading.hits if not (_once(h, reading.text) and _beside(h, timed))]


def _once(hit: Hit, text: str) -> bool:
    """A stop that may be for one time only; 别再 is for good."""
    return hit.rule.label == "opt_out" and "再" not in text[hit.start : hit.end]


def _beside(hit: Hit, timed: list[Found]) -> bool:
    spans = [(found.start, found.end) for found in timed]
    return any(0 <= hit.start - end <= _NEAR or start <= hit.start < end for start, end in spans)


def give_way(
    weights: Weights, reading: Reading, hits: list[Hit], now: datetime, verbs: Verbs
) -> None:
    """Take out of `weights` what another reading rules out."""
    if flagged(hits, SELF_HARM):
        _drop(weights, "refuse", "promise_to_pay", "deceased", "opt_out", "call_later")
        return
    _mourning(weights, reading, verbs)
    _not_the_debtor(weights, hits)
    _no_promise(weights, reading, hits, now)
    _asks_rather(weights, reading, now)
    if "complaint" in weights:
        _drop(weights, "greeting_ack")
    if weights.get("question", 0) < _REAL_QUESTION and any(
        w >= WEAK for n, w in weights.items() if n != "question"
    ):
        _drop(weights, "question")


def _drop(weights: Weights, *names: str) -> None:
    for name in names:
        weights.pop(name, None)


def _mourning(weights: Weights, reading: Reading, verbs: Verbs) -> None:
    """A relative of the debtor died and the debtor writes: 我妈去世了, 月底还."""
    if "deceased" not in weights or not verbs.own_kin.search(reading.text):
        return
    if {"promise_to_pay", "hardship"} & set(weights) or verbs.mourning.search(reading.text):
        weights["hardship"] = max(weights.get("hardship", 0), 0.8)
        del weights["deceased"]


def _not_the_debtor(weights: Weights, hits: list[Hit]) -> None:
    """Whoever is not the debtor cannot promise for them, nor dispute their debt."""
    if "deceased" in weights or "wrong_person" in weights:
        _drop(
            weights,
            "promise_to_pay",
            "hardship",
            "already_paid",
            "request_link",
            "refuse",
            "question",
        )
    if weights.get("wrong_person", 0) >= weights.get("dispute", 1):
        kinds = {h.rule.carries.get("kind") for h in hits if h.rule.label == "dispute"}
        if kinds == {"not_mine"}:
            _drop(weights, "dispute")


def _no_promise(weights: Weights, reading: Reading, hits: list[Hit], now: datetime) -> None:
    """A refusal, a payment already made, a question or a plan is no promise."""
    if weights.get("refuse", 0) >= SOFT:
        _drop(weights, "promise_to_pay")
    ahead = [d for d in reading.role("pay") if d.found.place and d.found.place.end > now]
    if "already_paid" in weights and not ahead:
        _drop(weights, "promise_to_pay")
    if firm_day(reading, now):
        return
    if "dispute" in weights and weights.get("promise_to_pay", 0) < WEAK:
        _drop(weights, "promise_to_pay")
    firm = [h for h in hits if h.rule.label == "question" and h.rule.weight >= WEAK]
    if {h.rule.carries.get("ask") for h in firm} & {"due_date", "amount", "consequences"}:
        _drop(weights, "promise_to_pay")
    beside = weights.get("promise_to_pay", 0) >= 0.8 and len(reading.sums) > 1  # 先还1000, 每月500
    if reading.role("recurring") and not beside:
        weights["request_installment"] = max(weights.get("request_installment", 0), 0.8)
        _drop(weights, "promise_to_pay")


def _asks_rather(weights: Weights, reading: Reading, now: datetime) -> None:
    """A busy debtor with a day has promised; a vague promise beside a request is the request."""
    if "promise_to_pay" not in weights:
        return
    if weights.get("call_later", 1) < _BUSY_ONLY and firm_day(reading, now):
        _drop(weights, "call_later")
    requested = "request_installment" in weights or "request_link" in weights
    limit = _FIRST_PART if reading.sums else _VAGUE_PROMISE
    if requested and weights["promise_to_pay"] < limit and not some_day(reading, now):
        _drop(weights, "promise_to_pay")
