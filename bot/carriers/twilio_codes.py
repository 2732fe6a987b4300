"""Twilio's error codes as the kinds of refusal flows know, and its message statuses as states.

Codes: Twilio's error dictionary (https://www.twilio.com/docs/api/errors); statuses: Messages
resource, `Status`.
"""

from __future__ import annotations

from bot.domain.vocabulary import AttemptState
from bot.flows.ports.carrier import Refusal

_KINDS: dict[Refusal, tuple[int, ...]] = {
    Refusal.NUMBER: (21211, 21214, 21217, 21614, 21635, 30005, 30006),
    Refusal.OPTED_OUT: (21610,),
    Refusal.THROTTLED: (20429,),
    Refusal.TEMPORARY: (21611, 21612, 30001, 30003, 30008, 30017, 30036),
    Refusal.CONTENT: (21602, 21617, 30004, 30007),
    Refusal.ACCOUNT: (
        20003,
        20404,
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
