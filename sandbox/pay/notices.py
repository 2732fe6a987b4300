"""Payment notifications: signed, retried, and spoiled on request."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.clock import SimClock
from sandbox.delivery.poster import Posted, Poster
from sandbox.delivery.schedule import Schedule
from sandbox.journal import Journal
from sandbox.pay.letters import Letters

RETRIES = 3
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Manner:
    """How notifications go out. `hold`: kept until released. `copies`: posts of each.

    `delay_s` passes on the simulated clock when `virtual`.
    """

    hold: bool = False
    copies: int = 1
    delay_s: float = 0.0
    virtual: bool = False


class Notices:
    """Posts events to their checkout's `notify_url`: one try and three more, each wait doubled."""

    def __init__(
        self,
        clock: SimClock,
        journal: Journal,
        schedule: Schedule,
        poster: Poster,
        letters: Letters,
        backoff_s: float,
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._schedule = schedule
        self._poster = poster
        self._letters = letters
        self._backoff_s = backoff_s
        self._lock = threading.Lock()
        self._generation = 0
        self._held: list[tuple[str, Event]] = []
        self.manner = Manner()

    def may_go_to(self, url: str) -> bool:
        """Whether the sandbox may post there."""
        return self._poster.may_post_to(url)

    def send(self, url: str, event: Event) -> None:
        """Post an event in the manner in force."""
        if self.manner.hold:
            with self._lock:
                self._held.append((url, event))
            return
        self._start(url, event, self.manner.copies)

    def release(self, reverse: bool) -> int:
        """Post what was held one by one, in order or from last to first; returns how many."""
        with self._lock:
            held, self._held = self._held, []
        generation = self._generation

        def post_all() -> None:
            for url, event in reversed(held) if reverse else held:
                self._try(url, event, 1, generation)

        self._schedule.add(post_all)
        return len(held)

    def repeat(self, url: str, event: Event, times: int) -> None:
        """Post an event again, as providers do."""
        self._start(url, event, times)

    def held(self) -> int:
        """How many wait for a release."""
        return len(self._held)

    def clear(self) -> None:
        """Forget held events and the manner; tries under way end."""
        with self._lock:
            self._held = []
            self._generation += 1
            self.manner = Manner()

    def _start(self, url: str, event: Event, copies: int) -> None:
        for _ in range(copies):
            self._plan(url, event, 1, self.manner.delay_s, self.manner.virtual)

    def _plan(self, url: str, event: Event, number: int, delay_s: float, virtual: bool) -> None:
        generation = self._generation
        self._schedule.add(lambda: self._try(url, event, number, generation), delay_s, virtual)

    def _try(self, url: str, event: Event, number: int, generation: int) -> None:
        if generation != self._generation:
            return
        posted = self._post(url, event)
        taken = self._letters.taken(event, posted)
        last = taken or number > RETRIES
        self._note(url, event, posted, number, last)
        if not last:
            self._plan(url, event, number + 1, self._backoff_s * 2 ** (number - 1), False)

    def _post(self, url: str, event: Event) -> Posted:
        letter = self._letters.write(event, self._clock)
        return self._poster.post_json(url, letter.body, letter.headers)

    def _note(self, url: str, event: Event, posted: Posted, number: int, last: bool) -> None:
        taken = self._letters.taken(event, posted)
        result = "arrived" if taken else "gave_up" if last else "failed"
        self._journal.write(
            "notification", event=event["id"], type=event["type"], checkout=event["checkout_id"],
            url=url, result=result, http=posted.http, tries=number, ms=posted.ms,
            trouble=posted.trouble,
        )  # fmt: skip
