"""A call's turns: each stores in one transaction what was said, heard and reached, so that the next
one may be taken by any process, and the same one twice is answered alike. Most turns are a single
statement, because somebody is on the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.call.context import CallContext
from bot.domain.call.engine import begin, expects_reference, hear, standing
from bot.domain.call.script import CallScript
from bot.domain.call.storing import as_json, session_from
from bot.domain.call.values import (
    CallKind,
    CallLanguage,
    Hangup,
    Heard,
    HeardKind,
    Level,
    Session,
    Standing,
    StartRecording,
    Transfer,
    Turn,
)
from bot.domain.vocabulary import CallOutcome, CaseState, HandoffReason
from bot.flows.call_context import MOST_CALLS, CallContexts
from bot.flows.call_outcomes import machine_heard, names_debt, reached_by
from bot.flows.life import hand_off
from bot.flows.playbook import Playbook
from bot.flows.ports.calls import CallRow, CallStore, NewInbound, TakenTurn
from bot.flows.ports.dispatching import SenderFacts
from bot.flows.ports.speaking import LiveCalls, Speaker
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.reading import as_document
from bot.flows.recent import Recent
from bot.flows.transfers import Transfers
from bot.scripts.call_phrases import Phrases
from bot.scripts.calls.library import spoken_in_locale

_MACHINES = frozenset({CallOutcome.MACHINE, CallOutcome.FAX})


@dataclass(frozen=True)
class Conversation:
    """One method per webhook of a live call; each returns the carrier's next document.

    `statements` commits each statement by itself. `recent` holds calls as this process left them.
    """

    transactions: Transactions[CallStore]
    statements: Transactions[CallStore]
    playbook: Playbook
    clock: Clock
    contexts: CallContexts
    speaker: Speaker
    phrases: Phrases
    live: Callable[[SenderFacts], LiveCalls]
    recent: Recent[str, CallRow] = field(default_factory=lambda: Recent(MOST_CALLS))

    def answer(self, token: str, sid: str) -> str:
        """The debtor picked up: the first turn."""
        with self.transactions() as store:
            call = store.call_of(sid=None, token=token)
            if call is None or call.ended or call.case_id is None:
                return self._farewell("over")
            if call.answer is not None:
                return call.answer
            now = self.clock.real() + call.shift
            store.answered(call.call_id, sid, at=now)
            if call.case_state is CaseState.CLOSED:
                return self._close(store, call, sid, None, now)
            context, locale = self.contexts.of(store, call, now)
            script = self._script(call.script, locale)
            return self._begin(store, call, sid, script, context, now)

    def inbound(self, sid: str, caller: str, to: str) -> str:
        """Somebody called our number."""
        with self.transactions() as store:
            ours = store.our_number(to)
            if ours is None or not ours.takes_calls:
                return self._farewell("stranger")
            now = self.clock.now(livemode=ours.livemode)
            kind = CallKind.INBOUND.script
            store.take_inbound(
                NewInbound(sid, caller, ours.sender_id, kind, now, self.clock.real())
            )
            call = store.call_of(sid=sid, token=None)
            assert call is not None  # it was kept a moment ago, or before
            if call.answer is not None or call.ended:
                return call.answer or self._farewell("over")
            context, locale = self.contexts.of(store, call, now)
            script = self._script(kind, locale)
            return self._begin(store, call, sid, script, context, now)

    def turn(self, sid: str, number: int, heard: Heard) -> str:
        """What the debtor said, pressed, or did not."""
        with self.statements() as store:
            answer = self._at_once(store, sid, number, heard)
        return self._locked(sid, number, heard) if answer is None else answer

    def _at_once(self, store: CallStore, sid: str, number: int, heard: Heard) -> str | None:
        """The answer of a turn that needs no lock: thought about, and written if the call has not
        moved on since. None for every other turn; nothing is written then.
        """
        for call in self._as_known(store, sid, number):
            now = self.clock.real() + call.shift
            thought = self._thought(store, call, number, heard, now)
            if thought is None:
                return None
            turn, detail = thought
            document = self.speaker.speak(turn.outputs, turn.session.turn)
            taken = _taken(turn, document, heard.text, detail=detail)
            if store.save_if_unmoved(call, sid, taken, at=now):
                self._remember(call, sid, taken)
                return document
        return None

    def _as_known(self, store: CallStore, sid: str, number: int) -> Iterator[CallRow]:
        """The call as this process left it in the turn before, then as it is."""
        left = self.recent.get(sid)
        if left is not None and left.turn == number:
            yield left
        call = store.peek_call(sid)
        if call is not None:
            yield call

    def _thought(
        self, store: CallStore, call: CallRow, number: int, heard: Heard, now: datetime
    ) -> tuple[Turn, bool] | None:
        """The turn and whether it names the debt; None if more is to be read or written with it."""
        if call.session is None or call.ended:
            return None
        if call.case_id is None or call.case_state is CaseState.CLOSED:
            return None
        session = session_from(dict(call.session))
        if session.ended or standing(session, number) is not Standing.CURRENT:
            return None
        script = self._script(session.script, session.language)
        context, _ = self.contexts.of(store, call, now)
        turn = hear(script, session, heard, context)
        return (turn, names_debt(script, context, turn)) if _stands_alone(call, turn) else None

    def _remember(self, call: CallRow, sid: str, taken: TakenTurn) -> None:
        if taken.session["ended"]:
            self.recent.forget(sid)
            return
        left = replace(call, turn=taken.number, session=taken.session, answer=taken.answer)
        self.recent.keep(sid, left)

    def _locked(self, sid: str, number: int, heard: Heard) -> str:
        """As `turn`, with the call held until all that follows from the turn is written."""
        with self.transactions() as store:
            call = store.call_of(sid=sid, token=None)
            if call is None or call.session is None:
                return self._farewell("over")
            session = session_from(dict(call.session))
            if call.ended or session.ended:
                return (
                    call.answer if session.turn == number + 1 and call.answer else self._hang_up()
                )
            if standing(session, number) is not Standing.CURRENT:
                return call.answer or self._hang_up()
            now = self.clock.real() + call.shift
            return self._hear(store, call, sid, session, heard, now)

    def machine(self, token: str, sid: str, word: str, outcome: CallOutcome | None) -> None:
        """Machine detection has come to a result while the call was running."""
        with self.transactions() as store:
            call = store.call_of(sid=None, token=token)
            if call is None or call.ended:
                return
            spoke = bool(call.session and call.session["heard_any"])
            store.heard_as(call.call_id, word, None if spoke else outcome)
            if outcome not in _MACHINES or spoke or call.session is None:
                return
            now = self.clock.real() + call.shift
            session = session_from(dict(call.session))
            script = self._script(session.script, session.language)
            context, _ = self.contexts.of(store, call, now)
            turn = hear(script, session, Heard.machine(word), context)
            if not turn.outputs:
                return
            document = self._take(store, call, sid, turn, word, now)
            sender = store.sender(call.sender_id)
        if sender is not None:
            self._change(sender, sid, document)

    def apologise(self, *, sid: str | None, token: str | None) -> str:
        """Something went wrong: a human calls back, and the caller is told so."""
        with self.transactions() as store:
            debtor = store.peek_debtor(sid=sid, token=token)
            if debtor is not None:
                store.lock_debtors([debtor])
            call = store.call_of(sid=sid, token=token)
            if call is None or call.case_id is None:
                return self._farewell("apology")
            now = self.clock.real() + call.shift
            facts = store.facts([call.case_id], now)[0]
            hand_off(
                store,
                facts,
                facts.state,
                HandoffReason.CALL_BACK,
                self.playbook.handoffs,
                at=now,
                actor="call",
            )
            return self._farewell("apology", spoken_in_locale(facts.debtor.locale))

    def sorry(self) -> str:
        """An apology that needs nothing at all."""
        return self._farewell("apology")

    def _begin(
        self,
        store: CallStore,
        call: CallRow,
        sid: str,
        script: CallScript,
        context: CallContext,
        now: datetime,
    ) -> str:
        turn = begin(script, context)
        detail = names_debt(script, context, turn)
        return self._take(store, call, sid, turn, None, now, detail=detail)

    def _hear(
        self,
        store: CallStore,
        call: CallRow,
        sid: str,
        session: Session,
        heard: Heard,
        now: datetime,
    ) -> str:
        script = self._script(session.script, session.language)
        if call.case_id is None and expects_reference(script, session):
            call = self._identified(store, call, heard)
        context, _ = self.contexts.of(store, call, now)
        outbound = call.direction == "outbound"
        if outbound and call.case_state is CaseState.CLOSED and not _thanks(session, context):
            return self._close(store, call, sid, session, now)
        turn = hear(script, session, heard, context)
        detail = names_debt(script, context, turn)
        return self._take(store, call, sid, turn, heard.text, now, detail=detail)

    def _identified(self, store: CallStore, call: CallRow, heard: Heard) -> CallRow:
        """The call with its case, when the digits name one."""
        digits = "".join(each for each in heard.text if each.isdigit())
        case_id = store.case_by_reference(call.sender_id, digits)
        if heard.kind is HeardKind.SILENCE or case_id is None:
            return call
        store.identify(call.call_id, case_id)
        return store.call_of(sid=call.sid, token=None) or call

    def _take(
        self,
        store: CallStore,
        call: CallRow,
        sid: str,
        turn: Turn,
        heard: str | None,
        now: datetime,
        *,
        detail: bool = False,
    ) -> str:
        """Write the turn and its answer; both or neither."""
        session = turn.session
        if session.ended and session.turn == call.turn:  # nothing was said any more
            return self._hang_up()
        document = self._document(store, call, turn, now)
        store.save_turn(call, sid, _taken(turn, document, heard, detail=detail), at=now)
        if session.ended and call.direction == "inbound":  # a number may have no status callback
            outcome = machine_heard(session) or CallOutcome.ANSWERED
            store.end_call(call.call_id, sid, outcome, seconds=None, at=now)
        return document

    def _document(self, store: CallStore, call: CallRow, turn: Turn, now: datetime) -> str:
        last = turn.outputs[-1]
        if isinstance(last, Transfer):
            return self._transfers.begin(store, call, turn, last, now)
        return self.speaker.speak(turn.outputs, turn.session.turn)

    @property
    def _transfers(self) -> Transfers:
        return Transfers(self.speaker, self.phrases)

    def _close(
        self, store: CallStore, call: CallRow, sid: str, session: Session | None, now: datetime
    ) -> str:
        """The case was settled or closed meanwhile: a word, and the end."""
        kind = call.script or CallKind.INBOUND.script
        if session is None:
            script = self._script(kind, "zh-CN")
            session = Session(script.id, script.version, script.language, script.start)
        known = session.level is Level.FACT
        say = self.phrases.say("settled" if known else "over", session.language)
        ended = replace(session, turn=session.turn + 1, ended=True, pending=None)
        return self._take(store, call, sid, Turn(ended, (say, Hangup())), None, now)

    def _script(self, script: str, locale: str) -> CallScript:
        return self.playbook.calls.by_id(script, locale)

    def _farewell(self, phrase: str, language: CallLanguage = "zh-CN") -> str:
        return self.speaker.speak((self.phrases.say(phrase, language), Hangup()), 0)

    def _hang_up(self) -> str:
        return self.speaker.speak((Hangup(),), 0)

    def _change(self, sender: SenderFacts, sid: str, document: str) -> None:
        try:
            self.live(sender).update(sid, document)
        except OSError:
            return  # the call ends by its own questions that nobody answers


def _thanks(session: Session, context: CallContext) -> bool:
    """Whether the conversation itself has a word for it: the debtor is known, and it was paid."""
    return session.level is Level.FACT and context.owed_minor == 0


def _stands_alone(call: CallRow, turn: Turn) -> bool:
    """Whether a turn and what was reached in it are all there is to write."""
    session = turn.session
    if session.turn == call.turn or isinstance(turn.outputs[-1], Transfer):
        return False
    return not (session.ended and call.direction == "inbound")


def _taken(turn: Turn, document: str, heard: str | None, *, detail: bool) -> TakenTurn:
    session = turn.session
    return TakenTurn(
        number=session.turn,
        step=session.step,
        said=turn.said,
        heard=heard,
        understood=as_document(turn.reading) if turn.reading else {},
        detail=detail,
        verified=session.level is Level.FACT,
        answer=document,
        session=as_json(session),
        reached=reached_by(turn, heard or ""),
        notice=any(isinstance(each, StartRecording) for each in turn.outputs),
        connected=session.heard_any,
    )
