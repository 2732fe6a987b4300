"""A call that is alive: one thread at a time drives it, in the order things happen to it.

Whatever happens (an answer, a key, a webhook's redirect, a timer) is put into the mailbox. Who finds
the line undriven drives it until it waits again; so a control request returns after the webhooks it
caused were answered, and a request that a webhook makes about its own call never waits for itself.

In steps (the default) prompts take no real time: line time jumps over them, and the line rests at the
next thing that needs a person. At `live` pace, for people at a handset, everything takes its time on
the sandbox's clock.
"""

from __future__ import annotations

import heapq
import itertools
import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.clock import iso
from sandbox.voice.call import Call
from sandbox.voice.script import Script
from sandbox.voice.verbs import execute
from sandbox.voice.waits import Wait

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.voice.switchboard import Switchboard
    from sandbox.voice.twiml.document import Verb

IDLE_S = 60.0  # how long a control request waits for another's webhook
ANNOUNCED = 0.93  # the confidence in what a machine says clearly
MOST_DOCUMENTS = 100  # in a row without anybody doing anything: a loop


@dataclass
class Command:
    """One thing that happened, and what came of it."""

    work: Callable[[], Any]
    done: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: BaseException | None = None

    def run(self) -> None:
        """Do it; an error belongs to whoever asked."""
        try:
            self.result = self.work()
        except Exception as error:
            self.error = error
        self.done.set()


class Line:
    """One call's line. Everything but `submit` and `post` is for the thread that drives it."""

    def __init__(self, board: Switchboard, call: Call) -> None:
        self.board: Switchboard = board
        self.call = call
        self.script: Script | None = None
        self.wait: Wait | None = None
        self.live_pace = False
        self.alone = False  # nobody will act: a machine, or a handset put down
        self.announcement = ""  # what an alone line says into the first Gather that hears speech
        self.documents = 0
        self.begin: Callable[[], Any] = lambda: board.turns.begin(self)
        self.connect: Callable[[], Any] = lambda: None  # what follows a whisper
        self.on_end: list[Callable[[], None]] = []
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._epoch = 0
        self._since: datetime = board.clock.now()
        self._lock = threading.Lock()
        self._rests = threading.Condition(self._lock)
        self._mailbox: deque[Command] = deque()
        self._driven = False

    # ── what happens to it ──────────────────────────────────────────────────────────────────────
    def submit(self, work: Callable[[], Any]) -> Any:
        """Let `work` happen and drive the line until it waits again; raises what `work` raised."""
        command = Command(work)
        if self._enter(command):
            self._drive()
        else:
            command.done.wait(IDLE_S)
            self._wait_for_rest()
        if command.error:
            raise command.error
        return command.result

    def post(self, work: Callable[[], Any]) -> None:
        """Let `work` happen soon, on another thread; who asks does not wait."""
        if self._enter(Command(work)):
            self.board.schedule.add(self._drive)

    def tell(self, work: Callable[[], Any]) -> None:
        """Let `work` happen now if nobody drives the line, else by whoever does."""
        if self._enter(Command(work)):
            self._drive()

    def _enter(self, command: Command) -> bool:
        with self._lock:
            self._mailbox.append(command)
            drives = not self._driven
            self._driven = True
        return drives

    def _wait_for_rest(self) -> None:
        with self._lock:
            self._rests.wait_for(lambda: not self._driven, IDLE_S)

    def _drive(self) -> None:
        while True:
            with self._lock:
                command = self._mailbox.popleft() if self._mailbox else None
                if command is None and not self._moves():
                    self._driven = False
                    self._rests.notify_all()
                    return
            if command:
                command.run()
            else:
                self._guarded_move()

    def _moves(self) -> bool:
        if not self.call.live or not self.board.book.knows(self.call):  # over, or reset meanwhile
            return False
        if self.wait is not None:
            return not self.live_pace and (self.wait.passing or self._left_alone())
        return self.script is not None

    def _left_alone(self) -> bool:
        assert self.wait
        return self.alone and (not math.isinf(self.wait.seconds) or bool(self._events))

    def _guarded_move(self) -> None:
        try:
            self._move()
        except Exception:
            self.board.log.exception("a call failed inside the sandbox")
            self.end("failed", sip=500)

    def _move(self) -> None:
        if self.wait is not None:
            wait, seconds = self.wait, self._until_next()
            if self.announcement and wait.kind == "gather" and "speech" in wait.accepts():
                said, self.announcement = self.announcement, ""
                wait.speak(self, said, ANNOUNCED)
                return
            if self.pass_time(seconds) and self.wait is wait and seconds >= wait.seconds:
                wait.expire(self)
        elif self.script is not None:
            execute(self, self.script)

    def _until_next(self) -> float:
        """Seconds until the wait is over, or until the next event when it never is."""
        assert self.wait
        if math.isinf(self.wait.seconds) and self._events:
            return max(0.0, self._events[0][0] - self.call.elapsed)
        return self.wait.seconds

    # ── time ────────────────────────────────────────────────────────────────────────────────────
    def pass_time(self, seconds: float) -> bool:
        """Let line time pass; False when something happened on the way that comes first."""
        wait, end = self.wait, self.call.elapsed + seconds
        while self._events and self._events[0][0] <= end and self.call.live:
            at, _, event = heapq.heappop(self._events)
            self.call.elapsed = max(self.call.elapsed, at)
            event()
            if self._mailbox or self.wait is not wait:
                if wait:
                    wait.seconds = max(0.0, end - self.call.elapsed)
                return False
        self.call.elapsed = end
        return self.call.live

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        """Let `event` happen after so much line time."""
        heapq.heappush(self._events, (self.call.elapsed + seconds, next(self._order), event))

    def rest(self, wait: Wait) -> None:
        """Wait from here on."""
        self.wait = wait
        self._show()
        self._arm()

    def wait_over(self) -> None:
        """Go on with the document."""
        self.wait = None
        self._show()

    def hold(self) -> None:
        """Let no timer end this wait: somebody will act on it, however long that takes."""
        self._epoch += 1

    def _show(self) -> None:
        self._epoch += 1
        self._since = self.board.clock.now()
        shown = self.wait.to_json() if self.wait else None
        if shown:
            shown["since"] = iso(self._since)
        self.call.waiting = shown
        self.board.book.touch(self.call)

    def _arm(self) -> None:
        """Set the timer of a wait that ends on the sandbox's clock."""
        wait = self.wait
        if wait is None or not (self.live_pace or wait.clocked):
            return
        soonest = self._events[0][0] - self.call.elapsed if self._events else math.inf
        seconds = max(0.0, min(wait.seconds, soonest))
        if math.isinf(seconds):
            return
        epoch = self._epoch
        self.board.schedule.add(
            lambda: self.tell(lambda: self._tick(epoch, seconds)), seconds, virtual=True
        )

    def _tick(self, epoch: int, seconds: float) -> None:
        wait = self.wait
        if epoch != self._epoch or wait is None or not self.call.live:
            return
        left = wait.seconds - seconds
        passed = self.pass_time(seconds)
        if self.wait is not wait or not self.call.live:
            return
        if passed and left <= 0:
            wait.expire(self)
            return
        wait.seconds = left if passed else wait.seconds
        self._rearm()

    def _rearm(self) -> None:
        self._epoch += 1
        self._since = self.board.clock.now()
        self._arm()

    def catch_up(self) -> None:
        """At live pace: somebody acts before a wait is over, so much of it has passed."""
        if not (self.live_pace and self.wait):
            return
        passed = (self.board.clock.now() - self._since).total_seconds()
        passed = min(max(0.0, passed), self.wait.seconds)
        if not math.isinf(passed):
            self.wait.seconds -= passed
            self.pass_time(passed)
            self._rearm()

    # ── the document ────────────────────────────────────────────────────────────────────────────
    def skip_to(self, gather: Verb) -> None:
        """Cut a prompt short and listen."""
        assert self.script
        self.wait = None
        self.script.skip_to(gather)
        execute(self, self.script)

    def fetch(
        self, url: str, method: str, purpose: str = "call", extra: dict[str, str] | None = None
    ) -> bool:
        """Get the next document and make it the script; False when the call ended instead."""
        self.documents += 1
        if self.documents > MOST_DOCUMENTS:
            self.board.complain(self.call, 11215, "documents in a row without anybody's doing")
            self.end("completed")
            return False
        return self.board.turns.fetch(self, url, method, purpose, extra or {})

    def note(self, who: str, what: str, text: str, **more: Any) -> None:
        """Write into the transcript: `us`, `them` or `note`."""
        self.board.note(self.call, who, what, text, **more)

    def end(self, status: str, sip: int = 200) -> None:
        """The call is over, once."""
        if self.call.live:
            self.catch_up()
        if not self.call.live:
            return
        wait, self.wait, self.script = self.wait, None, None
        self.call.waiting = None
        self.call.ended_s = self.call.elapsed
        self.board.move(self.call, status, sip=sip)
        if wait:
            wait.hung_up(self)
        for finish in self.on_end:
            finish()
        self.board.events.announce(self.call, "completed")
        self.board.forget(self)
