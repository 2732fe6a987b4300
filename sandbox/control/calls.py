"""Control API: act on calls as the person at the handset; see what was said."""

from collections.abc import Callable
from dataclasses import asdict
from itertools import islice
from typing import Any

from flask import Blueprint, Response, request

from sandbox.bad_input import BadInputError, flag_of, json_object, number_of, text_of
from sandbox.clock import iso
from sandbox.control.traffic import number_field, whole
from sandbox.debtors.memory import sample_memories
from sandbox.exchange import Exchange
from sandbox.numbers import E164
from sandbox.rest.door import document
from sandbox.voice.amd import Callee
from sandbox.voice.automata import GREETING
from sandbox.voice.call import Call
from sandbox.voice.twiml.grammar import KEYS

LARGEST_PAGE = 500
KINDS = ("human", "machine", "fax", "unknown")


def calls_control(exchange: Exchange) -> Blueprint:
    """The blueprint. Each action returns when the line waits again, or is over."""
    bp = Blueprint("calls_control", __name__)
    voice = exchange.voice
    book, people = voice.book, voice.people

    @bp.get("/calls")
    def calls() -> Response:
        if "recent" in request.args:
            return recent(min(whole("recent", 80), LARGEST_PAGE))
        limit = min(whole("limit", LARGEST_PAGE), LARGEST_PAGE)
        if "changed_after" in request.args and whole("changed_after", -1) == book.rev:
            return Response(status=204)
        with book.lock:
            if "changed_after" in request.args:
                found = book.changed_after(whole("changed_after", -1), limit)
            elif request.args.get("live"):
                found = list(book.live.values())[:limit]
            else:
                after = whole("after", 0)
                found = book.calls[after : after + limit]
            shown = [call.to_json() for call in found if _wanted(call)]
            following = found[-1].seq if found else whole("after", 0)
            answer = {"calls": shown, "next": following, "rev": book.rev}
        return document({"now": iso(exchange.clock.now()), **answer})

    @bp.post("/calls")
    def dial() -> Response:
        body = json_object()
        from_, to = (number_field(body, name) for name in ("from", "to"))
        answer = shown(people.dial(from_, to, flag_of(body, "live")))
        answer.status_code = 201
        return answer

    @bp.put("/voice-url")
    def set_voice_url() -> Response:
        _set_voice_url(exchange, json_object())
        return document(asdict(voice.numbers))

    @bp.get("/calls/<sid>")
    def call(sid: str) -> Response:
        return shown(voice.find(sid))

    @bp.post("/calls/<sid>/answer")
    def answer(sid: str) -> Response:
        body = json_object()
        return shown(people.answer(sid, _callee(body), flag_of(body, "live")))

    @bp.post("/calls/<sid>/press")
    def press(sid: str) -> Response:
        keys = text_of(json_object(), "keys", 64)
        if not set(keys) <= KEYS:
            raise BadInputError("keys", "keys are 0 to 9, * and #")
        return shown(*people.press(sid, keys))

    @bp.post("/calls/<sid>/speak")
    def speak(sid: str) -> Response:
        body = json_object()
        confidence = number_of(body, "confidence", 0.9, 0, 1)
        return shown(*people.speak(sid, text_of(body, "text", 1000), confidence))

    @bp.post("/calls/<sid>/silence")
    def silence(sid: str) -> Response:
        return shown(*people.silence(sid))

    @bp.post("/calls/<sid>/<act>")
    def act(sid: str, act: str) -> Response:
        acts: dict[str, Callable[[str], Call]] = {
            "decline": people.decline, "ignore": people.ignore, "hangup": people.hang_up,
        }  # fmt: skip
        if act not in acts:
            raise BadInputError("act", f"no such act; known are {', '.join(sorted(acts))}", 404)
        return shown(acts[act](sid))

    def recent(limit: int) -> Response:
        if whole("rev", -1) == book.rev:
            return Response(status=204)
        with book.lock:
            found = islice((call for call in book.last_changed() if _wanted(call)), limit)
            news = {
                "calls": [_in_short(call) for call in found],
                "ringing": sum(call.status == "ringing" for call in book.live.values()),
                "rev": book.rev,
            }
        return document({"now": iso(exchange.clock.now()), **news})

    def shown(call: Call, taken: bool = True) -> Response:
        with book.lock:
            return document({**call.to_json(), "taken": taken, "owner": _owner(call)})

    return bp


def _owner(call: Call) -> dict[str, str] | None:
    """What the handset's owner knows, for whoever plays them; None for an owner nobody knows."""
    known = sample_memories().get(call.handset)
    return asdict(known) if known else None


def _in_short(call: Call) -> dict[str, Any]:
    """A call without its stories, with the last thing that was said."""
    whole_call = call.to_json()
    said = [line for line in call.transcript if line["text"] and line["who"] != "note"]
    stories = {"transcript", "turns", "callbacks", "complaints"}
    short = {name: value for name, value in whole_call.items() if name not in stories}
    return {**short, "last": said[-1] if said else None, "complaints": len(call.complaints)}


def _wanted(call: Call) -> bool:
    number = request.args.get("number", "").replace(" ", "+")  # a bare + in a query is a blank
    return not number or number in {call.handset, call.our_number}


def _callee(body: dict[str, Any]) -> Callee:
    kind = body.get("as", "human")
    if kind not in KINDS:
        raise BadInputError("as", f"as is one of {', '.join(KINDS)}")
    greeting = body.get("greeting", GREETING if kind == "machine" else "")
    if not isinstance(greeting, str):
        raise BadInputError("greeting", "greeting is a text")
    return Callee(kind, greeting, flag_of(body, "beep", True))


def _set_voice_url(exchange: Exchange, body: dict[str, Any]) -> None:
    numbers = exchange.voice.numbers
    unknown = set(body) - {"url", "number", "status_url", "fallback_url"}
    if unknown:
        raise BadInputError(min(unknown), "known are url, number, status_url, fallback_url")
    for name in set(body) - {"number"}:
        url = body[name]
        good = isinstance(url, str) and (not url or exchange.voice.poster.may_post_to(url))
        if not good:
            raise BadInputError(name, f"{name} is a web address the sandbox may post to")
    number = body.get("number", "")
    if number and not (isinstance(number, str) and E164.fullmatch(number)):
        raise BadInputError("number", "number is E.164, or absent for all numbers")
    if number and "url" in body:
        numbers.urls[number] = body["url"]
    elif "url" in body:
        numbers.url = body["url"]
    numbers.status_url = body.get("status_url", numbers.status_url)
    numbers.fallback_url = body.get("fallback_url", numbers.fallback_url)
