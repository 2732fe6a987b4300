"""Taking messages from us: accept or refuse, and log which."""

from dataclasses import dataclass
from typing import Any

from sandbox.clock import SimClock
from sandbox.delivery.poster import Poster
from sandbox.faults.table import Trouble
from sandbox.ids import NewId
from sandbox.journal import Entry, Journal
from sandbox.sms.book import Book
from sandbox.sms.errors import Refusal
from sandbox.sms.life import Life
from sandbox.sms.message import Message, Step
from sandbox.sms.order import Order, check_order, validity_seconds
from sandbox.sms.segments import segment_count


@dataclass
class Carrier:
    """The sending half of the carrier. `senders` empty means any number may send."""

    clock: SimClock
    journal: Journal
    book: Book
    life: Life
    poster: Poster
    ids: NewId
    senders: tuple[str, ...]

    def accept(self, order: Order, trouble: Trouble) -> dict[str, Any]:
        """Take a message: it exists from here on, whatever the client hears. Raises Refusal.

        Returns Twilio's resource as it stood at acceptance. The outcome is logged before that.
        """
        try:
            self._check(order, trouble)
        except Refusal as refusal:
            self.log_refusal(order, refusal, trouble)
            raise
        message = self._enter(order, trouble)
        resource = message.resource(self.life.account)
        self.life.begin(message)
        return resource

    def log_refusal(self, order: Order, refusal: Refusal, trouble: Trouble) -> None:
        """Write down that nothing was sent, and why."""
        outcome = "refused" if refusal.http < 500 else "failed"
        self.journal.write(
            "request", op="create", outcome=outcome, http=refusal.http, code=refusal.code,
            sid=None, **_asked(order), faults=trouble.rule_ids,
        )  # fmt: skip

    def _check(self, order: Order, trouble: Trouble) -> None:
        rule = trouble.answer
        if rule and rule.effect == "refuse":
            raise Refusal(rule.code, rule.http, to=order.to, from_=order.from_)
        check_order(order, self.senders)
        if order.callback and not self.poster.may_post_to(order.callback):
            raise Refusal(21609, callback=order.callback)
        if (order.to, self._sender(order)) in self.book.unsubscribed:
            raise Refusal(21610)

    def _sender(self, order: Order) -> str:
        """The number it goes out from; a service keeps to one number per destination."""
        if order.from_:
            return order.from_
        return self.senders[int(order.to[-2:]) % len(self.senders)]

    def _enter(self, order: Order, trouble: Trouble) -> Message:
        with self.book.lock:
            message = self._new(order, trouble)
            entry = self._log_acceptance(order, message, trouble)
            message.rev = entry["seq"]
            self.book.add(message)
        return message

    def _new(self, order: Order, trouble: Trouble) -> Message:
        now = self.clock.now()
        return Message(
            seq=self.book.next_seq(),
            sid=self.ids("SM"),
            direction="outbound-api",
            to=order.to,
            from_=order.from_ or None,
            sender=self._sender(order),
            body=order.body,
            status="accepted" if order.service else "queued",
            created=now,
            updated=now,
            segments=segment_count(order.body),
            service=order.service or None,
            callback=order.callback or None,
            attempt=order.attempt,
            validity=validity_seconds(order.validity),
            steps=_steps(bool(order.service), trouble),
            troubles=trouble.callbacks,
        )

    def _log_acceptance(self, order: Order, message: Message, trouble: Trouble) -> Entry:
        answer = trouble.answer.effect if trouble.answer else "ok"
        return self.journal.write(
            "request", op="create", outcome="accepted", http=201, code=None, sid=message.sid,
            **_asked(order), faults=trouble.rule_ids, answer=answer, sender=message.sender,
            status=message.status, segments=message.segments, steps=message.steps,
            message_seq=message.seq,
        )  # fmt: skip


def _asked(order: Order) -> dict[str, object]:
    return {
        "to": order.to,
        "from": order.from_ or None,
        "service": order.service or None,
        "body": order.body,
        "callback": order.callback or None,
        "attempt": order.attempt,
        "validity": int(order.validity) if order.validity.isdecimal() else None,
    }


def _steps(by_service: bool, trouble: Trouble) -> tuple[Step, ...]:
    """The statuses to come (Twilio, "Message status"): a failed one never leaves the queue."""
    queue: tuple[Step, ...] = (("queued", None), ("sending", None)) if by_service else ()
    fate = trouble.fate
    if fate and fate.effect == "failed":
        return (*queue[:1], ("failed", fate.code or 30008))
    end: Step = ("undelivered", fate.code or 30003) if fate else ("delivered", None)
    return (*queue, ("sent", None), end)
