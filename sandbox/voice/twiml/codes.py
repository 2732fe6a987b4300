"""Twilio's debugger codes for TwiML and its retrieval (Twilio, "Error and warning dictionary")."""

from dataclasses import dataclass

CODES: dict[int, str] = {
    11200: "HTTP retrieval failure",
    11215: "HTTP too many redirects",
    11750: "TwiML response body too large",
    11770: "Empty response body",
    12100: "Document parse failure",
    12102: "The root element must be Response",
    12200: "Schema validation warning",
    12300: "Invalid Content-Type",
    13201: "Dial: Cannot Dial out from a Dial Call Segment",
    13210: "Dial: Invalid method value",
    13212: "Dial: Invalid timeout value",
    13213: "Dial: Invalid hangupOnStar value",
    13214: "Dial: Invalid callerId value",
    13215: "Dial: Invalid nested element",
    13216: "Invalid timeLimit value",
    13217: "Dial: Invalid record value",
    13218: "Dial: Invalid sequential value",
    13219: "Dial: Invalid answerOnBridge value",
    13220: "Dial: Invalid ringTone value",
    13221: "Dial->Number: Invalid method value",
    13222: "Dial->Number: Invalid sendDigits value",
    13223: "Dial: Invalid phone number format",
    13224: "Dial: Twilio does not support calling this number or the number is invalid",
    13256: "Invalid recordingStatusCallback URL",
    13310: "Gather: Invalid finishOnKey value",
    13312: "Gather: Invalid method value",
    13313: "Gather: Invalid timeout value",
    13314: "Gather: Invalid numDigits value",
    13320: "Gather: Invalid nested verb",
    13326: "Gather: Invalid input value",
    13327: "Gather: Invalid speechTimeout value",
    13328: "Gather: Invalid maxSpeechTime value",
    13329: "Gather: Invalid partialResultCallbackMethod value",
    13330: "Gather: Invalid hints value",
    13331: "Gather: Invalid language value",
    13332: "Gather: Invalid bargeIn value",
    13333: "Gather: Invalid profanityFilter value",
    13334: "Gather: Invalid model value",
    13338: "Gather: Invalid actionOnEmptyResult value",
    13410: "Play: Invalid loop value",
    13430: "Play: Invalid DTMF String",
    13510: "Say: Invalid loop value",
    13511: "Say: Invalid voice value",
    13512: "Say: Invalid language value",
    13520: "Say: Invalid text",
    13521: "Say: character limits exceeded",
    13610: "Record: Invalid method value",
    13611: "Record: Invalid timeout value",
    13612: "Record: Invalid maxLength value",
    13613: "Record: Invalid finishOnKey value",
    13614: "Record: Invalid transcribe value",
    13616: "Record: playBeep must be true or false",
    13621: "Invalid 'recordingStatusCallbackEvent'",
    13699: "Record: Invalid trim value",
    13710: "Redirect: Invalid method value",
    13810: "Reject: Invalid cause",
    13910: "Pause: Invalid length value",
    14201: "Enqueue: Invalid method value",
    14204: "Enqueue: Queue name too short",
    14205: "Enqueue: Queue name too long",
    14206: "Enqueue: Invalid waitUrlMethod value",
    14207: "Enqueue: The targeted queue reached max queue size",
    14210: "Dial->Queue: Invalid whisper method",
    14212: "Dial->Queue: queue name too short",
    14213: "Dial->Queue: queue name too long",
    14300: "Start: Invalid nested noun value",
    21626: "Invalid 'StatusCallbackEvent'",
}


@dataclass(frozen=True)
class Complaint:
    """Something in a document that Twilio would write to the debugger; the call goes on."""

    code: int
    detail: str

    def to_json(self) -> dict[str, object]:
        """As the log and the control API show it."""
        return {"code": self.code, "message": CODES.get(self.code, ""), "detail": self.detail}


class TwimlError(ValueError):
    """A document that cannot be executed at all; `code` is Twilio's."""

    def __init__(self, code: int, detail: str) -> None:
        super().__init__(f"{code} {CODES[code]}: {detail}")
        self.code = code
        self.detail = detail
