"""The field's words as closed sets. Every stored status is one of these values."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands; only `bot.domain.case_life` moves it."""

    ACTIVE = "active"  #: the cadence runs
    PROMISED = "promised"  #: an open promise stops the cadence until its date plus grace
    DISPUTED = "disputed"  #: frozen until the dispute is resolved
    PAUSED = "paused"  #: no automated contact until someone resumes it
    HANDED_OFF = "handed_off"  #: a collector has it; the bot is quiet
    CLOSED = "closed"  #: nothing more to do


class Channel(StrEnum):
    """A way to reach the debtor."""

    SMS = "sms"
    VOICE = "voice"


class Purpose(StrEnum):
    """Why a touch goes out. The contact rules scope themselves by it."""

    WELCOME = "welcome"  #: after disbursement: confirm the three elements
    REMINDER = "reminder"  #: a cadence touch before, on or after the due date
    PROMISE_REMINDER = "promise_reminder"  #: the day before and the day of a promise
    PROMISE_BROKEN = "promise_broken"  #: the follow-up within 24 h of a broken promise
    CALL_BACK = "call_back"  #: at the time the debtor asked for
    ANSWER = "answer"  #: the one fitting answer to a reply
    OPT_OUT_CONFIRMATION = "opt_out_confirmation"  #: once, at once, then silence
    THANKS = "thanks"  #: a payment arrived
    COLLECTOR = "collector"  #: written or placed by a human through the console


#: Contacts the desk starts by itself; caps on frequency count and bind these.
INITIATED = frozenset(
    {
        Purpose.WELCOME,
        Purpose.REMINDER,
        Purpose.PROMISE_REMINDER,
        Purpose.PROMISE_BROKEN,
        Purpose.CALL_BACK,
        Purpose.COLLECTOR,
    }
)


class TouchState(StrEnum):
    """The life of one planned outbound contact."""

    PLANNED = "planned"  #: waiting for its due instant
    ATTEMPTED = "attempted"  #: an attempt was committed; it is never attempted again
    DENIED = "denied"  #: a rule refused it, at planning or at sending
    CANCELLED = "cancelled"  #: overtaken by a payment, a reply, a hand-off …
    EXPIRED = "expired"  #: its window passed before it could be sent


class AttemptState(StrEnum):
    """One try at the carrier. Rank grows; a callback never moves it backward."""

    SENDING = "sending"  #: committed before the carrier was called
    UNKNOWN = "unknown"  #: the carrier may have it; counts as sent, never repeated
    REFUSED = "refused"  #: the carrier said no and nothing left
    ACCEPTED = "accepted"  #: the carrier has it (queued, accepted, sending)
    SENT = "sent"  #: handed to the network
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


class CallOutcome(StrEnum):
    """How a call ended; the first that is known stands."""

    ANSWERED = "answered"  #: a human, as far as anybody could tell
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    MACHINE = "machine"
    FAX = "fax"
    FAILED = "failed"
    NOT_PUT_THROUGH = "not_put_through"  #: a collector's call that never rang at the debtor's


class PromiseState(StrEnum):
    """A promise to pay. Payments decide it, words never do."""

    OPEN = "open"
    KEPT = "kept"
    PARTIAL = "partial"
    BROKEN = "broken"
    SUPERSEDED = "superseded"


class AllocationOrder(StrEnum):
    """How a portfolio spreads money over debts; between equals the one due first comes first."""

    OLDEST_DUE_FIRST = "oldest_due_first"  #: a debt is paid wholly before the next one
    INTEREST_FIRST = "interest_fee_principal"  #: all interest, then all fees, then principal
    #: Costs, interest, principal: Civil Code of the PRC art. 561, where nothing else was agreed.
    FEE_FIRST = "fee_interest_principal"


class HandoffReason(StrEnum):
    """Why the bot gave a case to a human."""

    DISPUTE = "dispute"
    HARDSHIP = "hardship"
    COMPLAINT = "complaint"
    HUMAN_REQUESTED = "human_requested"
    INSTALLMENT = "installment"
    DECEASED = "deceased"
    VULNERABLE = "vulnerable"
    SELF_HARM = "self_harm"
    REFUSED = "refused"
    BROKEN_PROMISES = "broken_promises"
    UNCLEAR = "unclear"
    UNREACHABLE = "unreachable"
    PAID_CLAIM = "paid_claim"
    PROMISE_TOO_FAR = "promise_too_far"
    TIER_HUMAN = "tier_human"  #: the tier belongs to humans and law only
    WRONG_NUMBER = "wrong_number"  #: no usable contact point is left
    CALL_BACK = "call_back"  #: asked to be called by a human, or the call could not go on
    CHARGEBACK = "chargeback"  #: the payer's bank took a payment back
    REFUND = "refund"  #: money went back on a case that a human had closed
    PAYMENT_UNDONE = "payment_undone"  #: thanked for money that turned out not to be theirs
    TAKEN = "taken"  #: a collector took a case that the bot still had
    LEGAL = "legal"  #: an attorney, a limitation period, a rule that asks for a human


class Portion(StrEnum):
    """A promised part of what is owed, when no figure was named."""

    HALF = "half"
    FULL = "full"


class PhoneKind(StrEnum):
    """What a number can carry."""

    MOBILE = "mobile"
    LANDLINE = "landline"  #: voice only
    UNKNOWN = "unknown"  #: mobile or landline (as in the US plan)


class Owner(StrEnum):
    """Whose contact point it is. Nobody else exists in the data model."""

    DEBTOR = "debtor"
    GUARANTOR = "guarantor"


class SenderKind(StrEnum):
    """Which carrier adapter and which route table a sender uses."""

    TWILIO = "twilio"
    SANDBOX = "sandbox"
