"""A call script as values: steps, what they say, where each input leads.

Built and checked by `bot.scripts.calls`; the engine relies on the checks (every step named exists,
every question has a way on in silence).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.domain.call.values import CallKind, CallLanguage, OutcomeKind

BACK = "back"
"""A step that leads `back` returns to the question it interrupted."""


class Phrase(Protocol):
    """A sentence with placeholders."""

    def fill(self, values: Mapping[str, str]) -> str:
        """The sentence. Raises when a value it cannot do without is missing."""
        ...


class AskKind(StrEnum):
    """What a question collects; each reads keys and speech in its own way."""

    CHOICE = "choice"  #: keys and intents only
    IDENTITY = "identity"  #: yes or no to being the person
    FACT = "fact"  #: a fact on file
    REFERENCE = "reference"  #: a case reference, when the caller is not known
    DATE = "date"  #: MMDD or a spoken day
    SHARE = "share"  #: whole, half, another sum
    SUM = "sum"  #: whole units by keys, or spoken
    CONFIRM = "confirm"  #: yes or no to the promise read back
    CALL_TIME = "call_time"  #: when to call again


@dataclass(frozen=True, slots=True)
class Way:
    """Where an input leads, and the slots it sets."""

    go: str
    set: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `keys` are exact strings of digits; `hear` are intents, questions
    (`question.amount`), `yes`, `no`, `third_party`. `wrong`: a collected value that will not do."""

    kind: AskKind
    keys: Mapping[str, Way]
    hear: Mapping[str, Way]
    silence: str
    unclear: str
    wrong: str | None = None
    done: str | None = None
    digits: int | None = 1
    finish: str = ""
    timeout: int = 6
    tries: int = 2  #: how often it is asked again
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turning:
    """`go` when the named condition holds; the last one of a step has none."""

    go: str
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """Let the debtor speak after a beep."""

    done: str
    max_seconds: int


@dataclass(frozen=True, slots=True)
class Handing:
    """Put through to a human."""

    reason: str  #: a HandoffReason
    whisper: Phrase
    failed: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step. Exactly one of `ask`, `record`, `hand`, `then`, `end` says how it goes on."""

    id: str
    say: Phrase | None = None
    again: Phrase | None = None  #: said instead of `say` when a question is repeated
    notice: bool = False  #: cannot be interrupted, and recording begins after it
    do: tuple[OutcomeKind, ...] = ()
    pending: OutcomeKind | None = None  #: counts if the call breaks off here
    forget: tuple[str, ...] = ()  #: slots that no longer hold
    ask: Question | None = None
    record: Recorded | None = None
    hand: Handing | None = None
    then: tuple[Turning, ...] = ()
    end: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """How one language is spoken and recognised by the carrier."""

    language: str
    voice: str
    rate: int
    speech_language: str
    chars_per_second: float  #: of speech at this rate, for the limits of the opening


@dataclass(frozen=True, slots=True)
class Words:
    """A language's words that are not sentences."""

    digits: Mapping[str, str]  #: spoken character → digit
    repeat: tuple[str, ...]  #: asks to hear it again
    yes: tuple[str, ...]  #: begins a yes to being the person, beyond what `understand` knows
    nothing: tuple[str, ...]  #: begins a no to “anything else?”
    courtesy: str  #: characters that may stand behind it
    agree: tuple[str, ...]  #: a yes to what was read back, beyond what `understand` knows
    whole: tuple[str, ...]  #: everything that is due
    half: tuple[str, ...]
    keying: str  #: characters beside a key said aloud: 按一
    #: Outcome → how the whisper names it; {date} and {amount} of promises.
    labels: Mapping[str, str]


@dataclass(frozen=True)
class CallScript:
    """One call in one language. `before` and `after` are where intents lead wherever a question
    does not say otherwise, before and after the debtor is known; `objections` by reason."""

    id: str
    version: int
    kind: CallKind
    language: CallLanguage
    steps: Mapping[str, Step]
    start: str
    before: Mapping[str, Way]
    after: Mapping[str, Way]
    objections: Mapping[str, Way]
    pardon: Phrase  #: before a question is asked again because the answer was not understood
    machine: str
    self_harm: str
    too_long: str
    settled: str  #: nothing is owed any more, while the debtor is still on the line
    voice: Voice
    words: Words
    private: frozenset[str] = frozenset()  #: placeholders that tell of a debt
