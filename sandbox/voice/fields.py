"""The form fields of webhooks about calls (Twilio, "TwiML Voice: request parameters")."""

from email.utils import format_datetime

from sandbox.numbers import country
from sandbox.sms.message import API_VERSION
from sandbox.voice.call import Call


def call_fields(call: Call, account: str) -> dict[str, str]:
    """What every request about a call carries."""
    from_, to = call.order.shown_from, call.order.to
    fields = {
        "AccountSid": account,
        "ApiVersion": API_VERSION,
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Called": to,
        "Caller": from_,
        "Direction": call.direction,
        "From": from_,
        "To": to,
    }
    for name, number in (("Caller", from_), ("From", from_), ("Called", to), ("To", to)):
        fields |= {f"{name}City": "", f"{name}State": "", f"{name}Zip": ""}
        fields[f"{name}Country"] = country(number)
    if call.parent:
        fields["ParentCallSid"] = call.parent
    if call.answered_by and call.order.detects_first:
        fields["AnsweredBy"] = call.answered_by
    return fields


def status_fields(call: Call, account: str, event: str) -> dict[str, str]:
    """A status callback's fields (Twilio, "Calls resource: StatusCallback").

    `event`: `initiated`, `ringing`, `answered` or `completed`; the latter stands for every end.
    """
    status = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}
    fields = {
        **call_fields(call, account),
        "CallStatus": status.get(event, call.status),
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.sequence),
        "Timestamp": format_datetime(call.moment),
    }
    if event == "completed":
        seconds = call.duration or 0
        fields["CallDuration"] = str(seconds)
        fields["Duration"] = str(-(-seconds // 60))
        fields["SipResponseCode"] = str(call.sip or 200)
        if call.answered_by:
            fields["AnsweredBy"] = call.answered_by
    return fields


def detection_fields(call: Call, account: str, took_s: float) -> dict[str, str]:
    """What the callback of asynchronous answering-machine detection carries."""
    return {
        "AccountSid": account,
        "AnsweredBy": call.answered_by or "unknown",
        "CallSid": call.sid,
        "MachineDetectionDuration": str(round(took_s * 1000)),
    }
