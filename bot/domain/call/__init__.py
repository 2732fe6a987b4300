"""A call with a debtor as a pure conversation, one turn per input. The contract is in `values`."""

from bot.domain.call.context import CallContext, Desk, Duties, IdentityFact, Spoken
from bot.domain.call.engine import begin, expects_reference, hang_up, hear, standing
from bot.domain.call.outcomes import understanding_of
from bot.domain.call.script import CallScript
from bot.domain.call.storing import as_json, outcome_as_json, outcome_from, session_from
from bot.domain.call.values import (
    Ask,
    CallKind,
    Hangup,
    Heard,
    HeardKind,
    Level,
    Outcome,
    OutcomeKind,
    Output,
    Record,
    Say,
    Session,
    Standing,
    StartRecording,
    Transfer,
    TransferEnd,
    Turn,
)

__all__ = [
    "Ask",
    "CallContext",
    "CallKind",
    "CallScript",
    "Desk",
    "Duties",
    "Hangup",
    "Heard",
    "HeardKind",
    "IdentityFact",
    "Level",
    "Outcome",
    "OutcomeKind",
    "Output",
    "Record",
    "Say",
    "Session",
    "Spoken",
    "Standing",
    "StartRecording",
    "Transfer",
    "TransferEnd",
    "Turn",
    "as_json",
    "begin",
    "expects_reference",
    "hang_up",
    "hear",
    "outcome_as_json",
    "outcome_from",
    "session_from",
    "standing",
    "understanding_of",
]
