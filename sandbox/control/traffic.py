"""Control API: messages, conversations and inbound texts."""

import heapq
from typing import Any

from flask import Blueprint, Response, request

from sandbox.bad_input import BadInputError, json_object, number_of, text_of
from sandbox.clock import SimClock, iso
from sandbox.numbers import is_dialable, readable
from sandbox.rest.door import document
from sandbox.sms.book import Book, Conversation
from sandbox.sms.inbound import Inbound, NoSuchNumberError

LARGEST_PAGE = 1000
SHOWN_CONVERSATIONS = 200


def traffic_api(clock: SimClock, book: Book, inbound: Inbound) -> Blueprint:
    """The blueprint."""
    bp = Blueprint("traffic", __name__)

    @bp.get("/messages")
    def messages() -> Response:
        limit = min(whole("limit", LARGEST_PAGE), LARGEST_PAGE)
        with book.lock:
            if "changed_after" in request.args:
                found = book.changed_after(whole("changed_after", 0), limit)
            else:
                found = book.after(whole("after", 0), limit)
            shown = [message.to_json() for message in found]
        following = shown[-1]["seq"] if shown else whole("after", 0)
        return document({"messages": shown, "next": following, "rev": book.rev})

    @bp.get("/messages/<sid>")
    def message(sid: str) -> Response:
        with book.lock:
            found = book.by_sid.get(sid)
            if found is None:
                raise BadInputError("sid", f"no message {sid}", 404)
            return document(found.to_json())

    @bp.post("/inbound")
    def receive() -> Response:
        body = json_object()
        from_, to = (number_field(body, name) for name in ("from", "to"))
        times = int(number_of(body, "times", 1, 1, 20))
        try:
            outcome = inbound.receive(from_, to, text_of(body, "body", 1600), times)
        except NoSuchNumberError as error:
            raise BadInputError("to", str(error), 409) from error
        return document(outcome, 201)

    @bp.get("/threads")
    def threads() -> Response:
        if whole("rev", -1) == book.rev:
            return Response(status=204)
        wanted = request.args.get("q", "").strip()
        with book.lock:
            return document({"now": iso(clock.now()), "rev": book.rev, **_threads(book, wanted)})

    @bp.get("/threads/<debtor>/<sender>")
    def thread(debtor: str, sender: str) -> Response:
        with book.lock:
            talk = book.conversations.get((debtor, sender))
            if talk is None:
                raise BadInputError(
                    "thread", f"{debtor} and {sender} never wrote to each other", 404
                )
            shown = [message.to_json() for message in talk.messages[-300:]]
            return document({**_summary(book, talk), "messages": shown})

    @bp.post("/threads/<debtor>/<sender>/read")
    def mark_read(debtor: str, sender: str) -> Response:
        with book.lock:
            talk = book.conversations.get((debtor, sender))
            if talk and talk.unread:
                entry = inbound.journal.write("read", debtor=debtor, sender=sender)
                book.mark_read(talk, entry["seq"])
        return document({"rev": book.rev})

    return bp


def whole(name: str, default: int) -> int:
    """A whole number in the query string. Raises BadInputError."""
    text = request.args.get(name, "")
    if not text:
        return default
    if not text.lstrip("-").isdecimal():
        raise BadInputError(name, f"{name} is a whole number")
    return int(text)


def number_field(body: dict[str, Any], name: str) -> str:
    """A phone number in E.164. Raises BadInputError."""
    number = text_of(body, name, 20)
    if not is_dialable(number):
        raise BadInputError(name, f"{name} is a phone number in E.164, e.g. +8613800138000")
    return number


def _threads(book: Book, wanted: str) -> dict[str, Any]:
    digits = wanted.replace(" ", "").replace("+", "")
    found = [talk for talk in book.conversations.values() if _matches(talk, wanted, digits)]
    newest = heapq.nlargest(SHOWN_CONVERSATIONS, found, key=lambda talk: talk.messages[-1].seq)
    return {
        "threads": [_summary(book, talk) for talk in newest],
        "total": len(found),
        "unread": sum(talk.unread for talk in book.conversations.values()),
    }


def _matches(talk: Conversation, wanted: str, digits: str) -> bool:
    if not talk.messages:
        return False
    if not wanted or (digits.isdigit() and digits in talk.debtor):
        return True
    return any(wanted in message.body for message in talk.messages[-30:])


def _summary(book: Book, talk: Conversation) -> dict[str, Any]:
    last = talk.messages[-1]
    return {
        "debtor": talk.debtor,
        "sender": talk.sender,
        "title": readable(talk.debtor),
        "sender_title": readable(talk.sender),
        "unread": talk.unread,
        "count": len(talk.messages),
        "rev": talk.rev,
        "unsubscribed": (talk.debtor, talk.sender) in book.unsubscribed,
        "last": {
            "body": last.body[:120],
            "at": iso(last.created),
            "inbound": last.inbound,
            "status": last.status,
        },
    }
