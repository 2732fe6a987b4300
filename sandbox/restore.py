"""Coming back after a stop or a kill: the log since the last reset tells the whole state.

Statuses that were still to come are taken up again, and so are payment notifications that never
arrived; a call that rang rings again, one that was talking was cut off by the crash. Fault rules and delays do not come back, they belong to the run that set them.
"""

from collections.abc import Callable
from datetime import timedelta

from sandbox.clock import parse_iso
from sandbox.exchange import Exchange
from sandbox.journal import Entry
from sandbox.sms.inbound import apply_opt_out
from sandbox.sms.message import LOST, message_from_log
from sandbox.voice.call import call_from_log
from sandbox.voice.restore import CALL_READERS, revive
from sandbox.voice.switchboard import Switchboard


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
    revive(exchange.voice)
    for event_id in pending:
        exchange.till.resend(event_id)
    return count


def _request(exchange: Exchange, entry: Entry) -> None:
    if entry["outcome"] != "accepted":
        return
    if entry["op"] == "create":
        exchange.book.add(message_from_log(entry))
    elif entry["op"] == "call":
        exchange.voice.book.add(call_from_log(entry))


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
    if entry["kind"] in {"payment", "refund", "dispute"}:
        pending.add(entry["event"]["id"])
    elif entry["kind"] == "notification" and entry["result"] != "failed":
        pending.discard(entry["event"])


def _of_calls(
    take_in: Callable[[Switchboard, Entry], object],
) -> Callable[[Exchange, Entry], object]:
    return lambda exchange, entry: take_in(exchange.voice, entry)


_READERS: dict[str, Callable[[Exchange, Entry], object]] = {
    "request": _request,
    "inbound": _inbound,
    "status": _status,
    "callback": _story,
    "inbound_answer": _story,
    "read": _read,
    "clock": _clock,
    "reset": _clock,
    "call": lambda exchange, entry: exchange.voice.book.add(call_from_log(entry)),
    **{kind: _of_calls(take_in) for kind, take_in in CALL_READERS.items()},
    "checkout": lambda exchange, entry: exchange.till.keep(entry),
    "payment": lambda exchange, entry: exchange.till.settle(entry),
    "refund": lambda exchange, entry: exchange.till.settle(entry),
    "dispute": lambda exchange, entry: exchange.till.settle(entry),
}
