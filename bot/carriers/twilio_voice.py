"""A turn of a call as TwiML, through Twilio's own library.

Everything the engine can ask for has one form here. After whatever waits for an answer stands a
`<Redirect>` to the same turn, so that no document ends a call by falling off its end (Twilio ends a
call that has nothing left to do).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twilio.twiml.voice_response import Dial, Enqueue, Gather, Number, Start, VoiceResponse
from twilio.twiml.voice_response import Say as SayVerb

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
    response = VoiceResponse()
    for output in outputs:
        _add(response, output, addresses, collector)
    return _document(response)


def render_whisper(transfer: Transfer) -> str:
    """What the collector hears before the two are connected."""
    response = VoiceResponse()
    _say(response, transfer.whisper)
    return _document(response)


def render_waiting(transfer: Transfer, place: Say | None = None) -> str:
    """What is said while somebody waits in the queue, once each time it is asked for, then quiet.

    `place` says how many are before them, when that is known.
    """
    response = VoiceResponse()
    _say(response, place or transfer.waiting)
    response.pause(length=15)
    return _document(response)


def render_reject() -> str:
    """An incoming call that is not taken."""
    response = VoiceResponse()
    response.reject(reason="rejected")
    return _document(response)


def render_hangup() -> str:
    """The end, for posts that come after it."""
    response = VoiceResponse()
    response.hangup()
    return _document(response)


def _add(
    response: VoiceResponse, output: Output, addresses: Addresses, collector: Collector | None
) -> None:
    match output:
        case Say():
            _say(response, output)
        case Ask():
            _ask(response, output, addresses)
        case StartRecording():
            _start_recording(response, addresses)
        case Record():
            _record(response, output, addresses)
        case Transfer():
            _transfer(response, output, addresses, collector)
        case Hangup():
            response.hangup()


def _say(parent: VoiceResponse | Gather, say: Say) -> None:
    if len(say.text) > SAY_CHARACTERS:
        raise ValueError(f"a sentence of {len(say.text)} characters; at most {SAY_CHARACTERS}")
    if not say.text:
        return
    spoken = SayVerb(language=say.language, voice=say.voice)
    if say.rate == 100:
        spoken = SayVerb(say.text, language=say.language, voice=say.voice)
    else:
        spoken.prosody(say.text, rate=f"{say.rate}%")
    parent.append(spoken)


def _ask(response: VoiceResponse, ask: Ask, addresses: Addresses) -> None:
    speech = {"language": ask.speech_language, "speech_timeout": ask.speech_timeout}
    if ask.hints:
        speech["hints"] = ",".join(ask.hints[:HINTS])
    gather = Gather(
        input="dtmf speech" if ask.speech else "dtmf",
        action=addresses.answer,
        method=_POST,
        timeout=ask.timeout,
        num_digits=ask.num_digits,
        finish_on_key=ask.finish_on_key,
        action_on_empty_result=True,
        **(speech if ask.speech else {}),
    )
    for say in ask.says:
        _say(gather, say)
    response.append(gather)
    response.redirect(addresses.answer, method=_POST)


def _start_recording(response: VoiceResponse, addresses: Addresses) -> None:
    start = Start()
    start.recording(
        recording_status_callback=_needed(addresses, "recording_status"),
        recording_status_callback_method=_POST,
        recording_status_callback_event="completed absent",
        channels="dual",
    )
    response.append(start)


def _record(response: VoiceResponse, record: Record, addresses: Addresses) -> None:
    recorded = addresses.recorded or addresses.answer
    response.record(
        action=recorded,
        method=_POST,
        timeout=record.silence,
        finish_on_key=record.finish_on_key,
        max_length=record.max_seconds,
        play_beep=True,
        recording_status_callback=_needed(addresses, "recording_status"),
        recording_status_callback_method=_POST,
        recording_status_callback_event="completed absent",
    )
    response.redirect(recorded, method=_POST)


def _transfer(
    response: VoiceResponse, transfer: Transfer, addresses: Addresses, collector: Collector | None
) -> None:
    ended = _needed(addresses, "transferred")
    _say(response, transfer.waiting)
    if collector is None:
        queue = Enqueue(
            transfer.queue,
            action=ended,
            method=_POST,
            wait_url=_needed(addresses, "waiting"),
            wait_url_method=_POST,
        )
        response.append(queue)
        return
    dial = Dial(
        action=ended,
        method=_POST,
        timeout=RING,
        caller_id=collector.caller_id,
        answer_on_bridge=True,
    )
    dial.append(Number(collector.phone, url=_needed(addresses, "whisper"), method=_POST))
    response.append(dial)


def _needed(addresses: Addresses, name: str) -> str:
    address: str = getattr(addresses, name)
    if not address:
        raise ValueError(f"this turn needs the address {name!r}; give it in Addresses")
    return address


def _document(response: VoiceResponse) -> str:
    text = str(response)
    if len(text.encode()) > DOCUMENT_BYTES:
        raise ValueError(f"a document of {len(text.encode())} bytes; at most {DOCUMENT_BYTES}")
    return text
