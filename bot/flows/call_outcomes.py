"""What a turn of a call came to, as replies to be handled; and what the call itself was."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.call.context import CallContext
from bot.domain.call.outcomes import understanding_of
from bot.domain.call.script import CallScript
from bot.domain.call.storing import as_json, outcome_as_json
from bot.domain.call.values import Level, OutcomeKind, Session, StartRecording, Turn
from bot.domain.vocabulary import CallOutcome
from bot.flows.ports.calls import Reached, TakenTurn
from bot.flows.reading import as_document


def reached_by(turn: Turn, words: str) -> Sequence[Reached]:
    """Everything the turn came to that the case must hear of. `words` are the debtor's."""
    return [
        Reached(number, words, {"outcome": outcome_as_json(outcome)})
        for number, outcome in enumerate(turn.outcomes)
        if understanding_of(outcome) is not None
    ]


def names_debt(script: CallScript, context: CallContext, turn: Turn) -> bool:
    """Whether anything that tells of a debt was spoken; looked for in the words themselves."""
    said = "\n".join(turn.said)
    values = (context.values.get(name, "") for name in script.private)
    return any(len(value) > 1 and value in said for value in values)


def kept_turn(turn: Turn, document: str, heard: str | None, *, detail: bool) -> TakenTurn:
    """The turn as it is stored: answered by `document`, `detail` tells whether it names the debt."""
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


def machine_heard(session: Session) -> CallOutcome | None:
    """A machine or a fax, when the conversation found out; None for a human."""
    for outcome in session.outcomes:
        if outcome.kind is OutcomeKind.MACHINE:
            return CallOutcome.FAX if outcome.reason == "fax" else CallOutcome.MACHINE
    return None
