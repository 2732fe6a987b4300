"""The grammar's choice and the classifier's chances weighed into one: harm first, doubt asks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from bot.domain.understanding.beside import beside
from bot.domain.understanding.choice import HARMFUL, Choice
from bot.domain.understanding.classifier import Chances
from bot.domain.understanding.inference import DATE_ASKED
from bot.domain.understanding.lexicon import Lexicon
from bot.domain.understanding.reading import Reading
from bot.domain.understanding.signs import signs, spans
from bot.domain.understanding.values import Context
from bot.domain.understanding.yielding import SELF_HARM, flagged

_KIND = frozenset({"promise_to_pay", "greeting_ack"})
"""What a harmful reply must never be read as."""
_LEADS = ("deceased", "wrong_person", "opt_out", "complaint", "dispute", "refuse", "request_human")
"""These come first, in this order, before whatever else a reply holds."""
_HOLDS, _FIRST_TOO = 0.45, 0.35
"""An intent this likely leads where the mean of this chance and the one that it comes first is the second: a grave
intent that holds always comes first, so that both tell of the same. The mean alone may suffice."""
_DOUBT = (0.1, 0.05)
"""A harmful intent of the first chance (the mean of those that it holds and that it comes first) keeps a promise or an
acknowledgement from being read, one of the second as long as these are not sure themselves."""
_SURE = 0.9
"""What makes a promise or an acknowledgement sure."""
_BORNE = 0.5
"""The chance from which on a promise comes first that no words tell of."""
_SAID = 0.4
"""What an intent needs that is neither kind nor harmful to lead where a kind reading is doubted."""
_WISHED, _PLAIN = 0.2, 0.9
"""Who asks for a person in plain words (of the second weight) gets one from the first chance on, whatever else
is said (后天先缴三百, 帮我转专人)."""
_FAINT = 0.05
"""A grave intent that holds no likelier than this leads nothing; not to be reckoned is to be quick."""
_ANSWER = 0.92
"""What the words of a bare answer weigh."""
_SURE_WORDS = 0.95
"""Words of harm this sure are never overruled by a promise or an acknowledgement."""
_HEARSAY = 0.875
"""A promise that the grammar does not read is worth so much less where a day is at stake."""
_HARM = tuple(sorted(HARMFUL))
_NEITHER = ("hardship", "question", "call_later", "already_paid", "request_installment")


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
    if flagged(list(choice.hits), SELF_HARM) or _says_nothing(reading, choice):
        return Decision(choice.names, choice.weights.get(choice.names[0], 0.2))
    marks = signs(reading, choice, context, now)
    chances = lexicon.classifier.chances(reading.text, spans(reading), marks)
    if _mourns(reading, choice, lexicon):
        chances = _without("deceased", chances)
    first = _first(choice, chances)
    if first not in HARMFUL and _answers(choice, context):
        first = "promise_to_pay"
    seconds = beside(first, choice, chances.holds)
    names = (first, *sorted(seconds, key=lexicon.rank.__getitem__))
    promises = chances.holds["promise_to_pay"]
    if "promise_to_pay" not in choice.weights:
        promises *= _HEARSAY
    return Decision(names, _confidence(first, chances), promises)


def _answers(choice: Choice, context: Context) -> bool:
    """A day, an hour or a sum and nothing else, after one was asked for."""
    promised = choice.names == ("promise_to_pay",) and choice.weights["promise_to_pay"] >= _ANSWER
    return promised and context.asked in DATE_ASKED


def _says_nothing(reading: Reading, choice: Choice) -> bool:
    """A text of next to nothing in which no words were found either."""
    return choice.names == ("other",) and (
        sum("\u4e00" <= char <= "\u9fff" for char in reading.text) < 2
    )


def _mourns(reading: Reading, choice: Choice, lexicon: Lexicon) -> bool:
    """The debtor writes of a death in the family, and no word says it was the debtor's own."""
    words = lexicon.verbs
    if "deceased" in choice.weights or not {"promise_to_pay", "hardship"} & set(choice.weights):
        return False
    return bool(words.own_kin.search(reading.text) and words.mourning.search(reading.text))


def _without(name: str, chances: Chances) -> Chances:
    return Chances({**chances.holds, name: 0.0}, {**chances.first, name: 0.0})


def _first(choice: Choice, chances: Chances) -> str:
    """The primary intent: harm before all, then what is likeliest to be meant first."""
    for name in _LEADS:
        holds = chances.holds[name]
        if holds < _FAINT:
            continue
        mean = _mean(holds, chances.first[name])
        if mean >= _HOLDS or (holds >= _HOLDS and mean >= _FIRST_TOO):
            return name
        if name == "request_human" and holds >= _WISHED and choice.weights.get(name, 0) >= _PLAIN:
            return name
    likely = _likeliest(choice, chances)
    if likely not in _KIND:
        return likely
    told = [n for n in choice.names if n in HARMFUL and choice.weights.get(n, 0) >= _SURE_WORDS]
    if told:
        return told[0]
    doubt = _doubted(chances, sure=chances.first[likely] >= _SURE)
    return likely if doubt is None else _meant_rather(doubt, chances)


def _mean(one: float, other: float) -> float:
    """The chance whose odds are the geometric mean of those of two chances."""
    for_it, against = math.sqrt(one * other), math.sqrt((1 - one) * (1 - other))
    return for_it / (for_it + against) if for_it else 0.0  # 1 and 0: nothing to divide by


def _likeliest(choice: Choice, chances: Chances) -> str:
    """What is likeliest meant first; a promise that neither words nor its own chance bear out is none."""
    first = chances.first
    if "promise_to_pay" not in choice.weights and chances.holds["promise_to_pay"] < _BORNE:
        first = {name: chance for name, chance in first.items() if name != "promise_to_pay"}
    return max(first, key=first.__getitem__)


def _doubted(chances: Chances, *, sure: bool) -> str | None:
    """The likeliest harmful intent where one is likely enough to keep a kind reading from being made."""
    chance, name = max((_mean(chances.holds[n], chances.first[n]), n) for n in _HARM)
    return name if chance >= _DOUBT[0 if sure else 1] else None


def _meant_rather(doubt: str, chances: Chances) -> str:
    """What leads where a kind reading is doubted: what else is said for sure, before a harm that is
    no more than possible (本来说好周三还, 我爸住院全填进去了)."""
    likely = max(_NEITHER, key=chances.holds.__getitem__)
    possible = max(chances.holds[doubt], chances.first[doubt])
    return likely if chances.holds[likely] >= max(_SAID, possible) else doubt


def _confidence(first: str, chances: Chances) -> float:
    """How likely the primary is right; below 0.5 the bot asks."""
    return 0.2 if first == "other" else max(chances.first[first], chances.holds[first])
