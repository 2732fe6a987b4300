"""The call as values: what was heard, what is said next, how far the call has come.

Contract for whoever drives a call (one webhook is one turn):

1. `turn = begin(script, context)` when the call is answered (or comes in); keep `turn.session`
   (`as_json`), apply `turn.outcomes`, render `turn.outputs`. `context` is a `CallContext`, made anew
   for every turn; `script` is the one named by `session.script`.
2. Every address rendered into the answer carries `turn.session.turn`. When the carrier posts it
   back with turn number n, `standing(session, n)` tells what it is:
   `CURRENT` → `hear(script, session, heard, context)`, in the lane of the call's row;
   `REPEATED` → the same turn once more: send the answer stored for the session's turn again;
   `STALE` → older or never given out: change nothing, send the stored answer again.
   After `session.ended` nothing is heard any more: every post is answered with a hang-up.
3. A machine is reported outside of the conversation: `hear(..., Heard.machine(...), ...)` whatever
   the turn, and the live call is updated with the rendered outputs. A session that has ended
   takes no notice of it.
4. When the call is over (status callback), `hang_up(session)` gives what the debtor had said and not
   yet confirmed, or that nobody answered; apply its outcomes too. Twice does no harm.
5. An outcome is given exactly once, in the turn that reached it, and never taken back: apply it in
   the transaction that stores the turn. `understanding_of(outcome)` is the reading to hand to
   `bot.domain.response.respond`, exactly as for an SMS reply; None means there is nothing to
   apply to the case (the call's own record only). A call needs no answering SMS except where
   `Outcome.wants_sms` is True.

Signatures, all in `bot.domain.call`:
`begin(script: CallScript, context: CallContext) -> Turn`
`hear(script: CallScript, session: Session, heard: Heard, context: CallContext) -> Turn`
`hang_up(session: Session) -> Turn` (no outputs)
`standing(session: Session, posted_turn: int) -> Standing`
`expects_reference(script, session) -> bool`: the digits of this turn may name a case (inbound)
`understanding_of(outcome) -> Understanding | None`, `as_json`, `session_from`
Scripts: `bot.scripts.calls.load_calls(root) -> CallLibrary`, `.pick(kind, language) -> CallScript`;
`bot.scripts.calls.context_of(facts, now, ...) -> CallContext` builds a turn's context from the facts.
TwiML: `bot.carriers.twilio_voice.render(outputs, addresses) -> str`.

Nothing here does I/O; instants are aware, days are in the portfolio's zone, sums are minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from bot.domain.understanding import Understanding

CallLanguage = Literal["zh-CN", "zh-TW", "yue-HK"]
"""Which wording is spoken; a debtor's zh-HK is yue-HK on the phone."""


class CallKind(StrEnum):
    """Why there is a call; each kind has one script, `ivr.<kind>`."""

    PRE_DUE = "pre_due"
    D1_5 = "d1_5"
    D6_20 = "d6_20"
    PROMISE_REMINDER = "promise_reminder"
    BROKEN_PROMISE = "broken_promise"
    CALL_BACK = "call_back"
    INBOUND = "inbound"

    @property
    def script(self) -> str:
        """The script's id."""
        return f"ivr.{self.value}"


class Level(StrEnum):
    """How sure we are that it is the debtor. Debt is spoken of at FACT only."""

    NONE = "none"
    NAME = "name"  #: said to be that person
    FACT = "fact"  #: gave a fact on file


class Standing(StrEnum):
    """What a posted turn number is to a session."""

    CURRENT = "current"
    REPEATED = "repeated"
    STALE = "stale"


class OutcomeKind(StrEnum):
    """What a turn of a call can come to."""

    VERIFIED = "verified"
    PROMISE = "promise"
    OFFER = "offer"  #: a day beyond the furthest one; `respond` notes it, hands the second over
    ALREADY_PAID = "already_paid"
    DISPUTE = "dispute"
    CALL_LATER = "call_later"
    OPT_OUT = "opt_out"  #: of calls to this number; of everything with the flag `stop_all`
    WRONG_PERSON = "wrong_person"  #: the number is not the debtor's
    THIRD_PARTY = "third_party"  #: somebody else answered the debtor's number
    REQUEST_HUMAN = "request_human"
    SEND_LINK = "send_link"
    REFUSED = "refused"
    HARDSHIP = "hardship"
    INSTALLMENT = "installment"
    COMPLAINT = "complaint"
    DECEASED = "deceased"
    SELF_HARM = "self_harm"
    UNCLEAR = "unclear"  #: verified, spoke, and was not understood: a human's
    MACHINE = "machine"  #: mailbox, fax or a carrier's announcement; `reason` says which
    UNVERIFIED_END = "unverified_end"  #: ended without knowing that it was the debtor
    NO_RESPONSE = "no_response"  #: answered, and said or pressed nothing


PromiseStep = tuple[date, int]
"""Day and minor units."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something reached. Which fields are set depends on the kind.

    PROMISE, OFFER: date, amount_minor, confirmed (False: read back, but the call broke off before a yes);
    later: day and sum of a second step (先还一半，剩下的月底).
    DISPUTE: dispute_kind (None = unsaid). CALL_LATER: start/end (aware), both None when no time was said.
    """

    kind: OutcomeKind
    turn: int
    level: Level = Level.NONE
    date: date | None = None
    amount_minor: int | None = None
    later: PromiseStep | None = None
    confirmed: bool = True
    dispute_kind: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    reason: str | None = None
    flags: frozenset[str] = frozenset()

    @property
    def wants_sms(self) -> bool:
        """Whether something must be written: the link, what was not confirmed, a time asked for."""
        open_time = self.kind is OutcomeKind.CALL_LATER and self.start is None
        return self.kind is OutcomeKind.SEND_LINK or open_time or not self.confirmed


@dataclass(frozen=True, slots=True)
class Session:
    """How far a call has come. `as_json`/`session_from` (bot.domain.call.storing) store it.

    `version` is that of the script which gave the last answer (a call may outlive a new version).
    `turn` is the number of the answer that was given last, from 1. `slots` hold what was collected
    (ISO days and minor units); `tries` count, per step, how often it was asked in vain.
    """

    script: str
    version: int
    language: CallLanguage
    step: str
    turn: int = 0
    level: Level = Level.NONE
    failures: int = 0  #: facts given wrong
    tries: Mapping[str, int] = field(default_factory=dict)
    slots: Mapping[str, str | int] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()  #: everything reached so far, in order
    pending: Outcome | None = None  #: said, not yet confirmed
    heard_any: bool = False  #: the other side spoke or pressed something
    recording: bool = False  #: the notice was given and the recording asked for
    ended: bool = False


class TransferEnd(StrEnum):
    """How a transfer to a human ended, for the debtor."""

    MET = "met"  #: the two were connected
    GAVE_UP = "gave_up"  #: the debtor hung up while waiting in line
    LEFT = "left"  #: the line was left: somebody is free, or it took too long
    NOT_MET = "not_met"  #: nobody was reached


class HeardKind(StrEnum):
    """What the carrier reports for a turn."""

    DIGITS = "digits"
    SPEECH = "speech"
    SILENCE = "silence"
    MACHINE = "machine"
    RECORDED = "recorded"  #: a <Record> is over
    TRANSFER = "transfer"  #: a transfer is over


@dataclass(frozen=True, slots=True)
class Heard:
    """One input. Build it with the class methods."""

    kind: HeardKind
    text: str = ""  #: digits, words, AnsweredBy or a TransferEnd
    confidence: float = 1.0  #: of speech, 0–1
    seconds: int = 0  #: of a recording

    @classmethod
    def digits(cls, keys: str) -> Heard:
        """Keys pressed, `0-9*#`; none is silence."""
        return cls(HeardKind.DIGITS, keys) if keys else cls.silence()

    @classmethod
    def speech(cls, words: str, confidence: float = 1.0) -> Heard:
        """Recognised words; none is silence. Twilio's Confidence is 0.0–1.0."""
        return cls(HeardKind.SPEECH, words, confidence) if words.strip() else cls.silence()

    @classmethod
    def silence(cls) -> Heard:
        """Nothing within the time."""
        return cls(HeardKind.SILENCE)

    @classmethod
    def machine(cls, answered_by: str) -> Heard:
        """Twilio's AnsweredBy: machine_start, machine_end_beep, fax …; `human` changes nothing."""
        return cls(HeardKind.MACHINE, answered_by)

    @classmethod
    def recorded(cls, seconds: int) -> Heard:
        """A recording is over; 0 seconds when nothing was said."""
        return cls(HeardKind.RECORDED, "", 1.0, seconds)

    @classmethod
    def transfer(cls, end: TransferEnd) -> Heard:
        """A transfer is over."""
        return cls(HeardKind.TRANSFER, end.value)


@dataclass(frozen=True, slots=True)
class Say:
    """One sentence spoken. `language` and `voice` are the carrier's; `rate` in percent."""

    text: str
    language: str  #: cmn-CN, cmn-TW or yue-HK
    voice: str
    rate: int = 100


@dataclass(frozen=True, slots=True)
class Ask:
    """A question; keys always work. What follows comes as the next turn, silence included."""

    id: str  #: the step that asks
    says: tuple[Say, ...]
    speech: bool = True
    speech_language: str = "cmn-Hans-CN"  #: cmn-Hans-CN, cmn-Hant-TW or yue-Hant-HK
    hints: tuple[str, ...] = ()
    timeout: int = 6  #: seconds of silence before the turn is over
    speech_timeout: str = "auto"  #: or whole seconds
    num_digits: int | None = 1
    finish_on_key: str = ""


@dataclass(frozen=True, slots=True)
class StartRecording:
    """From here the whole call is recorded; the notice was spoken before."""


@dataclass(frozen=True, slots=True)
class Record:
    """Let the debtor speak after a beep; its end comes as the next turn (`Heard.recorded`)."""

    id: str
    max_seconds: int = 120
    silence: int = 5
    finish_on_key: str = "#"


@dataclass(frozen=True, slots=True)
class Transfer:
    """To a human; its end comes as the next turn (`Heard.transfer`).

    `whisper` is what the collector hears before the two are connected (never the debtor).
    `waiting` is spoken while nobody is free.
    """

    whisper: Say
    waiting: Say
    queue: str
    reason: str  #: a HandoffReason


@dataclass(frozen=True, slots=True)
class Hangup:
    """The end."""


Output = Say | Ask | StartRecording | Record | Transfer | Hangup
"""In the order they happen. Ask, Record, Transfer and Hangup only ever stand last, one of them."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one input leads to. `reading` is what speech was understood as (None for keys)."""

    session: Session
    outputs: tuple[Output, ...]
    outcomes: tuple[Outcome, ...] = ()  #: new in this turn
    reading: Understanding | None = None

    @property
    def said(self) -> tuple[str, ...]:
        """Every sentence of the turn, for the record."""
        spoken: list[str] = []
        for output in self.outputs:
            if isinstance(output, Say):
                spoken.append(output.text)
            elif isinstance(output, Ask):
                spoken.extend(say.text for say in output.says)
            elif isinstance(output, Transfer):
                spoken.append(output.waiting.text)
        return tuple(spoken)


Document = dict[str, Any]
"""A JSON document."""
