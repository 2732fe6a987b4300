"""What an answer costs in processor time: the figure that a busy machine changes least."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
import psycopg


@dataclass
class Cost:
    """Milliseconds for each answer, of the web server and the database together."""

    database: psutil.Process
    servers: dict[str, psutil.Process] = field(default_factory=dict)
    told: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def at(cls, url: str) -> Cost:
        """On the machine of the database at `url`, which is this one."""
        with psycopg.connect(url) as connection:
            postmaster = psutil.Process(connection.info.backend_pid).parent()
        assert postmaster is not None
        return cls(postmaster)

    @contextmanager
    def counted(self, side: str, answers: int) -> Iterator[None]:
        """Counts what `side` does meanwhile; nothing else uses the database."""
        before = self._spent(side)
        yield
        spent = 1000 * (self._spent(side) - before) / answers
        self.told.setdefault(side, []).append(spent)

    def medians(self) -> dict[str, float]:
        """Of the rounds, by side; `ratio` is product ÷ floor."""
        found = {side: statistics.median(each) for side, each in self.told.items()}
        found["ratio"] = found["product"] / found["floor"]
        return {name: round(value, 2) for name, value in found.items()}

    def _spent(self, side: str) -> float:
        return _seconds(self.database) + _seconds(self.servers[side])


def _seconds(root: psutil.Process) -> float:
    """Of a process and all below it, those that have ended included."""
    total = 0.0
    for process in [root, *root.children(recursive=True)]:
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:  # its time is now its parent's
            continue
    return total
