"""What a request for a call asks for, checked as Twilio checks it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.datastructures import MultiDict

from sandbox.numbers import E164, is_dialable
from sandbox.sms.errors import Refusal
from sandbox.voice.twiml.codes import TwimlError
from sandbox.voice.twiml.document import read_document
from sandbox.voice.twiml.grammar import EVENTS, KEYS, RECORDING_EVENTS

LONGEST_TWIML = 4000
LONGEST_CALL_S = 14_400
RING_S = 60
HARMLESS_FIELDS = frozenset(
    {
        "CallReason", "CallToken", "RecordingConfigurationId", "ClientNotificationUrl",
        "MachineDetectionSpeechThreshold", "MachineDetectionSpeechEndThreshold",
        "MachineDetectionSilenceTimeout", "Passports",
    }
)  # fmt: skip


@dataclass(frozen=True)
class CallOrder:
    """How a call is to be made and run. "" means absent; texts are as given until checked."""

    to: str
    from_: str
    url: str = ""
    method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"
    twiml: str = ""
    callback: str = ""
    callback_method: str = "POST"
    callback_events: tuple[str, ...] = ()
    timeout: str = str(RING_S)
    time_limit: str = str(LONGEST_CALL_S)
    detection: str = ""
    detection_timeout: str = "30"
    async_amd: str = "false"
    amd_callback: str = ""
    amd_method: str = "POST"
    record: str = "false"
    recording_callback: str = ""
    recording_method: str = "POST"
    recording_events: tuple[str, ...] = ()
    recording_channels: str = "mono"
    recording_track: str = "both"
    trim: str = "trim-silence"
    send_digits: str = ""
    caller_id: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def attempt(self) -> str | None:
        """The attempt id that the status-callback URL carries as `attempt=…`, if any."""
        found = parse_qs(urlsplit(self.callback).query).get("attempt")
        return found[0] if found else None

    @property
    def shown_from(self) -> str:
        """The number the callee sees."""
        return self.caller_id or self.from_

    @property
    def records(self) -> bool:
        """Whether the whole call is recorded."""
        return self.record == "true"

    @property
    def detects_async(self) -> bool:
        """Whether the answer is classified while the call already runs."""
        return bool(self.detection) and self.async_amd == "true"

    @property
    def detects_first(self) -> bool:
        """Whether the answer is classified before the call runs."""
        return bool(self.detection) and not self.detects_async

    def to_json(self) -> dict[str, Any]:
        """The fields that were given, for the log."""
        shown = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "unknown"}
        defaults = {f.name: f.default for f in fields(self)}
        return {name: value for name, value in shown.items() if value != defaults[name]}


FIELDS = {
    "To": "to", "From": "from_", "Url": "url", "Method": "method", "FallbackUrl": "fallback_url",
    "FallbackMethod": "fallback_method", "Twiml": "twiml", "StatusCallback": "callback",
    "StatusCallbackMethod": "callback_method", "Timeout": "timeout", "TimeLimit": "time_limit",
    "MachineDetection": "detection", "MachineDetectionTimeout": "detection_timeout",
    "AsyncAmd": "async_amd", "AsyncAmdStatusCallback": "amd_callback",
    "AsyncAmdStatusCallbackMethod": "amd_method", "Record": "record",
    "RecordingStatusCallback": "recording_callback",
    "RecordingStatusCallbackMethod": "recording_method",
    "RecordingChannels": "recording_channels", "RecordingTrack": "recording_track", "Trim": "trim",
    "SendDigits": "send_digits", "CallerId": "caller_id",
}  # fmt: skip
LISTS = {
    "StatusCallbackEvent": "callback_events",
    "RecordingStatusCallbackEvent": "recording_events",
}


def read_call_order(form: MultiDict[str, str]) -> CallOrder:
    """The order in a form; never fails."""
    known = {*FIELDS, *LISTS, *HARMLESS_FIELDS}
    given: dict[str, Any] = {
        field: form.get(name, "").strip() for name, field in FIELDS.items() if form.get(name, "")
    }
    for name, field in LISTS.items():
        given[field] = tuple(part for text in form.getlist(name) for part in text.split())
    unknown = tuple(sorted(name for name in form if name not in known))
    return CallOrder(**{"to": "", "from_": "", **given, "unknown": unknown})


def order_from_log(raw: Mapping[str, Any]) -> CallOrder:
    """The order that `to_json` wrote."""
    lists = {name: tuple(raw.get(name, ())) for name in LISTS.values()}
    return CallOrder(**{**raw, **lists})


def check_call_order(order: CallOrder, senders: tuple[str, ...]) -> None:
    """Raises Refusal with the code Twilio would give; the first fault found counts."""
    if order.unknown:
        names = ", ".join(order.unknown)
        raise Refusal(20001, detail=f"Unknown parameters (or not spoken by the sandbox): {names}")
    _check_numbers(order, senders)
    _check_instructions(order)
    _check_figures(order)
    _check_callbacks(order)
    _check_detection(order)


def _check_numbers(order: CallOrder, senders: tuple[str, ...]) -> None:
    if not order.to:
        raise Refusal(21201)
    if not is_dialable(order.to):
        raise Refusal(21211, to=order.to)
    if not order.from_:
        raise Refusal(21213)
    for number in (order.from_, order.shown_from):
        if not E164.fullmatch(number):
            raise Refusal(21212, from_=number)
        if senders and number not in senders:
            raise Refusal(21210, from_=number)
    if order.to == order.from_:
        raise Refusal(21266, to=order.to)


def _check_instructions(order: CallOrder) -> None:
    if order.twiml:
        if len(order.twiml) > LONGEST_TWIML:
            raise Refusal(20001, detail=f"Twiml is longer than {LONGEST_TWIML} characters")
        try:
            read_document(order.twiml.encode())
        except TwimlError as error:
            raise Refusal(error.code, 400, detail=str(error)) from error
    elif not is_url(order.url):
        raise Refusal(21205, url=order.url)
    if order.fallback_url and not is_url(order.fallback_url):
        raise Refusal(21205, url=order.fallback_url)
    methods = (
        order.method, order.fallback_method, order.callback_method, order.amd_method,
        order.recording_method,
    )  # fmt: skip
    if any(method not in {"GET", "POST"} for method in methods):
        raise Refusal(21209)


def _check_figures(order: CallOrder) -> None:
    if not _within(order.timeout, 1, 600):
        raise Refusal(21208)
    if not _within(order.time_limit, 1, 86_400):
        raise Refusal(20001, detail="TimeLimit is a number of seconds")
    if not set(order.send_digits) <= KEYS | {"w", "W"}:
        raise Refusal(21206)
    if order.record not in {"true", "false"}:
        raise Refusal(20001, detail="Record is true or false")
    if order.recording_channels not in {"mono", "dual"}:
        raise Refusal(20001, detail="RecordingChannels is mono or dual")


def _check_callbacks(order: CallOrder) -> None:
    for callback in (order.callback, order.recording_callback, order.amd_callback):
        if callback and not is_url(callback):
            raise Refusal(21609, callback=callback)
    if not set(order.callback_events) <= EVENTS:
        raise Refusal(21626)
    if not set(order.recording_events) <= RECORDING_EVENTS:
        raise Refusal(21626, detail="Invalid 'RecordingStatusCallbackEvent'")


def _check_detection(order: CallOrder) -> None:
    if order.detection not in {"", "Enable", "DetectMessageEnd"}:
        raise Refusal(21234)
    if not _within(order.detection_timeout, 3, 59):
        raise Refusal(21263)
    if order.async_amd not in {"true", "false"}:
        raise Refusal(21263)
    if order.detects_async and not order.amd_callback:
        raise Refusal(21262)


def _within(text: str, low: int, high: int) -> bool:
    return text.isascii() and text.isdigit() and low <= int(text) <= high


def is_url(text: str) -> bool:
    """An absolute web address."""
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
