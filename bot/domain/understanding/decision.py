"""The grammar's choice and the classifier's chances weighed into one: harm first, doubt asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.understanding.choice import HARMFUL, Choice
from bot.domain.understanding.lexicon import Lexicon
from bot.domain.understanding.reading import Reading
from bot.domain.understanding.rules import SOFT
from bot.domain.understanding.signs import signs
from bot.domain.understanding.values import Context
from bot.domain.understanding.yielding import SELF_HARM, flagged

_KIND = frozenset({"promise_to_pay", "greeting_ack"})
"""What a harmful reply must never be read as."""
_HARM_DOUBT = 0.15
"""A harmful intent this likely keeps a promise or an acknowledgement from being read."""
_KIND_ALONE = 0.5
"""What a promise or an acknowledgement needs that no word of the grammar states."""
_GUESS = 0.06
"""Below this nothing the grammar has not found is said at all."""
_SURE_WORDS = 0.9
"""Words of the grammar this sure are overruled only by a chance of _OVERRULES."""
_OVERRULES = 0.6
_OTHER = 0.5
"""Saying nothing is known counts half: what is unsure is asked about whatever its name."""
_DOUBTED = 0.1
"""Words of harm this unlikely give way to another reading that is no promise."""
_ALSO_LIKELY = 0.4
"""Of two intents the grammar read, its own order stands while its first is this likely."""
_BESIDE = 0.25
_GRAVE_BESIDE = 0.4
"""What an intent beside the first needs that no word of the grammar states; a grave one more."""
_PROMISE_BESIDE, _PROMISE_BESIDE_HARM = 0.4, 0.7
"""What a promise beside another intent needs, and beside a harmful one."""
_DROPPED = 0.04
"""What the grammar read beside the first falls below this."""
_STRANGERS = frozenset({"deceased", "wrong_person"})
_NOT_THE_DEBTOR = frozenset({"promise_to_pay", "hardship", "already_paid", "request_installment"})


@dataclass(frozen=True, slots=True)
class Decision:
    """names: intents, primary first. confidence: how likely the primary is right, promises: how
    likely a promise is among them, both 0..1."""

    names: tuple[str, ...]
    confidence: float
    promises: float = 1.0


def decide(
    reading: Reading, choice: Choice, context: Context, now: datetime, lexicon: Lexicon
) -> Decision:
    """Settle the intents of a reply."""
    grammar = choice.weights.get(choice.names[0], 0.2)
    if flagged(list(choice.hits), SELF_HARM) or _says_nothing(reading, choice):
        return Decision(choice.names, grammar)
    chances = lexicon.classifier.chances(reading.text, signs(reading, choice, context, now))
    first = _first(choice, chances)
    names = _names(first, choice, chances, lexicon)
    return Decision(names, _confidence(first, choice, chances), chances["promise_to_pay"])


def _says_nothing(reading: Reading, choice: Choice) -> bool:
    """A text of next to nothing in which no words were found either."""
    return choice.names == ("other",) and (
        sum("\u4e00" <= char <= "\u9fff" for char in reading.text) < 2
    )


def _first(choice: Choice, chances: Mapping[str, float]) -> str:
    """The primary intent."""
    likely = max(chances, key=lambda name: chances[name] * (_OTHER if name == "other" else 1))
    read = choice.names[0]
    doubted = chances[read] < _DOUBTED and chances[likely] >= _OVERRULES and likely not in _KIND
    if read in HARMFUL and choice.weights[read] >= SOFT and not doubted:
        return read
    if choice.weights.get(read, 0) >= _SURE_WORDS and chances[likely] < _OVERRULES:
        likely = read
    if likely in choice.weights and chances[read] >= _ALSO_LIKELY:
        likely = read
    if likely not in choice.weights and chances[likely] < _GUESS:
        return read
    if likely not in _KIND:
        return likely
    return _without_harm(likely, choice, chances)


def _without_harm(likely: str, choice: Choice, chances: Mapping[str, float]) -> str:
    """A promise or an acknowledgement, unless harm is read, or likely, or nothing states it."""
    told = [name for name in choice.names if name in HARMFUL]
    harm = max(HARMFUL, key=lambda name: (chances[name], name))
    if told or chances[harm] >= _HARM_DOUBT:
        return told[0] if told else harm
    if likely not in choice.weights and chances[likely] < _KIND_ALONE:
        return "other"
    return likely


def _names(
    first: str, choice: Choice, chances: Mapping[str, float], lexicon: Lexicon
) -> tuple[str, ...]:
    """The primary and what stands beside it, in the order of the lexicon."""
    beside = {n for n, chance in chances.items() if chance >= _needed(n) and n not in _KIND}
    beside |= {n for n in choice.names if chances[n] >= _DROPPED and n not in _KIND}
    needed = _PROMISE_BESIDE_HARM if first in HARMFUL else _PROMISE_BESIDE
    if "promise_to_pay" in choice.names and chances["promise_to_pay"] >= needed:
        beside.add("promise_to_pay")
    beside -= {first, "other", "greeting_ack"}
    if first in _STRANGERS:
        beside -= _NOT_THE_DEBTOR
    if first in ("refuse", "other") or "refuse" in beside:
        beside.discard("promise_to_pay")
    if first == "other" and beside:
        beside.clear()
    return (first, *sorted(beside, key=lambda name: lexicon.rank[name]))


def _needed(name: str) -> float:
    return _GRAVE_BESIDE if name in HARMFUL or name == "already_paid" else _BESIDE


def _confidence(first: str, choice: Choice, chances: Mapping[str, float]) -> float:
    """The chance of the primary; words of the grammar lift it, their absence keeps it low."""
    if first == "other":
        return 0.2
    read = choice.weights.get(first, 0)
    return max(chances[first] * 0.95, 0.5 * (read + chances[first]) if read else 0)
