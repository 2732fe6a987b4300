"""The Recordings resource, under the account and under a call: list, fetch, sound, change, delete."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from sandbox.rest.door import PREFIX, check_credentials, document, error_document, log_read
from sandbox.rest.listing import Query, page_of, paging, span
from sandbox.settings import Settings
from sandbox.sms.errors import Refusal
from sandbox.voice.recordings import Recording, Recordings
from sandbox.voice.sound import murmur
from sandbox.voice.switchboard import Switchboard

FILTERS = ("CallSid", "DateCreated", "DateCreated>", "DateCreated<")
CHANGES = frozenset({"in-progress", "paused", "stopped"})


def recordings_api(settings: Settings, voice: Switchboard) -> Blueprint:
    """The blueprint. Sound is served to the account's credentials only, as a WAV file."""
    bp = Blueprint("recordings", __name__, url_prefix=PREFIX)
    kept = voice.recordings

    @bp.get("/<account>/Recordings.json")
    def listing(account: str) -> Response:
        return answer("recording_list", account, lambda: _page(voice, account, ""))

    @bp.get("/<account>/Calls/<call_sid>/Recordings.json")
    def of_call(account: str, call_sid: str) -> Response:
        return answer("recording_list", account, lambda: _page(voice, account, call_sid))

    @bp.post("/<account>/Calls/<call_sid>/Recordings.json")
    def start(account: str, call_sid: str) -> Response:
        return answer("recording_start", account, lambda: _begin(voice, account, call_sid))

    @bp.get("/<account>/Recordings/<sid>.json")
    @bp.get("/<account>/Calls/<call_sid>/Recordings/<sid>.json")
    def fetch(account: str, sid: str, call_sid: str = "") -> Response:
        return answer("recording_fetch", account, lambda: shown(account, found(sid, call_sid)))

    @bp.post("/<account>/Calls/<call_sid>/Recordings/<sid>.json")
    def change(account: str, call_sid: str, sid: str) -> Response:
        def apply() -> Response:
            recording = found(sid, call_sid)
            status = request.form.get("Status", "")
            if status not in CHANGES or recording.status in {"completed", "absent"}:
                raise Refusal(21220, detail="Requested resource is not eligible for this change")
            kept.change(recording, status)
            return shown(account, recording)

        return answer("recording_change", account, apply)

    @bp.delete("/<account>/Recordings/<sid>.json")
    @bp.delete("/<account>/Calls/<call_sid>/Recordings/<sid>.json")
    def delete(account: str, sid: str, call_sid: str = "") -> Response:
        def remove() -> Response:
            kept.delete(found(sid, call_sid))
            return Response(status=204)

        return answer("recording_delete", account, remove)

    @bp.get("/<account>/Recordings/<sid>")
    @bp.get("/<account>/Recordings/<sid>.wav")
    def sound(account: str, sid: str) -> Response:
        def play() -> Response:
            recording = found(sid, "")
            if recording.status != "completed":
                raise Refusal(20404, detail=f"The recording is {recording.status}")
            return Response(
                murmur(recording.seconds or 0, recording.channels), mimetype="audio/x-wav"
            )

        return answer("recording_sound", account, play)

    def shown(account: str, recording: Recording) -> Response:
        return document(recording.resource(account, voice.base_url))

    def found(sid: str, call_sid: str) -> Recording:
        return _found(kept, sid, call_sid)

    def answer(op: str, account: str, answer_with: Callable[[], Response]) -> Response:
        try:
            check_credentials(settings, account)
            made = answer_with()
        except Refusal as refusal:
            made = error_document(refusal)
        log_read(voice.journal, op, made)
        return made

    return bp


def _found(kept: Recordings, sid: str, call_sid: str) -> Recording:
    """`Twilio.CURRENT` is the one that runs. Raises Refusal 20404."""
    if sid == "Twilio.CURRENT":
        running = (r for r in kept.newest_first(call_sid) if r.seconds is None)
        recording = next(running, None)
    else:
        recording = kept.by_sid.get(sid)
    if recording is None or call_sid not in ("", recording.call_sid):
        raise Refusal(20404, detail=f"The requested resource {request.path} was not found")
    return recording


def _page(voice: Switchboard, account: str, call_sid: str) -> Response:
    query = page_of(request.args, FILTERS, "PARE")
    call_sid = call_sid or query.filters.get("CallSid", "")
    matching = [r for r in voice.recordings.newest_first(call_sid) if _on_day(r, query)]
    start = query.below or 0
    shown = matching[start : start + query.size]
    end = start + len(shown)
    token = f"PARE{end}" if len(matching) > end else None
    return document(
        {
            "recordings": [r.resource(account, voice.base_url) for r in shown],
            **paging(query, request.path, len(shown), token),
        }
    )


def _begin(voice: Switchboard, account: str, call_sid: str) -> Response:
    call = voice.book.by_sid.get(call_sid)
    if call is None:
        raise Refusal(20404, detail=f"The requested resource {request.path} was not found")
    if call.status != "in-progress":
        raise Refusal(21220, detail="Requested resource is not eligible for recording")
    form = request.form
    recording = voice.recordings.start(
        voice.line_of(call), "StartCallRecordingAPI", form.get("RecordingStatusCallback", ""),
        form.get("RecordingStatusCallbackMethod", "POST"),
        tuple(" ".join(form.getlist("RecordingStatusCallbackEvent")).split()),
        2 if form.get("RecordingChannels") == "dual" else 1, form.get("RecordingTrack", "both"),
    )  # fmt: skip
    return document(recording.resource(account, voice.base_url), 201)


def _on_day(recording: Recording, query: Query) -> bool:
    for name, value in query.filters.items():
        if name == "CallSid":
            continue
        plain = name == "DateCreated"
        first, after = span(value.removesuffix("T00:00:00Z") if plain else value, name)
        created = recording.created
        if name.endswith(">"):
            good = created >= first
        else:
            good = created < after if name.endswith("<") else first <= created < after
        if not good:
            return False
    return True
