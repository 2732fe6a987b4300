"""Queues: callers wait in them, told where they stand, until somebody dials the queue."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.voice.bridge import Ending, connect
from sandbox.voice.script import Script
from sandbox.voice.twiml.document import Verb
from sandbox.voice.waits import Wait

if TYPE_CHECKING:
    from sandbox.voice.dial import Dialing
    from sandbox.voice.line import Line
    from sandbox.voice.switchboard import Switchboard

LONGEST_NAME = 64
LARGEST = 100
ROUND_S = 5.0  # of silence between two rounds of what a waiting caller hears


@dataclass
class Place:
    """A caller's place in a queue. `script` is the document that goes on afterwards."""

    line: Line
    verb: Verb
    script: Script
    since_s: float

    @property
    def waited_s(self) -> int:
        """Whole seconds in the queue."""
        return max(0, round(self.line.call.elapsed - self.since_s))


@dataclass
class Queue:
    """Callers in their order, and who waits for one to come."""

    sid: str
    name: str
    places: list[Place] = field(default_factory=list)
    servers: deque[tuple[Line, Dialing, Verb]] = field(default_factory=deque)
    waits: list[int] = field(default_factory=list)


class Waiting(Wait):
    """Between two rounds of what the queue plays. `silence` lets the next round begin.

    `again`: URL and method of the next round, when the document named another than the waitUrl.
    """

    kind = "queue"

    def __init__(self, place: Place, queue: Queue, again: tuple[str, str] | None = None) -> None:
        super().__init__(ROUND_S if place.verb.get("waitUrl") else math.inf)
        self.place = place
        self.queue = queue
        self.again = again

    def to_json(self) -> dict[str, object]:
        """With the place in the queue."""
        position = _position(self.queue, self.place)
        return {**super().to_json(), "queue": self.queue.name, "position": position}

    def expire(self, line: Line) -> None:
        """The next round."""
        line.board.queues.play(self.place, self.queue, self.again)


class Queues:
    """All queues, made when somebody is put into one."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self.by_name: dict[str, Queue] = {}
        self._places: dict[str, tuple[Queue, Place]] = {}

    def clear(self) -> None:
        """Forget all."""
        self.by_name.clear()
        self._places.clear()

    # ── the caller ──────────────────────────────────────────────────────────────────────────────
    def enqueue(self, line: Line, verb: Verb) -> None:
        """Put the caller into the queue the verb names."""
        assert line.script
        name = verb.text
        if not name or len(name) > LONGEST_NAME:
            code = 14205 if name else 14204
            self._board.complain(line.call, code, f"queue name {name!r}")
            return
        queue = self._queue(name)
        place = Place(line, verb, line.script, line.call.elapsed)
        if len(queue.places) >= int(verb.get("maxQueueSize", str(LARGEST))):
            self._board.complain(line.call, 14207, f"queue {name!r}")
            self._told(place, queue, "queue-full")
            return
        queue.places.append(place)
        self._places[line.call.sid] = (queue, place)
        line.on_end.append(lambda: self._gone(line))
        line.note("note", "queue", name, position=_position(queue, place))
        if queue.servers:
            line.rest(Waiting(place, queue))
            self._match(queue)
        else:
            self.play(place, queue)

    def play(self, place: Place, queue: Queue, again: tuple[str, str] | None = None) -> None:
        """One round of the waiting document; without one there is music."""
        line, url = place.line, place.verb.get("waitUrl")
        line.wait_over()
        if url:
            method = place.verb.get("waitUrlMethod", "POST")
            url, method = again or (place.script.absolute(url), method)
            line.fetch(url, method, "wait", self._fields(queue, place))
        else:
            line.rest(Waiting(place, queue))

    def round_over(self, line: Line, again: tuple[str, str] | None = None) -> None:
        """The waiting document has ended, or leads on (`again`); soon the next round begins.

        At a person's pace a document that leads on does so at once: its own pauses are heard.
        """
        queue, place = self._places[line.call.sid]
        if again and line.live_pace:
            self.play(place, queue, again)
            return
        line.script = None
        line.rest(Waiting(place, queue, again))

    def leave(self, line: Line, result: str = "leave") -> None:
        """The caller leaves the queue and goes on with the document."""
        if line.call.sid in self._places:
            queue, place = self._take_out(line)
            line.wait_over()
            self._told(place, queue, result)

    def abandon(self, line: Line) -> None:
        """The caller was redirected away."""
        if line.call.sid in self._places:
            self._notify(*self._take_out(line), "redirected")

    def _gone(self, line: Line) -> None:
        if line.call.sid in self._places:
            self._notify(*self._take_out(line), "hangup")

    def _notify(self, queue: Queue, place: Place, result: str) -> None:
        """Tell the action of a caller who does not hear its answer."""
        if action := place.verb.get("action"):
            url, method = place.script.absolute(action), place.verb.get("method", "POST")
            told = self._result(queue, place, result)
            self._board.turns.notify(place.line, url, method, told)

    def _told(self, place: Place, queue: Queue, result: str) -> None:
        line, action = place.line, place.verb.get("action")
        line.note("note", "queue left", result)
        line.script = place.script
        if action:
            told = self._result(queue, place, result)
            line.fetch(place.script.absolute(action), place.verb.get("method", "POST"), extra=told)

    # ── who serves it ───────────────────────────────────────────────────────────────────────────
    def serve(self, line: Line, dialing: Dialing, noun: Verb) -> None:
        """Dial a queue: the first caller in it, or the next who comes within the Dial's timeout."""
        name = noun.text
        if not name or len(name) > LONGEST_NAME:
            self._board.complain(line.call, 14213 if name else 14212, f"queue name {name!r}")
            dialing.over(line, "failed")
            return
        queue = self._queue(name)
        dialing.seconds = float(dialing.verb.get("timeout", "30"))
        dialing.clocked = True
        line.rest(dialing)
        queue.servers.append((line, dialing, noun))
        self._match(queue)

    def stop_serving(self, line: Line) -> None:
        """No longer wait for somebody to come into a queue."""
        for queue in self.by_name.values():
            kept = [server for server in queue.servers if server[0] is not line]
            queue.servers = deque(kept)

    def _match(self, queue: Queue) -> None:
        if not (queue.servers and queue.places):
            return
        server, dialing, noun = queue.servers.popleft()
        place = queue.places.pop(0)
        self._places.pop(place.line.call.sid, None)
        queue.waits.append(place.waited_s)
        dialing.seconds = math.inf
        place.line.on_end.append(lambda: server.tell(lambda: self._lost(server, dialing)))
        place.line.tell(lambda: self._called(queue, place, server, dialing, noun))

    def _lost(self, server: Line, dialing: Dialing) -> None:
        """The caller went before the connection."""
        if server.wait is dialing and server.call.live:
            dialing.over(server, "no-answer")

    def _called(
        self, queue: Queue, place: Place, server: Line, dialing: Dialing, noun: Verb
    ) -> None:
        """The caller is next: hears the whisper, if there is one, and is connected."""
        caller = place.line
        if not caller.call.live:
            server.tell(lambda: self._lost(server, dialing))
            return
        caller.wait_over()
        caller.connect = lambda: server.tell(lambda: self._connect(queue, place, server, dialing))
        if url := noun.get("url"):
            whisper = dialing.script.absolute(url)
            fields = self._fields(queue, place)
            caller.fetch(whisper, noun.get("method", "POST"), "whisper", fields)
        else:
            caller.connect()

    def _connect(self, queue: Queue, place: Place, server: Line, dialing: Dialing) -> None:
        caller = place.line
        if server.wait is not dialing or not caller.call.live:
            caller.tell(lambda: self._told(place, queue, "error"))
            return
        dialing.begin_talk(server, caller)
        ending = Ending(
            lambda line: self._told(place, queue, "bridged"),
            lambda line: self._notify(queue, place, "bridged"),
        )
        connect(server, dialing.ending(), caller, ending)

    # ── what is told ────────────────────────────────────────────────────────────────────────────
    def _queue(self, name: str) -> Queue:
        if name not in self.by_name:
            self.by_name[name] = Queue(self._board.ids("QU"), name)
        return self.by_name[name]

    def _take_out(self, line: Line) -> tuple[Queue, Place]:
        queue, place = self._places.pop(line.call.sid)
        queue.places.remove(place)
        queue.waits.append(place.waited_s)
        return queue, place

    def _fields(self, queue: Queue, place: Place) -> dict[str, str]:
        average = round(sum(queue.waits) / len(queue.waits)) if queue.waits else 0
        return {
            "AvgQueueTime": str(average),
            "CurrentQueueSize": str(len(queue.places)),
            "QueuePosition": str(_position(queue, place)),
            "QueueSid": queue.sid,
            "QueueTime": str(place.waited_s),
        }

    def _result(self, queue: Queue, place: Place, result: str) -> dict[str, str]:
        told = {"QueueResult": result}
        if result != "queue-full":
            told |= {"QueueSid": queue.sid, "QueueTime": str(place.waited_s)}
        return told


def _position(queue: Queue, place: Place) -> int:
    """From 1; 0 for one who was already called."""
    return queue.places.index(place) + 1 if place in queue.places else 0
