"""The conversation: one input in, one turn out. Pure; see `values` for the contract."""

from __future__ import annotations

from bot.domain.call.context import CallContext
from bot.domain.call.listening import listen
from bot.domain.call.running import Run
from bot.domain.call.script import AskKind, CallScript, Step, Way
from bot.domain.call.values import (
    Hangup,
    Heard,
    HeardKind,
    Level,
    Outcome,
    OutcomeKind,
    Session,
    Standing,
    TransferEnd,
    Turn,
)

_NOTHING_MORE = frozenset({TransferEnd.MET, TransferEnd.GAVE_UP})
_FAX = "fax"
_SPEAKS_FOR_ITSELF = frozenset({OutcomeKind.MACHINE, OutcomeKind.NO_RESPONSE})
_SETTLED_UNVERIFIED = frozenset(
    {
        OutcomeKind.WRONG_PERSON,
        OutcomeKind.THIRD_PARTY,
        OutcomeKind.UNVERIFIED_END,
        OutcomeKind.OPT_OUT,
        OutcomeKind.DECEASED,
    }
)


def begin(script: CallScript, context: CallContext) -> Turn:
    """The first turn: who calls, and the first question."""
    session = Session(script.id, script.version, script.language, script.start)
    return Run(script, context, session).go(script.start)


def hear(script: CallScript, session: Session, heard: Heard, context: CallContext) -> Turn:
    """The turn that answers one input. A session that has ended answers with a hang-up.

    A report that a human answered changes nothing and has no outputs.
    """
    if heard.kind is HeardKind.MACHINE:
        return _machine(script, session, heard, context)
    if session.ended:
        return Turn(session, (Hangup(),))
    run = Run(script, context, session)
    step = script.steps.get(session.step)
    if step is None:  # a newer version of the script no longer has it
        return run.go(script.too_long)
    return _heard(run, step, heard)


def _heard(run: Run, step: Step, heard: Heard) -> Turn:
    if step.hand is not None:
        return run.close() if heard.text in _NOTHING_MORE else run.go(step.hand.failed)
    if step.record is not None:
        return run.go(step.record.done)
    assert step.ask is not None
    heading = listen(run, step.ask, heard)
    run.reading = heading.reading
    if _settled(run) and not _cares(run, heading.way):
        return run.go(run.script.settled)
    if heading.way is None:
        return run.ask_again(silent=not heading.heard)
    return run.take(heading.way)


def _settled(run: Run) -> bool:
    """Paid while on the line: there is no sum left to speak of."""
    return run.session.level is Level.FACT and run.context.owed_minor == 0


def _cares(run: Run, way: Way | None) -> bool:
    """Ways that lead where no debt is spoken of anyway: a stop, a complaint, a human."""
    script = run.script
    spoken_freely = {each.go for each in script.before.values()} | {script.self_harm}
    return way is not None and way.go in spoken_freely


def _machine(script: CallScript, session: Session, heard: Heard, context: CallContext) -> Turn:
    """Nobody to talk to. Once somebody has spoken, a late report of a machine is wrong."""
    mechanical = heard.text.startswith("machine") or heard.text == _FAX
    if session.ended or session.heard_any or not mechanical:
        return Turn(session, ())
    run = Run(script, context, session)
    run.slots["machine"] = heard.text
    return run.go(script.machine)


def hang_up(session: Session) -> Turn:
    """The line is gone: what was said and not confirmed counts, and what the call came to."""
    if session.ended:
        return Turn(session, ())
    last = session.pending or _nothing_more(session)
    outcomes = (last,) if last is not None else ()
    run = Run.ended_by_caller(session, outcomes)
    return Turn(run, (), outcomes)


def _nothing_more(session: Session) -> Outcome | None:
    kinds = {outcome.kind for outcome in session.outcomes}
    if kinds & _SPEAKS_FOR_ITSELF or session.level is Level.FACT:
        return None
    if not session.heard_any:
        return Outcome(OutcomeKind.NO_RESPONSE, session.turn)
    if kinds & _SETTLED_UNVERIFIED:
        return None
    return Outcome(OutcomeKind.UNVERIFIED_END, session.turn, session.level, reason="hung_up")


def standing(session: Session, posted_turn: int) -> Standing:
    """What a posted turn number is to the session: see the contract."""
    if posted_turn == session.turn:
        return Standing.CURRENT
    return Standing.REPEATED if posted_turn == session.turn - 1 else Standing.STALE


def expects_reference(script: CallScript, session: Session) -> bool:
    """Whether the digits of the next input may name a case."""
    step = script.steps.get(session.step)
    return bool(step and step.ask and step.ask.kind is AskKind.REFERENCE)
