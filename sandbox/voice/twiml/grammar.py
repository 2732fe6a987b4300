"""What TwiML for calls may hold: elements, their nesting, their attributes and values.

Source: Twilio, "TwiML for Programmable Voice", one page per verb. An attribute that breaks its rule
is written to the debugger under the code given here and is then ignored; so is an unknown element.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.numbers import E164
from sandbox.voice.twiml import languages

Check = Callable[[str], bool]
SCHEMA = 12200
KEYS = frozenset("0123456789*#")
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
RECORDING_EVENTS = frozenset({"in-progress", "completed", "absent"})


@dataclass(frozen=True)
class Shape:
    """One element. `attributes`: check and code by name; `children`: names it may hold.

    `nesting`: the code of a child that does not belong; `text`: whether it may hold words.
    """

    attributes: Mapping[str, tuple[Check, int]] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    nesting: int = SCHEMA
    text: bool = False


def _one_of(*values: str) -> Check:
    return lambda value: value in values


def _whole(low: int, high: int = 10**9) -> Check:
    return lambda value: value.isascii() and value.isdigit() and low <= int(value) <= high


def _each_of(allowed: frozenset[str]) -> Check:
    return lambda value: bool(value.split()) and set(value.split()) <= allowed


def _some(value: str) -> bool:
    return bool(value.strip())


def _any(value: str) -> bool:
    return True


def _hints(value: str) -> bool:
    """Twilio, "Gather: hints": at most 500 phrases of at most 100 characters."""
    phrases = value.split(",")
    return len(phrases) <= 500 and all(len(phrase.strip()) <= 100 for phrase in phrases)


_method, _flag = _one_of("GET", "POST"), _one_of("true", "false")


def _say_attributes(code: int = 13510) -> dict[str, tuple[Check, int]]:
    return {
        "voice": (languages.is_voice, 13511),
        "language": (lambda value: value in languages.SAY, 13512),
        "loop": (_whole(0), code),
    }


SSML = frozenset(
    {"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"}
)
SSML_ATTRIBUTES = {
    "break": {"strength", "time"},
    "emphasis": {"level"},
    "lang": {"xml:lang"},
    "phoneme": {"alphabet", "ph"},
    "prosody": {"volume", "rate", "pitch"},
    "say-as": {"interpret-as", "format"},
    "sub": {"alias"},
    "w": {"role"},
}
PROMPTS = frozenset({"Say", "Play", "Pause"})
NOUNS = frozenset({"Number", "Queue", "Client", "Conference", "Sip", "Sim"})
UNSPOKEN = frozenset({"Connect", "Echo", "Pay", "Prompt", "Refer", "Sms", "Stop", "Queue"})
"""Verbs Twilio knows and the sandbox does not execute."""

_RECORDING = {
    "recordingStatusCallback": (_some, 13256),
    "recordingStatusCallbackMethod": (_method, SCHEMA),
    "recordingStatusCallbackEvent": (_each_of(RECORDING_EVENTS), 13621),
    "trim": (_one_of("trim-silence", "do-not-trim"), 13699),
}
_STATUS = {
    "statusCallback": (_some, SCHEMA),
    "statusCallbackMethod": (_method, SCHEMA),
    "statusCallbackEvent": (_each_of(EVENTS), 21626),
}
_DETECTION = {
    "machineDetection": (_one_of("Enable", "DetectMessageEnd"), SCHEMA),
    "machineDetectionTimeout": (_whole(3, 59), SCHEMA),
    "machineDetectionSpeechThreshold": (_whole(1000, 6000), SCHEMA),
    "machineDetectionSpeechEndThreshold": (_whole(500, 5000), SCHEMA),
    "machineDetectionSilenceTimeout": (_whole(2000, 10_000), SCHEMA),
    "amdStatusCallback": (_some, SCHEMA),
    "amdStatusCallbackMethod": (_method, SCHEMA),
}

GRAMMAR: dict[str, Shape] = {
    "Say": Shape(_say_attributes(), SSML, text=True),
    "Play": Shape(
        {"loop": (_whole(0), 13410), "digits": (lambda v: set(v) <= KEYS | {"w"}, 13430)},
        text=True,
    ),
    "Pause": Shape({"length": (_whole(1), 13910)}),
    "Gather": Shape(
        {
            "input": (_one_of("dtmf", "speech", "dtmf speech", "speech dtmf"), 13326),
            "action": (_some, SCHEMA),
            "method": (_method, 13312),
            "timeout": (_whole(1), 13313),
            "speechTimeout": (lambda v: v == "auto" or _whole(1)(v), 13327),
            "maxSpeechTime": (_whole(1), 13328),
            "profanityFilter": (_flag, 13333),
            "finishOnKey": (lambda v: len(v) <= 1 and set(v) <= KEYS, 13310),
            "numDigits": (_whole(1), 13314),
            "partialResultCallback": (_some, SCHEMA),
            "partialResultCallbackMethod": (_method, 13329),
            "language": (lambda v: v in languages.GATHER, 13331),
            "hints": (_hints, 13330),
            "bargeIn": (_flag, 13332),
            "debug": (_flag, SCHEMA),
            "actionOnEmptyResult": (_flag, 13338),
            "speechModel": (_some, 13334),
            "enhanced": (_flag, SCHEMA),
        },
        PROMPTS,
        nesting=13320,
    ),
    "Record": Shape(
        {
            "action": (_some, SCHEMA),
            "method": (_method, 13610),
            "timeout": (_whole(1), 13611),
            "finishOnKey": (lambda v: set(v) <= KEYS, 13613),
            "maxLength": (_whole(2, 86_400), 13612),
            "playBeep": (_flag, 13616),
            "transcribe": (_flag, 13614),
            "transcribeCallback": (_some, SCHEMA),
            "recordingConfigurationId": (_some, SCHEMA),
            **_RECORDING,
        }
    ),
    "Redirect": Shape({"method": (_method, 13710)}, text=True),
    "Hangup": Shape(),
    "Leave": Shape(),
    "Reject": Shape({"reason": (_one_of("rejected", "busy"), 13810)}),
    "Dial": Shape(
        {
            "action": (_some, SCHEMA),
            "method": (_method, 13210),
            "timeout": (_whole(1, 600), 13212),
            "hangupOnStar": (_flag, 13213),
            "timeLimit": (_whole(1), 13216),
            "callerId": (lambda v: bool(E164.fullmatch(v)), 13214),
            "record": (
                _one_of(
                    "do-not-record", "record-from-answer", "record-from-ringing",
                    "record-from-answer-dual", "record-from-ringing-dual", "true", "false",
                ),
                13217,
            ),
            "answerOnBridge": (_flag, 13219),
            "ringTone": (_some, 13220),
            "recordingTrack": (_one_of("both", "inbound", "outbound"), SCHEMA),
            "recordingConfigurationId": (_some, SCHEMA),
            "sequential": (_flag, 13218),
            "referUrl": (_some, SCHEMA),
            "referMethod": (_method, SCHEMA),
            "events": (_any, SCHEMA),
            "passports": (_any, SCHEMA),
            **_RECORDING,
        },
        NOUNS,
        nesting=13215,
        text=True,
    ),
    "Number": Shape(
        {
            "sendDigits": (lambda v: set(v) <= KEYS | {"w", "W"}, 13222),
            "url": (_some, SCHEMA),
            "method": (_method, 13221),
            "byoc": (_some, SCHEMA),
            **_STATUS,
            **_DETECTION,
        },
        text=True,
    ),
    "Queue": Shape(
        {
            "url": (_some, 14210),
            "method": (_method, 14210),
            "reservationSid": (_some, SCHEMA),
            "postWorkActivitySid": (_some, SCHEMA),
        },
        text=True,
    ),
    "Enqueue": Shape(
        {
            "action": (_some, SCHEMA),
            "method": (_method, 14201),
            "maxQueueSize": (_whole(1, 5000), SCHEMA),
            "waitUrl": (_any, SCHEMA),
            "waitUrlMethod": (_method, 14206),
            "workflowSid": (_some, SCHEMA),
        },
        frozenset({"Task"}),
        text=True,
    ),
    "Start": Shape(
        {"action": (_some, SCHEMA), "method": (_method, SCHEMA)},
        frozenset({"Recording"}),
        nesting=14300,
    ),
    "Recording": Shape(
        {
            **_RECORDING,
            "track": (_one_of("both", "inbound", "outbound"), SCHEMA),
            "channels": (_one_of("mono", "dual"), SCHEMA),
            "recordingConfigurationId": (_some, SCHEMA),
        }
    ),
}  # fmt: skip
VERBS = frozenset(
    {
        "Say", "Play", "Pause", "Gather", "Record", "Redirect", "Hangup", "Leave", "Reject", "Dial",
        "Enqueue", "Start",
    }
)  # fmt: skip
