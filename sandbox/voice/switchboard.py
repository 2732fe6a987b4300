"""The carrier's exchange for calls: takes them, rings, connects, and lets people act on them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.bad_input import BadInputError
from sandbox.clock import SimClock
from sandbox.delivery.poster import Poster
from sandbox.delivery.schedule import Schedule
from sandbox.faults.table import Trouble
from sandbox.ids import NewId
from sandbox.journal import Journal
from sandbox.sms.errors import Refusal
from sandbox.voice.amd import Callee, detect
from sandbox.voice.automata import FAILED_SIP, RING_S, behave
from sandbox.voice.book import CallBook
from sandbox.voice.call import Call
from sandbox.voice.events import Events
from sandbox.voice.line import Line
from sandbox.voice.numbers import VoiceNumbers
from sandbox.voice.order import CallOrder, check_call_order
from sandbox.voice.turns import Turns
from sandbox.voice.twiml.codes import CODES
from sandbox.voice.waits import Ringing


class Switchboard:
    """Everything about calls. `numbers` knows our numbers and their webhooks."""

    def __init__(
        self, clock: SimClock, journal: Journal, schedule: Schedule, poster: Poster, ids: NewId,
        account: str, numbers: VoiceNumbers, most_live: int = 0,
    ) -> None:  # fmt: skip
        self.clock = clock
        self.journal = journal
        self.schedule = schedule
        self.poster = poster
        self.ids = ids
        self.account = account
        self.numbers = numbers
        self.most_live = most_live
        self.book = CallBook()
        self.lines: dict[str, Line] = {}
        self.events = Events(self)
        self.turns = Turns(self)
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
    ) -> Call:  # fmt: skip
        """A new call in book and log; nothing happens to it yet."""
        trouble = trouble or Trouble()
        outbound = direction == "outbound-api"
        answer = trouble.answer.effect if trouble.answer else "ok"
        with self.book.lock:
            call = Call(
                seq=self.book.next_seq(), sid=self.ids("CA"), direction=direction, order=order,
                status="queued" if direction != "inbound" else "ringing",
                created=self.clock.now(), parent=parent, troubles=trouble.callbacks,
                fate=trouble.fate.effect if trouble.fate else "",
            )  # fmt: skip
            self.journal.write(
                "request" if outbound else "call", op="call", outcome="accepted", http=201,
                code=None, sid=call.sid, direction=direction, to=order.to,
                **{"from": order.shown_from}, order=order.to_json(), attempt=order.attempt,
                callback=order.callback or None, parent=parent, status=call.status,
                fate=call.fate, faults=trouble.rule_ids, answer=answer, call_seq=call.seq,
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

    # ── people act ──────────────────────────────────────────────────────────────────────────────
    def answer(self, sid: str, callee: Callee, live: bool = False) -> Call:
        """Somebody, or something, picks up. Raises BadInputError."""

        def work(line: Line) -> None:
            if not isinstance(line.wait, Ringing):
                raise _not_now(line, "it does not ring")
            line.live_pace = live
            line.call.elapsed += 0.0 if live else RING_S
            self.pick_up(line, callee)

        return self._act(sid, work)

    def pick_up(self, line: Line, callee: Callee) -> None:
        """The call is answered: tell so, and begin its document."""
        call = line.call
        line.wait_over()
        call.answered_s = call.elapsed
        self.move(call, "in-progress")
        line.after(float(call.order.time_limit), lambda: line.end("completed"))
        line.note("them", "answer", callee.kind)
        if callee.greeting:
            line.note("them", "greeting", callee.greeting)
        self.events.announce(call, "answered")
        detect(line, callee)

    def decline(self, sid: str) -> Call:
        """The handset refuses: busy. Raises BadInputError."""
        return self._act(sid, lambda line: self._unanswered(line, "busy", 486))

    def ignore(self, sid: str) -> Call:
        """Nobody picks up until the ringing ends. Raises BadInputError."""

        def work(line: Line) -> None:
            left = line.wait.seconds if isinstance(line.wait, Ringing) else 0.0
            line.call.elapsed += left
            self._unanswered(line, "no-answer", 487)

        return self._act(sid, work)

    def _unanswered(self, line: Line, status: str, sip: int) -> None:
        if not isinstance(line.wait, Ringing):
            raise _not_now(line, "it does not ring")
        line.end(status, sip)

    def press(self, sid: str, keys: str) -> tuple[Call, bool]:
        """Press keys; whether anything listened. Raises BadInputError."""
        return self._input(sid, lambda line: bool(line.wait and line.wait.press(line, keys)))

    def speak(self, sid: str, text: str, confidence: float) -> tuple[Call, bool]:
        """Say something; whether anything listened. Raises BadInputError."""
        return self._input(
            sid, lambda line: bool(line.wait and line.wait.speak(line, text, confidence))
        )

    def silence(self, sid: str) -> tuple[Call, bool]:
        """Say nothing until what waits gives up; False when nothing waits for its time to end."""

        def work(line: Line) -> bool:
            wait = line.wait
            if wait is None or wait.seconds == float("inf"):
                return False
            if line.pass_time(wait.seconds):
                wait.expire(line)
            return True

        return self._input(sid, work)

    def hang_up(self, sid: str) -> Call:
        """The person ends the call. Raises BadInputError."""

        def work(line: Line) -> None:
            if line.call.status == "ringing" and not line.call.inbound:
                raise _not_now(line, "it rings; decline it")
            line.catch_up()
            line.note("them", "hangup", "")
            line.end("completed" if line.call.answered_s is not None else "canceled")

        return self._act(sid, work)

    def _input(self, sid: str, work: Callable[[Line], bool]) -> tuple[Call, bool]:
        taken: list[bool] = []

        def guarded(line: Line) -> None:
            if line.call.answered_s is None:
                raise _not_now(line, "nobody has answered it")
            line.catch_up()
            line.documents = 0
            taken.append(work(line))

        call = self._act(sid, guarded)
        return call, bool(taken and taken[0])

    def _act(self, sid: str, work: Callable[[Line], None]) -> Call:
        call = self.find(sid)
        line = self.line_of(call)

        def guarded() -> None:
            if not call.live:
                raise _not_now(line, "it is over")
            work(line)

        line.submit(guarded)
        return call

    # ── the REST API changes a live call ────────────────────────────────────────────────────────
    def redirect(self, call: Call, url: str, method: str, twiml: str) -> None:
        """Run other TwiML from now on; soon, not while the request waits."""
        line = self.line_of(call)

        def work() -> None:
            if not call.live:
                return
            wait = line.wait
            line.wait_over()
            if wait:
                wait.hung_up(line)
            line.note("note", "redirected", "")
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


def _not_now(line: Line, why: str) -> BadInputError:
    return BadInputError("sid", f"call {line.call.sid} is {line.call.status}: {why}", 409)
