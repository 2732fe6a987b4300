"""Going from step to step within one turn, gathering what is said and reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.call import filling
from bot.domain.call.conditions import CONDITIONS
from bot.domain.call.context import CallContext
from bot.domain.call.script import BACK, AskKind, CallScript, Handing, Question, Step, Way
from bot.domain.call.values import (
    Ask,
    Hangup,
    Level,
    Outcome,
    OutcomeKind,
    Output,
    Record,
    Say,
    Session,
    StartRecording,
    Transfer,
    Turn,
)
from bot.domain.understanding import Understanding

MAX_TURNS = 40
"""A call that is not over by then is ended kindly (product choice: about ten minutes)."""

_MAX_STEPS = 30
"""Steps within one turn; lint proves that no script comes near."""


#: The slot without which nothing of the kind is pending any more.
_HELD = {
    OutcomeKind.PROMISE: "date",
    OutcomeKind.DISPUTE: "dispute_kind",
    OutcomeKind.CALL_LATER: "call_start",
}


class Run:
    """One turn in the making. Used once: `go`, `ask_again`, `take` or `close` end it."""

    def __init__(self, script: CallScript, context: CallContext, session: Session) -> None:
        self.script = script
        self.context = context
        self.session = session
        self.slots = dict(session.slots)
        self.tries = dict(session.tries)
        self.reading: Understanding | None = None
        self._says: list[Say] = []
        self._outputs: list[Output] = []
        self._outcomes: list[Outcome] = []

    @staticmethod
    def ended_by_caller(session: Session, outcomes: Iterable[Outcome]) -> Session:
        """The session after the line was gone."""
        reached = (*session.outcomes, *outcomes)
        return replace(session, outcomes=reached, pending=None, ended=True)

    def take(self, way: Way) -> Turn:
        """Follow an answer: the question it answered starts anew the next time.

        A value that will not do counts like not being understood, or it could go on for ever.
        """
        ask = self._step(self.session.step).ask
        if ask is not None and way.go == ask.wrong and ask.kind is not AskKind.FACT:
            tries = self.tries.get(self.session.step, 0) + 1
            self.tries[self.session.step] = tries
            return self.go(way.go if tries <= ask.tries else ask.unclear)
        self.tries.pop(self.session.step, None)
        if "call" in way.set:
            self.slots.pop("call_words", None)
        self.slots.update(filling.slots_set(way.set, self.context))
        return self.go(way.go)

    def ask_again(self, *, silent: bool) -> Turn:
        """The same question once more, or the way on when it was asked often enough."""
        step = self._step(self.session.step)
        assert step.ask is not None
        tries = self.tries.get(step.id, 0) + 1
        if tries > step.ask.tries:
            self.tries.pop(step.id, None)
            return self.go(step.ask.silence if silent else step.ask.unclear)
        self.tries[step.id] = tries
        if not silent and step.ask.kind is not AskKind.IDENTITY:
            self._says.append(self._spoken(self.script.pardon.fill({})))
        return self._stop_at(step, repeated=True)

    def close(self) -> Turn:
        """The end without another word."""
        return self._end()

    def go(self, name: str) -> Turn:
        """Walk from the step `name` to the next question, transfer, recording or end."""
        for _ in range(_MAX_STEPS):
            if name == BACK:
                return self._stop_at(self._step(self.session.step), repeated=True)
            step = self._step(name)
            self._enter(step)
            if not step.then:
                return self._stop_at(step, repeated=False)
            self._say(step, repeated=False)
            name = self._turning(step)
        raise AssertionError(f"{self.script.id}: {name} goes round in circles; lint it")

    def _step(self, name: str) -> Step:
        return self.script.steps[name]

    def _turning(self, step: Step) -> str:
        session = self._now()
        return next(
            each.go
            for each in step.then
            if each.when is None or CONDITIONS[each.when](session, self.context)
        )

    def _now(self) -> Session:
        """The session as it stands within the turn, for conditions and outcomes."""
        outcomes = (*self.session.outcomes, *self._outcomes)
        return replace(self.session, slots=self.slots, outcomes=outcomes)

    def _enter(self, step: Step) -> None:
        for kind in step.do:
            self._reach(kind)
        self._forget(step.forget)
        if step.pending is not None:
            pending = self._outcome(step.pending, confirmed=False)
            self.session = replace(self.session, pending=pending)

    def _forget(self, slots: tuple[str, ...]) -> None:
        for slot in slots:
            self.slots.pop(slot, None)
        pending = self.session.pending
        if pending is not None and _HELD.get(pending.kind, "") in slots:
            self.session = replace(self.session, pending=None)

    def _reach(self, kind: OutcomeKind) -> None:
        if kind is OutcomeKind.VERIFIED:
            self.session = replace(self.session, level=Level.FACT)
        outcome = self._outcome(kind, confirmed=True)
        if self.session.pending is not None and self.session.pending.kind is kind:
            self.session = replace(self.session, pending=None)
        known = [*self.session.outcomes, *self._outcomes]
        if not any(replace(each, turn=outcome.turn) == outcome for each in known):
            self._outcomes.append(outcome)

    def _outcome(self, kind: OutcomeKind, *, confirmed: bool) -> Outcome:
        flags = self.reading.flags if self.reading else frozenset[str]()
        return filling.outcome(kind, self._now(), self.context, flags, confirmed=confirmed)

    def _say(self, step: Step, *, repeated: bool) -> None:
        phrase = (step.again or step.say) if repeated else step.say
        if phrase is None:
            return
        say = self._spoken(phrase.fill(filling.values(self._now(), self.context, self.script)))
        if step.notice:
            self._outputs.append(say)
            self._record_from_here()
        else:
            self._says.append(say)

    def _record_from_here(self) -> None:
        if self.context.duties.record_notice and not self.session.recording:
            self._outputs.append(StartRecording())
            self.session = replace(self.session, recording=True)

    def _spoken(self, text: str) -> Say:
        voice = self.script.voice
        return Say(text, voice.language, voice.voice, voice.rate)

    def _stop_at(self, step: Step, *, repeated: bool) -> Turn:
        if self.session.turn >= MAX_TURNS and not step.end:
            return self._too_long()
        if step.hand is not None:
            return self._hand_over(step, step.hand)
        self._say(step, repeated=repeated)
        if step.ask is not None:
            return self._turn(step.id, self._question(step.id, step.ask), spoken_first=False)
        if step.record is not None:
            return self._turn(step.id, Record(step.id, step.record.max_seconds))
        return self._end(step.id)

    def _too_long(self) -> Turn:
        self._says.clear()
        return self.go(self.script.too_long)

    def _question(self, step_id: str, ask: Question) -> Ask:
        return Ask(
            step_id,
            tuple(self._says),
            speech_language=self.script.voice.speech_language,
            hints=ask.hints,
            timeout=ask.timeout,
            num_digits=ask.digits,
            finish_on_key=ask.finish,
        )

    def _hand_over(self, step: Step, hand: Handing) -> Turn:
        waiting = step.say
        values = filling.values(self._now(), self.context, self.script)
        everything = filling.collector_values(self._now(), self.context, self.script, self.reading)
        said = self._spoken(waiting.fill(values)) if waiting else self._spoken("")
        transfer = Transfer(
            whisper=self._spoken(hand.whisper.fill(everything)),
            waiting=said,
            queue=self.context.queue,
            reason=hand.reason,
        )
        return self._turn(step.id, transfer)

    def _end(self, step_id: str | None = None) -> Turn:
        if self.session.pending is not None:
            self._outcomes.append(self.session.pending)
            self.session = replace(self.session, pending=None)
        self.session = replace(self.session, ended=True)
        return self._turn(step_id or self.session.step, Hangup())

    def _turn(self, step_id: str, last: Output, *, spoken_first: bool = True) -> Turn:
        if spoken_first:
            self._outputs.extend(self._says)
        session = replace(
            self.session,
            version=self.script.version,
            step=step_id,
            turn=self.session.turn + 1,
            slots=self.slots,
            tries=self.tries,
            outcomes=(*self.session.outcomes, *self._outcomes),
        )
        return Turn(session, (*self._outputs, last), tuple(self._outcomes), self.reading)
