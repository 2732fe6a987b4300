"""Twilio's error codes as the kinds of refusal flows know, and its statuses as states.

Codes: Twilio's error dictionary (https://www.twilio.com/docs/api/errors); statuses: Messages
resource and Calls resource, `Status`. SIP responses of calls that failed: RFC 3398, 8.2.6.1 and
ITU-T Q.850 (404 and 604: cause 1, unallocated; 410: cause 22, number changed; 484: cause 28,
incomplete or of a wrong format).
"""

from __future__ import annotations

from bot.domain.call.values import TransferEnd
from bot.domain.vocabulary import AttemptState, CallOutcome
from bot.flows.ports.carrier import Refusal

_KINDS: dict[Refusal, tuple[int, ...]] = {
    Refusal.NUMBER: (21211, 21214, 21217, 21614, 21635, 30005, 30006, 13223, 13224),
    Refusal.OPTED_OUT: (21610,),
    Refusal.THROTTLED: (20429, 10004),  # 10004: more calls at a time than the account may have
    Refusal.TEMPORARY: (21611, 21612, 30001, 30003, 30008, 30017, 30036),
    Refusal.CONTENT: (21602, 21617, 30004, 30007),
    Refusal.ACCOUNT: (
        10001,
        10002,
        13227,
        20003,
        20404,
        21203,
        21210,
        21212,
        21213,
        21215,
        21216,
        21219,
        21262,
        32205,
        21408,
        21603,
        21606,
        21608,
        30002,
        30034,
        30460,
        30863,
        30943,
    ),
}

_KIND_OF = {str(code): kind for kind, codes in _KINDS.items() for code in codes}

#: Every `Status` of the Messages resource.
STATES = {
    "queued": AttemptState.ACCEPTED,
    "accepted": AttemptState.ACCEPTED,
    "scheduled": AttemptState.ACCEPTED,
    "sending": AttemptState.ACCEPTED,
    "sent": AttemptState.SENT,
    "delivered": AttemptState.DELIVERED,
    "read": AttemptState.DELIVERED,
    "undelivered": AttemptState.UNDELIVERED,
    "failed": AttemptState.FAILED,
    "canceled": AttemptState.FAILED,
}


def kind_of(code: str | int | None) -> Refusal | None:
    """The kind of an error code; None for a code nobody has classified (or no code)."""
    return _KIND_OF.get(str(code)) if code is not None else None


def state_of(status: str) -> AttemptState:
    """A message status as an attempt's state; one Twilio adds later only proves it was accepted."""
    return STATES.get(status, AttemptState.ACCEPTED)


#: Every `Status` of the Calls resource, as the attempt's state.
_CALL_STATES = {
    "queued": AttemptState.ACCEPTED,
    "initiated": AttemptState.ACCEPTED,
    "ringing": AttemptState.SENT,
    "in-progress": AttemptState.SENT,
    "completed": AttemptState.DELIVERED,
    "busy": AttemptState.UNDELIVERED,
    "no-answer": AttemptState.UNDELIVERED,
    "canceled": AttemptState.FAILED,
    "failed": AttemptState.FAILED,
}

#: How a call ended, by its last status.
_CALL_OUTCOMES = {
    "completed": CallOutcome.ANSWERED,
    "busy": CallOutcome.BUSY,
    "no-answer": CallOutcome.NO_ANSWER,
    "canceled": CallOutcome.FAILED,
    "failed": CallOutcome.FAILED,
}

#: `DialCallStatus` of a <Dial> and `QueueResult` of an <Enqueue>; by any other nobody was reached.
_TRANSFER_ENDS = {
    "completed": TransferEnd.MET,
    "answered": TransferEnd.MET,
    "bridged": TransferEnd.MET,
    "hangup": TransferEnd.GAVE_UP,
    "leave": TransferEnd.LEFT,
}

#: SIP responses after which a number is not called again.
_DEAD_SIP = frozenset({"404", "410", "484", "604"})


def call_state_of(status: str) -> AttemptState:
    """A call status as an attempt's state."""
    return _CALL_STATES.get(status, AttemptState.ACCEPTED)


def call_outcome_of(status: str) -> CallOutcome | None:
    """How the call ended; None while it has not."""
    return _CALL_OUTCOMES.get(status)


def ended_as(status: str, heard: str | None) -> CallOutcome | None:
    """How the call ended, with `AnsweredBy` of its last report; None while it has not."""
    outcome = call_outcome_of(status)
    if outcome is not CallOutcome.ANSWERED:
        return outcome
    return answered_by(heard) or outcome


def transfer_ended_as(word: str, *, bridged: bool = True) -> TransferEnd:
    """How a transfer ended. `bridged` is DialBridged: who picks up and hangs up within the whisper
    ends a call that was answered, and talked to nobody.
    """
    end = _TRANSFER_ENDS.get(word, TransferEnd.NOT_MET)
    return TransferEnd.NOT_MET if end is TransferEnd.MET and not bridged else end


def dead_line(status: str, sip_response: str | None, code: str | None) -> bool:
    """Whether the network says that there is no such telephone (空号, 停机)."""
    if call_outcome_of(status) is not CallOutcome.FAILED:
        return False
    return sip_response in _DEAD_SIP or kind_of(code) is Refusal.NUMBER


def answered_by(word: str | None) -> CallOutcome | None:
    """`AnsweredBy` of machine detection; None when it says nothing."""
    if word is None or word == "unknown":
        return None
    if word == "human":
        return CallOutcome.ANSWERED
    return CallOutcome.FAX if word == "fax" else CallOutcome.MACHINE
