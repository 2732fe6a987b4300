"""A call's turns: each stores in one transaction what was said, heard and reached, so that the next
one may be taken by any process, and the same one twice is answered alike. Most turns are a single
statement, because somebody is on the line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.call.context import CallContext
from bot.domain.call.engine import begin, expects_reference, hear, standing
from bot.domain.call.script import CallScript
from bot.domain.call.storing import session_from
from bot.domain.call.values import (
    CallKind,
    CallLanguage,
    Hangup,
    Heard,
    HeardKind,
    Level,
    Session,
    Standing,
    Transfer,
    Turn,
)
from bot.domain.vocabulary import CallOutcome, CaseState, HandoffReason
from bot.flows.call_context import MOST_CALLS, CallContexts
from bot.flows.call_outcomes import kept_turn, machine_heard, names_debt
from bot.flows.life import hand_off
from bot.flows.playbook import Playbook
from bot.flows.ports.calls import CallRow, CallStore, NewInbound
from bot.flows.ports.dispatching import SenderFacts
from bot.flows.ports.speaking import LiveCalls, Speaker
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.recent import Recent
from bot.flows.transfers import Transfers
from bot.flows.turns_at_once import TurnsAtOnce
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
        greeting = self._at_once.greet(token, sid)
        return self._answered(token, sid) if greeting is None else greeting

    def _answered(self, token: str, sid: str) -> str:
        """As `answer`, with the call held."""
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
        answer = self._at_once.turn(sid, number, heard)
        return self._locked(sid, number, heard) if answer is None else answer

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
        store.save_turn(call, sid, kept_turn(turn, document, heard, detail=detail), at=now)
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
    def _at_once(self) -> TurnsAtOnce:
        return TurnsAtOnce(
            self.statements, self.playbook, self.clock, self.contexts, self.speaker, self.recent
        )

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
