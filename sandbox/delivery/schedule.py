"""Work that is due now or later, done by a few threads.

A delay passes in real seconds, or, when virtual, on the simulated clock.
"""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.clock import SimClock

Job = Callable[[], None]
log = logging.getLogger("sandbox.schedule")


@dataclass(frozen=True)
class Counts:
    """How much was done since the start, and what still waits (`virtual`: for the clock)."""

    done: int
    waiting: int
    virtual: int
    idle: bool


class Schedule:
    """`add` work; threads take what is due. Close with `stop`."""

    def __init__(self, clock: SimClock, threads: int) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._idle = threading.Condition(self._lock)
        self._real: list[tuple[float, int, Job]] = []
        self._virtual: list[tuple[datetime, int, Job]] = []
        self._order = itertools.count()
        self._active = self._done = 0
        self._hurrying = self._stopped = False
        clock.watchers.append(self._clock_moved)
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def add(self, job: Job, delay_s: float = 0.0, virtual: bool = False) -> None:
        """Do `job` after `delay_s`; jobs due at one instant start in the order they were added."""
        with self._lock:
            if virtual and delay_s > 0:
                due = self._clock.now() + timedelta(seconds=delay_s)
                heapq.heappush(self._virtual, (due, next(self._order), job))
            else:
                due_s = 0.0 if self._hurrying else time.monotonic() + delay_s
                heapq.heappush(self._real, (due_s, next(self._order), job))
            self._work.notify()

    def flush(self, timeout_s: float, hurry: bool = False) -> Counts:
        """Wait until nothing is under way or due in real time; `hurry` skips the real delays."""
        deadline = time.monotonic() + timeout_s
        with self._lock:
            self._set_hurry(hurry)
            while not self._is_idle() and time.monotonic() < deadline:
                self._idle.wait(deadline - time.monotonic())
            self._hurrying = False
            return self._counts()

    def counts(self) -> Counts:
        """The figures without waiting."""
        with self._lock:
            return self._counts()

    def clear(self) -> None:
        """Forget all work that has not begun."""
        with self._lock:
            self._real.clear()
            self._virtual.clear()
            self._idle.notify_all()

    def stop(self) -> None:
        """Let the threads end after what they are doing."""
        with self._lock:
            self._stopped = True
            self._work.notify_all()

    def _set_hurry(self, hurry: bool) -> None:
        if hurry:
            self._hurrying = True
            self._real = [(0.0, order, job) for _, order, job in self._real]
            heapq.heapify(self._real)
            self._work.notify_all()

    def _clock_moved(self) -> None:
        with self._lock:
            self._work.notify_all()

    def _is_idle(self) -> bool:
        due = self._virtual and self._virtual[0][0] <= self._clock.now()
        return not (self._active or self._real or due)

    def _counts(self) -> Counts:
        waiting = len(self._real) + self._active
        return Counts(self._done, waiting, len(self._virtual), self._is_idle())

    def _run(self) -> None:
        while (job := self._take()) is not None:
            try:
                job()
            except Exception:
                log.exception("a scheduled job failed")
            self._finished()

    def _take(self) -> Job | None:
        with self._lock:
            while not self._stopped:
                job = self._due()
                if job is not None:
                    self._active += 1
                    return job
                self._work.wait(self._until_next())
        return None

    def _due(self) -> Job | None:
        if self._real and self._real[0][0] <= time.monotonic():
            return heapq.heappop(self._real)[2]
        if self._virtual and self._virtual[0][0] <= self._clock.now():
            return heapq.heappop(self._virtual)[2]
        return None

    def _until_next(self) -> float | None:
        waits = []
        if self._real:
            waits.append(self._real[0][0] - time.monotonic())
        if self._virtual:
            waits.append((self._virtual[0][0] - self._clock.now()).total_seconds())
        return max(0.0, min(waits)) if waits else None

    def _finished(self) -> None:
        with self._lock:
            self._active -= 1
            self._done += 1
            if self._is_idle():
                self._idle.notify_all()
