"""Turns that need no lock: thought about from what this process knows of the call, and written by one
statement if the call has not moved on since, because somebody is on the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.call.engine import begin, hear, standing
from bot.domain.call.storing import session_from
from bot.domain.call.values import Heard, Standing, Transfer, Turn
from bot.domain.vocabulary import CaseState
from bot.flows.call_context import CallContexts
from bot.flows.call_outcomes import kept_turn, names_debt
from bot.flows.playbook import Playbook
from bot.flows.ports.calls import CallRow, CallStore, TakenTurn
from bot.flows.ports.speaking import Speaker
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.recent import Recent


@dataclass(frozen=True)
class TurnsAtOnce:
    """Each method returns the carrier's next document; or None, and then nothing is written: the
    turn is one for `bot.flows.converse`, which holds the call.
    """

    statements: Transactions[CallStore]
    playbook: Playbook
    clock: Clock
    contexts: CallContexts
    speaker: Speaker
    recent: Recent[str, CallRow]

    def greet(self, token: str, sid: str) -> str | None:
        """The first words of a call we placed."""
        with self.statements() as store:
            call = store.peek_call(sid=None, token=token)
            if call is None or call.session is not None or not _goes_on(call):
                return None
            now = self.clock.real() + call.shift
            context, locale = self.contexts.of(store, call, now)
            script = self.playbook.calls.by_id(call.script, locale)
            turn = begin(script, context)
            if not _stands_alone(call, turn):
                return None
            answer, taken = self._spoken(turn, None, detail=names_debt(script, context, turn))
            taken = replace(taken, connected=call.outcome is None)  # until somebody knows better
            return answer if self._written(store, call, sid, turn, taken, now) else None

    def turn(self, sid: str, number: int, heard: Heard) -> str | None:
        """A later turn."""
        with self.statements() as store:
            for call in self._as_known(store, sid, number):
                now = self.clock.real() + call.shift
                thought = self._thought(store, call, number, heard, now)
                if thought is None:
                    return None
                turn, detail = thought
                answer, taken = self._spoken(turn, heard.text, detail=detail)
                if self._written(store, call, sid, turn, taken, now):
                    return answer
        return None

    def _as_known(self, store: CallStore, sid: str, number: int) -> Iterator[CallRow]:
        """The call as this process left it in the turn before, then as it is."""
        left = self.recent.get(sid)
        if left is not None and left.turn == number:
            yield left
        call = store.peek_call(sid=sid, token=None)
        if call is not None:
            yield call

    def _thought(
        self, store: CallStore, call: CallRow, number: int, heard: Heard, now: datetime
    ) -> tuple[Turn, bool] | None:
        """The turn and whether it names the debt; None if more is to be read or written with it."""
        if call.session is None or not _goes_on(call):
            return None
        session = session_from(dict(call.session))
        if session.ended or standing(session, number) is not Standing.CURRENT:
            return None
        script = self.playbook.calls.by_id(session.script, session.language)
        context, _ = self.contexts.of(store, call, now)
        turn = hear(script, session, heard, context)
        return (turn, names_debt(script, context, turn)) if _stands_alone(call, turn) else None

    def _spoken(self, turn: Turn, heard: str | None, *, detail: bool) -> tuple[str, TakenTurn]:
        document = self.speaker.speak(turn.outputs, turn.session.turn)
        return document, kept_turn(turn, document, heard, detail=detail)

    def _written(
        self, store: CallStore, call: CallRow, sid: str, turn: Turn, taken: TakenTurn, now: datetime
    ) -> bool:
        if not store.save_if_unmoved(call, sid, taken, at=now):
            return False
        if turn.session.ended:
            self.recent.forget(sid)
        else:
            left = replace(call, turn=taken.number, session=taken.session, answer=taken.answer)
            self.recent.keep(sid, left)
        return True


def _goes_on(call: CallRow) -> bool:
    """Whether there is still a case to speak of, and somebody to speak to."""
    return not call.ended and call.case_id is not None and call.case_state is not CaseState.CLOSED


def _stands_alone(call: CallRow, turn: Turn) -> bool:
    """Whether a turn and what was reached in it are all there is to write."""
    session = turn.session
    if session.turn == call.turn or isinstance(turn.outputs[-1], Transfer):
        return False
    return not (session.ended and call.direction == "inbound")
