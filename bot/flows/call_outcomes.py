"""What a turn of a call came to, as replies to be handled; and what the call itself was."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.call.context import CallContext
from bot.domain.call.outcomes import understanding_of
from bot.domain.call.script import CallScript
from bot.domain.call.storing import outcome_as_json
from bot.domain.call.values import OutcomeKind, Session, Turn
from bot.domain.vocabulary import CallOutcome
from bot.flows.ports.calls import Reached


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


def machine_heard(session: Session) -> CallOutcome | None:
    """A machine or a fax, when the conversation found out; None for a human."""
    for outcome in session.outcomes:
        if outcome.kind is OutcomeKind.MACHINE:
            return CallOutcome.FAX if outcome.reason == "fax" else CallOutcome.MACHINE
    return None
