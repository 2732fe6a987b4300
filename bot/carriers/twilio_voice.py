"""A turn of a call as TwiML.

Everything the engine can ask for has one form here. After whatever waits for an answer stands a
`<Redirect>` to the same turn, so that no document ends a call by falling off its end (Twilio ends a
call that has nothing left to do).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.carriers.twiml import document, element, text
from bot.domain.call import (
    Ask,
    Hangup,
    Output,
    Record,
    Say,
    StartRecording,
    Transfer,
)

#: `<Say>` refuses more Chinese characters than this (Twilio, error 13520 and its limits page).
SAY_CHARACTERS = 500
#: Largest document Twilio reads, bytes.
DOCUMENT_BYTES = 64 * 1024
#: `hints`: at most 500 phrases, each at most 100 characters.
HINTS = 500
#: Seconds a collector's phone rings.
RING = 25

_POST = "POST"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Public URLs of one turn; each carries the turn's number.

    answer: takes what was pressed or said, and silence. recording_status: takes the state of
    recordings; a call that asks for a recording without it is refused. recorded: takes the end of a
    `<Record>` (default: answer). transferred, whisper, waiting: the end of a transfer, what the
    collector hears, what is said in the queue; whoever renders a transfer gives them.
    """

    answer: str
    recording_status: str = ""
    recorded: str = ""
    transferred: str = ""
    whisper: str = ""
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class Collector:
    """Where a transfer goes to when somebody is free: E.164, and the caller id they see."""

    phone: str
    caller_id: str


def render(
    outputs: Sequence[Output], addresses: Addresses, collector: Collector | None = None
) -> str:
    """The document for a turn's outputs.

    A transfer dials `collector`, or waits in the queue when there is none. Raises ValueError for a
    sentence or a document that Twilio would refuse.
    """
    verbs = [_verb(output, addresses, collector) for output in outputs]
    return _whole(*verbs)


def one_key(*said: str, action: str, within: int) -> str:
    """A question that one key answers, which may come while it is spoken; `within` seconds after."""
    return element(
        "Gather",
        *said,
        input="dtmf",
        action=action,
        method="POST",
        timeout=within,
        numDigits=1,
        finishOnKey="",
    )


def spoken(say: Say) -> str:
    """A sentence; nothing for none. Raises ValueError for one longer than Twilio speaks."""
    if len(say.text) > SAY_CHARACTERS:
        raise ValueError(f"a sentence of {len(say.text)} characters; at most {SAY_CHARACTERS}")
    if not say.text:
        return ""
    words = text(say.text)
    if say.rate != 100:
        words = element("prosody", words, rate=f"{say.rate}%")
    return element("Say", words, language=say.language, voice=say.voice)


def _verb(output: Output, addresses: Addresses, collector: Collector | None) -> str:
    match output:
        case Say():
            return spoken(output)
        case Ask():
            return _ask(output, addresses)
        case StartRecording():
            return _start_recording(addresses)
        case Record():
            return _record(output, addresses)
        case Transfer():
            return _transfer(output, addresses, collector)
        case Hangup():
            return element("Hangup")


def _ask(ask: Ask, addresses: Addresses) -> str:
    gather = element(
        "Gather",
        *(spoken(say) for say in ask.says),
        input="dtmf speech" if ask.speech else "dtmf",
        action=addresses.answer,
        method=_POST,
        timeout=ask.timeout,
        numDigits=ask.num_digits,
        finishOnKey=ask.finish_on_key,
        actionOnEmptyResult=True,
        language=ask.speech_language if ask.speech else None,
        speechTimeout=ask.speech_timeout if ask.speech else None,
        hints=",".join(ask.hints[:HINTS]) if ask.speech and ask.hints else None,
    )
    return gather + element("Redirect", text(addresses.answer), method=_POST)


def _start_recording(addresses: Addresses) -> str:
    return element("Start", element("Recording", channels="dual", **_told(addresses)))


def _record(record: Record, addresses: Addresses) -> str:
    recorded = addresses.recorded or addresses.answer
    words = element(
        "Record",
        action=recorded,
        method=_POST,
        timeout=record.silence,
        finishOnKey=record.finish_on_key,
        maxLength=record.max_seconds,
        playBeep=True,
        **_told(addresses),
    )
    return words + element("Redirect", text(recorded), method=_POST)


def _told(addresses: Addresses) -> dict[str, str]:
    """Where the state of a recording goes."""
    return {
        "recordingStatusCallback": _needed(addresses, "recording_status"),
        "recordingStatusCallbackMethod": _POST,
        "recordingStatusCallbackEvent": "completed absent",
    }


def _transfer(transfer: Transfer, addresses: Addresses, collector: Collector | None) -> str:
    ended, waiting = _needed(addresses, "transferred"), spoken(transfer.waiting)
    if collector is None:
        url = _needed(addresses, "waiting")
        return waiting + element(
            "Enqueue",
            text(transfer.queue),
            action=ended,
            method=_POST,
            waitUrl=url,
            waitUrlMethod=_POST,
        )
    whisper = _needed(addresses, "whisper")
    return waiting + element(
        "Dial",
        element("Number", text(collector.phone), url=whisper, method=_POST),
        action=ended,
        method=_POST,
        timeout=RING,
        callerId=collector.caller_id,
        answerOnBridge=True,
    )


def _needed(addresses: Addresses, name: str) -> str:
    address: str = getattr(addresses, name)
    if not address:
        raise ValueError(f"this turn needs the address {name!r}; give it in Addresses")
    return address


def _whole(*verbs: str) -> str:
    whole = document(*verbs)
    if len(whole.encode()) > DOCUMENT_BYTES:
        raise ValueError(f"a document of {len(whole.encode())} bytes; at most {DOCUMENT_BYTES}")
    return whole
