"""Twilio's error codes that the sandbox uses: HTTP status and text.

Sources: Twilio, "Error and warning dictionary", page n for code n.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Known:
    """An error's HTTP status at create (400 for those that come later) and its message."""

    http: int
    message: str


ERRORS: dict[int, Known] = {
    20001: Known(400, "Unknown parameters"),
    20003: Known(401, "Authenticate"),
    20004: Known(405, "Method not allowed"),
    20404: Known(404, "The requested resource was not found"),
    20429: Known(429, "Too Many Requests"),
    20500: Known(500, "An internal server error has occurred"),
    10004: Known(429, "Call concurrency limit exceeded"),
    13224: Known(400, "Twilio does not support calling this number or the number is invalid: {to}"),
    21201: Known(400, "No 'To' number is specified"),
    21205: Known(400, "Url is not a valid URL: {url}"),
    21206: Known(400, "Invalid SendDigits"),
    21208: Known(400, "Invalid Timeout"),
    21209: Known(400, "Invalid Method; use GET or POST"),
    21210: Known(
        400, "'From' phone number {from_} is not verified for your account and is none of its numbers"
    ),
    21211: Known(400, "Invalid 'To' Phone Number: {to}"),
    21212: Known(400, "Invalid From Number (caller ID): {from_}"),
    21213: Known(400, "Caller phone number is required"),
    21214: Known(400, "'To' phone number cannot be reached: {to}"),
    21215: Known(
        400, "Account not authorized to call {to}: geo permission configuration is not permitting "
        "the call"
    ),
    21216: Known(400, "Account not allowed to call {to}: call blocked"),
    21217: Known(400, "Phone number does not appear to be valid: {to}"),
    21219: Known(400, "'To' phone number not verified: {to}"),
    21220: Known(400, "Call is not in-progress. Cannot redirect."),
    21234: Known(400, "Invalid Machine Detection configuration value"),
    21262: Known(400, "No AMD status callback URL provided (AsyncAmdStatusCallback)"),
    21263: Known(400, "Invalid Answering Machine Detection Parameters"),
    21266: Known(400, "'To' and 'From' number cannot be the same: {to}"),
    21408: Known(
        400, "Permission to send an SMS has not been enabled for the region indicated by "
        "the 'To' number: {to}"
    ),
    21602: Known(400, "Message body is required."),
    21603: Known(400, "A 'From' phone number is required."),
    21604: Known(400, "A 'To' phone number is required."),
    21606: Known(
        400, "The 'From' phone number {from_} is not a valid, SMS-capable inbound phone number "
        "or short code for your account."
    ),
    21608: Known(400, "The number {to} is unverified. Trial accounts cannot send to it."),
    21609: Known(
        400, "The 'StatusCallback' URL {callback} is not a valid URL, or the sandbox may not post "
        "there (see SANDBOX_CALLBACK_HOSTS)."
    ),
    21610: Known(400, "Attempt to send to unsubscribed recipient"),
    21611: Known(400, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: Known(
        400, "The message cannot be sent with the current combination of 'To' ({to}) and/or "
        "'From' ({from_}) parameters"
    ),
    21614: Known(400, "'To' number is not a valid mobile number: {to}"),
    21617: Known(400, "The concatenated message body exceeds the 1600 character limit"),
    21626: Known(400, "Invalid 'StatusCallbackEvent'; use initiated, ringing, answered, completed"),
    21624: Known(400, "Invalid validity period value"),
    21635: Known(400, "'To' number cannot be a landline: {to}"),
    21701: Known(400, "The Messaging Service does not exist: {service}"),
    21703: Known(400, "The Messaging Service does not have a phone number available to send"),
    30001: Known(400, "Queue overflow"),
    30002: Known(400, "Account suspended"),
    30003: Known(400, "Unreachable destination handset"),
    30004: Known(400, "Message blocked"),
    30005: Known(400, "Unknown destination handset"),
    30006: Known(400, "Landline or unreachable carrier"),
    30007: Known(400, "Message filtered"),
    30008: Known(400, "Unknown error"),
    30034: Known(400, "Message from an unregistered number"),
    30036: Known(400, "Validity period expired"),
}  # fmt: skip


class Refusal(Exception):  # noqa: N818 - it is the carrier's answer, not a failure of ours
    """The carrier refuses a request: Twilio's code, HTTP status and text."""

    def __init__(self, code: int, http: int = 0, detail: str = "", **facts: str | None) -> None:
        known = ERRORS.get(code, Known(400, "Refused by a fault rule"))
        self.code = code
        self.http = http or known.http
        shown = {name: value or "" for name, value in facts.items()}
        blanks = {"to": "", "from_": "", "callback": "", "service": "", "url": ""}
        self.message = detail or known.message.format(**{**blanks, **shown})
        super().__init__(self.message)

    def body(self) -> dict[str, Any]:
        """Twilio's error document."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.http,
        }
