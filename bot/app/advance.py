"""Moves the test clock forward and does what falls due on the way, in the order of time.

Time jumps from one instant at which something happens to the next, so that a day takes as long
as its work and no window is jumped over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import requests

from bot.app.errors import Refusal
from bot.app.granting import reductions
from bot.app.product import Product
from bot.store.clock_shift import next_instant, read_shift, set_shift, still_sending

#: Instants closer together than this are taken in one step.
STEP = timedelta(minutes=15)

_TIME_OUT = 60.0

#: A worker hands a batch over within seconds; one that died is not waited for any longer.
_OTHERS_WITHIN = timedelta(seconds=20)
_LOOK_EVERY = timedelta(milliseconds=50)


@dataclass(frozen=True)
class TestClock:
    """The clock of test-mode portfolios, and of the sandbox when there is one."""

    __test__ = False  # pytest would take the name for a test

    product: Product

    def now(self) -> datetime:
        """Where it stands."""
        return self.product.clock.now(livemode=False)

    def set(self, now: datetime) -> None:
        """Put it at `now`. Raises Refusal when the sandbox cannot follow."""
        shift = now - self.product.clock.real()
        self._tell_sandbox(shift)
        with self.product.pool.connection() as connection:
            set_shift(connection, shift)

    def _tell_sandbox(self, shift: timedelta) -> None:
        if self._clock_url is None:
            return
        try:
            body = {"offset_seconds": int(shift.total_seconds())}
            requests.put(self._clock_url, json=body, timeout=_TIME_OUT).raise_for_status()
        except requests.RequestException as gone:
            raise Refusal(
                "the sandbox does not answer, so its clock cannot follow",
                "start it, or unset SANDBOX_URL",
            ) from gone

    @property
    def _clock_url(self) -> str | None:
        url = self.product.settings.sandbox_url
        return f"{url}/sandbox/clock" if url else None

    def keep_sandbox(self) -> None:
        """Put the sandbox's clock where ours stands; one that was just started is elsewhere."""
        if self._clock_url is None:
            return
        with self.product.pool.connection() as connection:
            shift = read_shift(connection)
        told = requests.get(self._clock_url, timeout=_TIME_OUT).json()["offset_seconds"]
        if abs(shift.total_seconds() - told) > 1:
            self._tell_sandbox(shift)

    def walk(self, until: datetime) -> Iterator[datetime]:
        """Move to `until` through everything that is due; yields each instant it stood at."""
        while (now := self.now()) < until:
            soonest = self.next_due() or until
            self.set(min(until, max(soonest, now + STEP)))
            self.work()
            yield self.now()

    def ringing(self) -> bool:
        """Whether a telephone of the sandbox rings: it does so until its time is over."""
        url = self.product.settings.sandbox_url
        if url is None:
            return False
        live = requests.get(f"{url}/sandbox/calls?live=1", timeout=_TIME_OUT).json()["calls"]
        return any(call["status"] == "ringing" for call in live)

    def next_due(self) -> datetime | None:
        """When the next thing of test mode falls due; in the past when it is waiting already."""
        with self.product.pool.connection() as connection:
            return next_instant(connection)

    def work(self) -> None:
        """Everything that is due at this instant, replies that came in included."""
        product = self.product
        product.promises.run(livemode=False)
        reductions(product).sweep(livemode=False)
        product.planner.run(livemode=False)
        self.send()

    def send(self) -> None:
        """Send what is due now and let the carrier's reports arrive."""
        with self.product.transactions() as store:
            senders = store.senders_due(livemode=False, now=self.now())
        for sender_id in senders:
            self.product.send(sender_id)
        self._wait_for_workers()
        self.settle_down()

    def _wait_for_workers(self) -> None:
        """Until what a worker has on its way is with the carrier: the clock must not leave it behind,
        or a call that was placed in the evening would ring at midnight."""
        pause, since = threading.Event(), self.product.clock.real() - _OTHERS_WITHIN
        for _ in range(int(_OTHERS_WITHIN / _LOOK_EVERY)):
            with self.product.pool.connection() as connection:
                if not still_sending(connection, since):
                    return
            pause.wait(_LOOK_EVERY.total_seconds())

    def settle_down(self) -> None:
        """Wait until the sandbox has delivered every callback it owes."""
        url = self.product.settings.sandbox_url
        if url is not None:
            requests.post(f"{url}/sandbox/flush", json={}, timeout=_TIME_OUT)
