"""Runs the demo by itself: simulated debtors answer and pay while the test clock walks on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests

from bot.app.advance import TestClock
from bot.app.errors import Refusal
from bot.app.product import Product
from bot.store.jobs import waiting_jobs

#: Debtors and desk take turns at most this often: shorter than any window of a cadence.
TURN = timedelta(hours=1)

_PAPERS = """
SELECT p.phone_sealed, d.id_tail_sealed FROM contact_point p JOIN debtor d ON d.id = p.debtor_id
WHERE d.id_tail_sealed IS NOT NULL
"""

_TIME_OUT = 120.0
_QUIET_WITHIN = 120.0
_LOOK_EVERY = 0.01


@dataclass(frozen=True)
class Unattended:
    """Walks the clock; after each step the debtors act and the workers finish what came of it."""

    product: Product
    seed: int

    def run(self, start: datetime, days: int) -> Iterator[datetime]:
        """Yields every instant the clock stood at. Raises Refusal when the work never ends."""
        clock, end = TestClock(self.product), start + timedelta(days=days)
        self._call("PUT", "/debtors", {"seed": self.seed, "know": self._papers()})
        clock.set(start)
        debtors_next: datetime | None = None
        while (now := clock.now()) < end:
            soonest = min(filter(None, [clock.next_due(), debtors_next, end]))
            clock.set(min(end, max(soonest, now + TURN)))
            clock.work()
            debtors_next = self._debtors_act()
            yield clock.now()

    def _papers(self) -> dict[str, dict[str, str]]:
        """What every debtor knows of themselves: the end of their identity document."""
        seal = self.product.seal
        with self.product.pool.connection() as connection:
            rows = connection.execute(_PAPERS).fetchall()
        return {seal.open(phone): {"id_last4": seal.open(tail)} for phone, tail in rows}

    def _debtors_act(self) -> datetime | None:
        """Let them act until nothing more comes of it at this instant."""
        while True:
            self._wait_until_quiet()
            answer = self._call("POST", "/debtors/act", {})
            if not answer["acted"]:
                upcoming = answer["next"]
                return datetime.fromisoformat(upcoming) if upcoming else None

    def _wait_until_quiet(self) -> None:
        """Until every reply is read, every job done and every callback delivered."""
        pause = threading.Event()
        for _ in range(int(_QUIET_WITHIN / _LOOK_EVERY)):
            if not self._busy():
                self._call("POST", "/flush", {})
                if not self._busy():
                    return
            pause.wait(_LOOK_EVERY)
        raise Refusal("the workers did not finish", "see worker.log in the demo's folder")

    def _busy(self) -> bool:
        with self.product.pool.connection() as connection:
            return bool(waiting_jobs(connection))

    def _call(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        url = f"{self.product.settings.sandbox_url}/sandbox{path}"
        answer = requests.request(method, url, json=body, timeout=_TIME_OUT)
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}
