"""Coming back after a stop or a kill: the log since the last reset tells the whole state.

Statuses that were still to come are taken up again, and so are payment notifications that never
arrived; fault rules and delays are not, they belong to the run that set them.
"""

from collections.abc import Callable
from datetime import timedelta

from sandbox.clock import parse_iso
from sandbox.exchange import Exchange
from sandbox.journal import Entry
from sandbox.sms.inbound import apply_opt_out
from sandbox.sms.message import LOST, message_from_log


def restore(exchange: Exchange) -> int:
    """Rebuild the state from the log and go on; returns how many entries were read."""
    count = 0
    pending: set[str] = set()
    for entry in exchange.journal.replay():
        count += 1
        take_in = _READERS.get(entry["kind"])
        if take_in:
            take_in(exchange, entry)
        _follow_notification(pending, entry)
    for message in exchange.book.messages:
        exchange.life.resume(message)
    for event_id in pending:
        exchange.till.resend(event_id)
    return count


def _request(exchange: Exchange, entry: Entry) -> None:
    if entry["op"] == "create" and entry["outcome"] == "accepted":
        exchange.book.add(message_from_log(entry))


def _inbound(exchange: Exchange, entry: Entry) -> None:
    message = message_from_log(entry)
    exchange.book.add(message)
    apply_opt_out(exchange.book, entry["from"], entry["to"], entry["opt_out"])


def _status(exchange: Exchange, entry: Entry) -> None:
    message = exchange.book.by_sid.get(entry["sid"])
    if message:
        message.move(entry["status"], entry["code"], parse_iso(entry["at"]))
        if entry["status"] in LOST:
            exchange.book.never_arrived(message)
        exchange.book.touch(message, entry["seq"])


def _story(exchange: Exchange, entry: Entry) -> None:
    message = exchange.book.by_sid.get(entry["sid"])
    if message:
        kept = {k: v for k, v in entry.items() if k not in {"seq", "real", "kind", "sid", "url"}}
        message.callbacks.append(kept)


def _read(exchange: Exchange, entry: Entry) -> None:
    talk = exchange.book.conversation(entry["debtor"], entry["sender"])
    exchange.book.mark_read(talk, entry["seq"])


def _clock(exchange: Exchange, entry: Entry) -> None:
    exchange.clock.set_offset(timedelta(seconds=entry["offset_seconds"]))


def _follow_notification(pending: set[str], entry: Entry) -> None:
    if entry["kind"] in {"payment", "refund"}:
        pending.add(entry["event"]["id"])
    elif entry["kind"] == "notification" and entry["result"] != "failed":
        pending.discard(entry["event"])


_READERS: dict[str, Callable[[Exchange, Entry], object]] = {
    "request": _request,
    "inbound": _inbound,
    "status": _status,
    "callback": _story,
    "inbound_answer": _story,
    "read": _read,
    "clock": _clock,
    "reset": _clock,
    "checkout": lambda exchange, entry: exchange.till.keep(entry),
    "payment": lambda exchange, entry: exchange.till.settle(entry),
    "refund": lambda exchange, entry: exchange.till.settle(entry),
}
