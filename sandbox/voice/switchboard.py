"""The carrier's exchange for calls: takes them, rings, connects, and lets people act on them."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from sandbox.bad_input import BadInputError
from sandbox.clock import SimClock, iso
from sandbox.delivery.poster import Poster
from sandbox.delivery.schedule import Schedule
from sandbox.faults.table import FaultTable, Trouble
from sandbox.ids import NewId
from sandbox.journal import Journal
from sandbox.sms.errors import Refusal
from sandbox.voice.amd import Callee, detect
from sandbox.voice.automata import FAILED_SIP, behave
from sandbox.voice.book import CallBook
from sandbox.voice.call import Call
from sandbox.voice.events import Events
from sandbox.voice.line import Line
from sandbox.voice.numbers import VoiceNumbers
from sandbox.voice.order import CallOrder, check_call_order
from sandbox.voice.people import People
from sandbox.voice.queues import Queues
from sandbox.voice.recordings import Recordings
from sandbox.voice.turns import Turns
from sandbox.voice.twiml.codes import CODES
from sandbox.voice.waits import Ringing


class Switchboard:
    """Everything about calls. `numbers` knows our numbers and their webhooks."""

    def __init__(
        self, clock: SimClock, journal: Journal, schedule: Schedule, poster: Poster, ids: NewId,
        account: str, base_url: str, numbers: VoiceNumbers, faults: FaultTable, most_live: int = 0,
    ) -> None:  # fmt: skip
        self.clock = clock
        self.journal = journal
        self.schedule = schedule
        self.poster = poster
        self.ids = ids
        self.account = account
        self.base_url = base_url
        self.numbers = numbers
        self.faults = faults
        self.most_live = most_live
        self.book = CallBook()
        self.lines: dict[str, Line] = {}
        self.events = Events(self)
        self.turns = Turns(self)
        self.recordings = Recordings(self)
        self.queues: Queues = Queues(self)
        self.people = People(self)
        self.log = logging.getLogger("sandbox.voice")

    # ── calls begin ─────────────────────────────────────────────────────────────────────────────
    def accept(self, order: CallOrder, trouble: Trouble) -> dict[str, Any]:
        """Take a call: it exists from here on, whatever the client hears. Raises Refusal.

        Returns Twilio's resource as it stood at acceptance.
        """
        try:
            self._check(order, trouble)
        except Refusal as refusal:
            self.log_refusal(order, refusal, trouble)
            raise
        call = self.enter("outbound-api", order, trouble=trouble)
        resource = call.resource(self.account)
        self.line_of(call).post(lambda: self.ring(call))
        return resource

    def _check(self, order: CallOrder, trouble: Trouble) -> None:
        rule = trouble.answer
        if rule and rule.effect == "refuse":
            raise Refusal(rule.code, rule.http, to=order.to, from_=order.from_)
        check_call_order(order, self.numbers.owned)
        for url in (order.callback, order.amd_callback, order.recording_callback):
            if url and not self.poster.may_post_to(url):
                raise Refusal(21609, callback=url)
        if order.url and not order.twiml and not self.poster.may_post_to(order.url):
            raise Refusal(21205, url=f"{order.url} (see SANDBOX_CALLBACK_HOSTS)")
        if self.most_live and len(self.book.live) >= self.most_live:
            raise Refusal(10004)

    def log_refusal(self, order: CallOrder, refusal: Refusal, trouble: Trouble) -> None:
        """Write down that nobody was called, and why."""
        outcome = "refused" if refusal.http < 500 else "failed"
        self.journal.write(
            "request", op="call", outcome=outcome, http=refusal.http, code=refusal.code, sid=None,
            to=order.to, **{"from": order.from_}, order=order.to_json(), attempt=order.attempt,
            callback=order.callback or None, faults=trouble.rule_ids,
        )  # fmt: skip

    def enter(
        self, direction: str, order: CallOrder, parent: str | None = None,
        trouble: Trouble | None = None,
        created: datetime | None = None,
    ) -> Call:  # fmt: skip
        """A new call in book and log; nothing happens to it yet."""
        trouble = trouble or Trouble()
        outbound = direction == "outbound-api"
        answer = trouble.answer.effect if trouble.answer else "ok"
        with self.book.lock:
            call = Call(
                seq=self.book.next_seq(), sid=self.ids("CA"), direction=direction, order=order,
                status="queued" if direction != "inbound" else "ringing",
                created=created or self.clock.now(), parent=parent, troubles=trouble.callbacks,
                fate=trouble.fate.effect if trouble.fate else "",
            )  # fmt: skip
            self.journal.write(
                "request" if outbound else "call", op="call", outcome="accepted", http=201,
                code=None, sid=call.sid, direction=direction, to=order.to,
                **{"from": order.shown_from}, order=order.to_json(), attempt=order.attempt,
                callback=order.callback or None, parent=parent, status=call.status,
                fate=call.fate, faults=trouble.rule_ids, answer=answer, call_seq=call.seq,
                created=iso(call.created),
            )  # fmt: skip
            self.book.add(call)
            self.lines[call.sid] = Line(self, call)
        return call

    def ring(self, call: Call) -> None:
        """Dial out: from here on the handset rings, or the carrier says why not."""
        line = self.line_of(call)
        self.events.announce(call, "initiated")
        if call.fate in FAILED_SIP:
            line.end("failed", sip=FAILED_SIP[call.fate])
            return
        self.move(call, "ringing")
        self.events.announce(call, "ringing")
        line.rest(Ringing(float(call.order.timeout)))
        behave(line)

    def pick_up(self, line: Line, callee: Callee) -> None:
        """The call is answered: tell so, and begin its document."""
        call = line.call
        line.wait_over()
        self.answered(line)
        line.note("them", "answer", callee.kind)
        if callee.greeting:
            line.note("them", "greeting", callee.greeting)
        self.events.announce(call, "answered")
        detect(line, callee)

    def answered(self, line: Line) -> None:
        """From here on it counts."""
        call = line.call
        call.answered_s = call.elapsed
        self.move(call, "in-progress")
        line.after(float(call.order.time_limit), lambda: line.end("completed"))
        if call.order.records:
            self.recordings.of_call(line)

    # ── the REST API changes a live call ────────────────────────────────────────────────────────
    def redirect(self, call: Call, url: str, method: str, twiml: str) -> None:
        """Run other TwiML from now on; soon, not while the request waits."""
        line = self.line_of(call)

        def work() -> None:
            if not call.live:
                return
            wait = line.wait
            line.wait_over()
            line.note("note", "redirected", "")
            if wait:
                wait.abandoned(line)
            self.queues.abandon(line)
            line.documents = 0
            call.order = replace(call.order, url=url or call.order.url, method=method, twiml=twiml)
            self.turns.begin(line)

        line.post(work)

    def finish(self, call: Call, status: str) -> None:
        """End a call from our side; `canceled` does so only before it is answered."""
        line = self.line_of(call)

        def work() -> None:
            answered = call.answered_s is not None
            if status == "canceled" and answered:
                return
            line.note("us", "hangup", "")
            line.end("completed" if answered else "canceled", sip=200 if answered else 487)

        line.post(work)

    # ── keeping books ───────────────────────────────────────────────────────────────────────────
    def find(self, sid: str) -> Call:
        """Raises BadInputError (404)."""
        call = self.book.by_sid.get(sid)
        if call is None:
            raise BadInputError("sid", f"no call {sid}", 404)
        return call

    def line_of(self, call: Call) -> Line:
        """The call's line; one that is over gets a dead one."""
        return self.lines.get(call.sid) or Line(self, call)

    def forget(self, line: Line) -> None:
        """The line is over."""
        self.lines.pop(line.call.sid, None)

    def move(self, call: Call, status: str, sip: int | None = None) -> None:
        """Take the next status."""
        with self.book.lock:
            call.status, call.sip = status, sip
            self.journal.write(
                "call_status", sid=call.sid, status=status, sip=sip, elapsed=call.elapsed,
                answered_s=call.answered_s, ended_s=call.ended_s, answered_by=call.answered_by,
            )  # fmt: skip
            self.book.touch(call)

    def note(self, call: Call, who: str, what: str, text: str, **more: Any) -> None:
        """A line of the transcript."""
        kept = {name: value for name, value in more.items() if value not in ("", None)}
        self.record(
            call, "call_said", call.transcript, who=who, what=what, text=text,
            elapsed=round(call.elapsed, 2), **kept,
        )  # fmt: skip

    def complain(self, call: Call, code: int, detail: str) -> None:
        """What Twilio would write to the debugger."""
        message = CODES.get(code, "")
        self.record(
            call, "call_complaint", call.complaints, code=code, message=message, detail=detail
        )

    def record(self, call: Call, kind: str, story: list[dict[str, Any]], **fields: Any) -> None:
        """Write into the log and into one of the call's stories."""
        with self.book.lock:
            entry = self.journal.write(kind, sid=call.sid, **fields)
            story.append({"at": entry["at"], **fields})
            self.book.touch(call)

    def clear(self) -> None:
        """Forget all calls; the lines of live ones are cut without a word."""
        with self.book.lock:
            self.book.clear()
            self.lines.clear()
            self.recordings.clear()
            self.queues.clear()
