"""What calls need from the store: reports, turns, recordings, transfers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.domain.call.values import CallLanguage
from bot.domain.facts import CaseFacts, PortfolioFacts
from bot.domain.vocabulary import AttemptState, CallOutcome, CaseState, Purpose
from bot.flows.ports.cases import Cases
from bot.flows.ports.delivering import DeliveryReport
from bot.flows.ports.dispatching import SenderFacts
from bot.flows.ports.planning import Param, TouchWriter
from bot.flows.ports.trail import Trail


@dataclass(frozen=True, slots=True)
class CallReport:
    """One status callback of a call, verified and mapped to our words at the edge."""

    sid: str
    status: str  #: the carrier's own word
    state: AttemptState
    outcome: CallOutcome | None = None  #: None while the call goes on
    token: str | None = None  #: the attempt the callback's address names
    code: str | None = None
    dead: bool = False  #: there is no such telephone
    seconds: int | None = None
    answered_by: str | None = None


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as it stands, or stood when this process last wrote of it."""

    call_id: int
    direction: str
    sid: str | None
    sender_id: int
    livemode: bool
    case_id: int | None
    debtor_id: int | None
    contact_point_id: int | None
    script: str
    session: Mapping[str, Any] | None
    turn: int
    state: str
    outcome: CallOutcome | None
    connected: bool
    verified: bool
    notice: bool
    transfer: str | None
    queued_at: datetime | None
    collector_id: int | None
    placed_at: datetime
    answered_at: datetime | None
    attempt_token: str | None
    case_state: CaseState | None
    our_number: str  #: E.164
    answer: str | None  #: what was answered in the last turn
    stop: str | None  #: what changed the case while it ran, in order; None if nothing did
    on_duty: int  #: collectors calls can be put through to

    shift: timedelta  #: of the call's clock from the real one, read with the row
    dialed: bool = False  #: a collector's call has gone on to the debtor

    @property
    def desk(self) -> bool:
        """Whether a collector placed it."""
        return self.direction == "desk"

    @property
    def ended(self) -> bool:
        """Whether the carrier reported its end."""
        return self.state == "ended"


@dataclass(frozen=True, slots=True)
class SilentCall:
    """A call that is not over as far as we know, and of which nothing was heard for a while."""

    sid: str
    token: str | None
    sender: SenderFacts


@dataclass(frozen=True, slots=True)
class Reached:
    """Something a turn came to, to be handled like a reply. `reading` is JSON."""

    number: int  #: within the turn
    words: str
    reading: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TakenTurn:
    """A turn to be stored, with the answer that a repeat will get."""

    number: int
    step: str
    said: Sequence[str]
    heard: str | None
    understood: Mapping[str, Any]
    detail: bool
    verified: bool
    answer: str
    session: Mapping[str, Any]
    reached: Sequence[Reached] = ()
    notice: bool = False  #: recording was announced in it
    transfer: str | None = None
    connected: bool = False


@dataclass(frozen=True, slots=True)
class CalledTouch:
    """The touch a call was placed for."""

    key: str
    purpose: Purpose
    tier: str | None
    rule: str | None
    anchor: Any
    day: int | None
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OurNumber:
    """A number of ours that somebody called."""

    sender_id: int
    livemode: bool
    takes_calls: bool


@dataclass(frozen=True, slots=True)
class NewInbound:
    """A call that just came in. `at` is on the number's clock, `called_at` on the real one."""

    sid: str
    caller: str
    sender_id: int
    script: str
    at: datetime
    called_at: datetime


@dataclass(frozen=True, slots=True)
class FreeCollector:
    """Somebody on duty whom a call can be put through to."""

    collector_id: int
    phone: str


@dataclass(frozen=True, slots=True)
class NewRecording:
    """A recording at the carrier."""

    sid: str
    seconds: int
    at: datetime
    keep_until: datetime


@dataclass(frozen=True, slots=True)
class RecordingReport:
    """A recording is complete at the carrier."""

    sid: str
    call_sid: str
    seconds: int


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A recording that is kept."""

    recording_id: int
    sid: str
    sender: SenderFacts
    case_id: int | None = None


class CallStore(Cases, TouchWriter, Protocol):
    """One transaction of a call."""

    def call_of(self, *, sid: str | None, token: str | None) -> CallRow | None:
        """The call, its row locked; found by the carrier's sid, else by our attempt."""
        ...

    def peek_call(self, *, sid: str | None, token: str | None) -> CallRow | None:
        """As `call_of`, without any lock."""
        ...

    def peek_debtor(self, *, sid: str | None, token: str | None) -> int | None:
        """Whose call it is, without any lock: to take the lane before the call's row."""
        ...

    def change_answer(self, call: CallRow, answer: str) -> None:
        """The last turn is answered anew: the call goes on elsewhere."""
        ...

    def save_turn(self, call: CallRow, sid: str, turn: TakenTurn, *, at: datetime) -> None:
        """Turn, session and what was reached, with the jobs that will handle it. `call` is locked."""
        ...

    def save_if_unmoved(self, call: CallRow, sid: str, turn: TakenTurn, *, at: datetime) -> bool:
        """As `save_turn`, without a lock and by itself: in one statement when nothing was reached.

        False, and nothing is written, when the call is no longer as `call` tells: it went on, ended,
        was told to stop, turned out to be a machine's or belongs to another case, or the case, the
        desk or the clock changed.
        """
        ...

    def report_attempt(self, report: DeliveryReport, *, real_now: datetime) -> bool:
        """Keep the report of an attempt and move it forward; False when it was known."""
        ...

    def name_call(self, call_id: int, sid: str) -> None:
        """The carrier's name of the call."""
        ...

    def answered(self, call_id: int, sid: str, *, at: datetime) -> None:
        """Somebody or something picked up."""
        ...

    def heard_as(self, call_id: int, word: str, outcome: CallOutcome | None) -> None:
        """What machine detection took the other side for; a machine was no conversation."""
        ...

    def end_call(
        self, call_id: int, sid: str, outcome: CallOutcome, *, seconds: int | None, at: datetime
    ) -> None:
        """The call is over."""
        ...

    def silent_calls(
        self, *, begun_before: datetime, asked_before: datetime, at: datetime, limit: int
    ) -> Sequence[SilentCall]:
        """Calls that should be asked after; they are marked as asked. Instants are real ones."""
        ...

    def reach_later(
        self, call: CallRow, reached: Sequence[Reached], *, suffix: str, at: datetime
    ) -> None:
        """What came out when the call was over, with the jobs that will handle it."""
        ...

    def touch_of(self, call_id: int) -> CalledTouch | None:
        """The touch the call was placed for."""
        ...

    def remember_hour(self, debtor_id: int, hour: int) -> None:
        """A call was answered at that local hour."""
        ...

    def disable_number(self, contact_point_id: int, *, reason: str, at: datetime) -> None:
        """Never use the number again; cancels everything planned for it."""
        ...

    def wake_sender(self, sender_id: int, *, at: datetime | None) -> None:
        """Queue a dispatch job: a line is free."""
        ...

    def our_number(self, address: str) -> OurNumber | None:
        """The sender that owns the number."""
        ...

    def take_inbound(self, call: NewInbound) -> None:
        """Keep an incoming call, matched to a debtor by its number; a repeat changes nothing."""
        ...

    def identify(self, call_id: int, case_id: int) -> None:
        """The call is about this case."""
        ...

    def case_by_reference(self, sender_id: int, digits: str) -> int | None:
        """The case with a contract of these digits among the sender's portfolios; None unless it
        is exactly one.
        """
        ...

    def id_tail(self, debtor_id: int) -> str | None:
        """The last digits of the debtor's identity document."""
        ...

    def free_collector(self) -> FreeCollector | None:
        """A collector on duty who is in no call, locked against being given another."""
        ...

    def keep_whisper(self, call_id: int, words: str) -> None:
        """What the collector will hear first."""
        ...

    def whisper(self, call_id: int) -> tuple[str, CallLanguage]:
        """What the collector hears first, and the language of the call; empty when unknown."""
        ...

    def met(self, call_id: int, *, at: datetime) -> None:
        """A collector picked up the telephone for it."""
        ...

    def set_transfer(
        self,
        call_id: int,
        state: str | None,
        *,
        collector_id: int | None,
        at: datetime,
        urgent: bool = False,
    ) -> None:
        """queued, dialing, talking or over; `urgent`: before everybody else, and it stays so."""
        ...

    def not_met(self, call_id: int) -> None:
        """Whoever picked up was gone before the two were connected."""
        ...

    def line_waits(self, *, since: datetime) -> bool:
        """Whether anybody who came after `since` is in line for a collector."""
        ...

    def queue_position(self, call_id: int) -> int:
        """1 is next. The urgent come first, then whoever has waited longest."""
        ...

    def add_recording(self, call: CallRow, recording: NewRecording) -> bool:
        """Keep its reference; False when it was known."""
        ...

    def sender(self, sender_id: int) -> SenderFacts | None:
        """The sender."""
        ...

    def portfolio_of(self, sender_id: int) -> PortfolioFacts:
        """The first portfolio that uses the number."""
        ...

    def raise_alarm(self, kind: str, subject: str, message: str, *, at: datetime) -> None:
        """Tell the desk, once while it stands."""
        ...

    def facts(self, case_ids: Sequence[int], now: datetime) -> list[CaseFacts]:
        """Snapshots ordered by case id."""
        ...


class RecordingStore(CallStore, Trail, Protocol):
    """One transaction about recordings."""

    def packs_of(self, case_id: int) -> Sequence[str]:
        """The policy packs of the case's portfolio."""
        ...

    def recording(self, recording_id: int) -> RecordingRow | None:
        """A recording that is kept still."""
        ...

    def recordings_over(
        self, *, livemode: bool, now: datetime, limit: int
    ) -> Sequence[RecordingRow]:
        """Recordings whose time is over."""
        ...

    def forget_recordings(self, recording_ids: Sequence[int], *, at: datetime) -> None:
        """They are deleted at the carrier."""
        ...
