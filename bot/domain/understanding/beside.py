"""What stands beside the primary intent: how sure a second one must be depends on what leads.

The words of the first intent are often those a second is told by: a day told in trouble (10号发工资没错, 可是)
looks like a promise, a sum to be settled (月底结清) like one that was paid, a stay in hospital that puts off
a call like want of money. Such a second intent needs more than one of its own words; a question after a payment
or a complaint needs less. Chosen on replies of files the weights were not taught, by what each line costs
and spares there: no line drops a true second intent to spare fewer than four false ones."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.domain.understanding.choice import Choice

_NEVER = 2.0
"""No chance is that high."""
_OWN = {
    "deceased": 0.4, "opt_out": 0.27, "wrong_person": 0.33, "complaint": 0.27, "dispute": 0.25, "refuse": 0.27,
    "already_paid": 0.5, "promise_to_pay": 0.33, "call_later": 0.45, "request_link": 0.4,
    "request_installment": 0.27, "question": 0.25,
}  # fmt: skip
"""The chance from which on an intent stands beside another; a grave one more than a question or a reason."""
_ELSE = 0.2
_UNSAID = 0.5
"""What a promise beside another intent needs that the grammar does not read."""
_AFTER: Mapping[str, Mapping[str, float]] = {
    # a sum cleared, a call after the payment: words of the promise itself
    "promise_to_pay": {"already_paid": 0.9, "call_later": 0.72},
    "question": {
        "promise_to_pay": 0.5, "hardship": 0.4, "already_paid": 0.7, "dispute": 0.4,
        "request_installment": 0.15,
    },
    # a day that brings the money or takes it away
    "hardship": {"promise_to_pay": 0.7},
    # the promise is refused, mocked or quoted
    "refuse": {"promise_to_pay": _NEVER, "question": 0.5},
    # the day is that of the call, the reason keeps the debtor from talking
    "call_later": {"promise_to_pay": 0.9, "hardship": 0.5},
    "already_paid": {"promise_to_pay": 0.9, "question": 0.23},
    # whether there is a link is the wish for one
    "request_link": {"question": 0.4},
    "complaint": {"question": 0.13},
    # what a stranger or a relative tells of the debtor
    "wrong_person": {"promise_to_pay": 0.85, "hardship": 0.5},
    "opt_out": {"already_paid": 0.33},
    "dispute": {"already_paid": 0.3, "hardship": 0.24},
}  # fmt: skip
"""What it needs beside the one named first."""
_UNSAID_AFTER: Mapping[tuple[str, str], float] = {
    ("promise_to_pay", "call_later"): 0.9,
    ("dispute", "hardship"): 0.4,
    ("request_installment", "promise_to_pay"): _NEVER,  # a plan is not yet a promise
}
"""The same where no words tell of it."""
_ASKS_CONTACT = frozenset({"request_human", "call_later"})
"""Words of these ask to be spoken to: a stop that no words tell of must then hold by itself."""
_STOPS = 0.45
_NOT_BESIDE = frozenset({"other", "greeting_ack"})
_LEAST = min(_ELSE, *_OWN.values(), *(low for needs in _AFTER.values() for low in needs.values()))
"""Below this none stands beside any: most need not be weighed."""


def beside(
    first: str, choice: Choice, holds: Mapping[str, float], text: str, next_step: re.Pattern[str]
) -> set[str]:
    """The intents besides `first`, by their chances. next_step: the words for what is left to pay."""
    if first == "other":
        return set()
    found = {
        name
        for name, chance in holds.items()
        if chance >= _LEAST and chance >= _needed(first, name, said=name in choice.weights)
    }
    left = first == "already_paid" and holds["promise_to_pay"] >= _UNSAID
    if left and next_step.search(text):
        found.add("promise_to_pay")  # 还了两千, 剩下的20号
    asks_contact = not _ASKS_CONTACT.isdisjoint(choice.weights)
    if asks_contact and "opt_out" not in choice.weights and holds["opt_out"] < _STOPS:
        found.discard("opt_out")
    return found - _NOT_BESIDE - {first}


def _needed(first: str, name: str, *, said: bool) -> float:
    """The chance from which on `name` stands beside `first`. said: words tell of it."""
    own = _AFTER.get(first, {}).get(name, _OWN.get(name, _ELSE))
    if said:
        return own
    if name == "promise_to_pay":
        own = max(own, _UNSAID)
    return _UNSAID_AFTER.get((first, name), own)
