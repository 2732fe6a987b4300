"""What stands beside the primary intent: whatever is likely enough to hold."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.understanding.choice import Choice

_HOLDS = 0.17
"""The chance from which on an intent stands beside another. On replies nobody listed a threshold for each pair of
intents, or for graver ones, found no more of the true ones at the price of as many false ones."""
_BORROWED: Mapping[tuple[str, str], float] = {
    ("request_link", "question"): 0.4,  # whether there is a link is the wish for one
    ("call_later", "promise_to_pay"): 0.9,  # the day is that of the call
    ("refuse", "promise_to_pay"): 2.0,  # never: what is promised there is refused, mocked or quoted
}
"""More where the second intent is told by words of the first."""
_ASKS_CONTACT = frozenset({"request_human", "call_later"})
"""Words of these ask to be spoken to: a stop that no words tell of must then hold by itself."""
_STOPS = 0.45
_NOT_BESIDE = frozenset({"other", "greeting_ack"})


def beside(first: str, choice: Choice, holds: Mapping[str, float]) -> set[str]:
    """The intents besides `first`, by their chances."""
    if first == "other":
        return set()
    found = {
        name for name, chance in holds.items() if chance >= _BORROWED.get((first, name), _HOLDS)
    }
    asks_contact = not _ASKS_CONTACT.isdisjoint(choice.weights)
    if asks_contact and "opt_out" not in choice.weights and holds["opt_out"] < _STOPS:
        found.discard("opt_out")
    return found - _NOT_BESIDE - {first}
