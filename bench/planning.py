"""Planning against writing: the planner's day of a book, and one INSERT … SELECT of its rows.

    python -m bench.planning [--small] [--json] [--rounds 3]

The planner decides tier, cadence, text and rules of every case and writes touch, verdict, next
look and jobs. The floor is one statement that copies the very same touches and verdicts, ready in
a table, into the same tables with the same indexes and keys. Every round has its own copy of the
database; the planner runs in a process of its own, whose peak memory is told.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import resource
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from bench.book import Databases, databases, fill, settings_for, shanghai
from bench.ratio import Ratio, arguments, in_turns, report
from bot.app.product import open_product
from bot.store.clock_shift import set_shift
from bot.store.seal import Seal

FULL, SMALL = 100_000, 5_000
AIM = 8.0

_TOUCH = (
    "key, case_id, debtor_id, portfolio_id, sender_id, contact_point_id, channel, purpose, script, "
    "script_version, tier, rule, anchor, day, segments, params, due_at, latest_at, state, reason, "
    "reply_id, created_at, updated_at"
)

_READY = f"""
CREATE TABLE ready AS SELECT {", ".join("t." + name for name in _TOUCH.split(", "))},
    v.stage, v.outcome, v.rule AS by_rule, v.pack, v.until, v.facts, v.at
FROM touch t JOIN verdict v ON v.touch_id = t.id
"""

_FLOOR = f"""
WITH written AS (INSERT INTO touch ({_TOUCH}) SELECT {_TOUCH} FROM ready RETURNING id, key)
INSERT INTO verdict (touch_id, case_id, stage, outcome, rule, pack, until, facts, at)
SELECT w.id, r.case_id, r.stage, r.outcome, r.by_rule, r.pack, r.until, r.facts, r.at
FROM ready r JOIN written w USING (key)
"""


def plan(url: str, folder: Path, *, profile: bool) -> dict[str, float]:
    """One planning run at ten past midnight; seconds, figures and memory of this process."""
    with open_product(settings_for(folder, 8000), url, role="bench") as product:
        with product.pool.connection() as connection:
            set_shift(connection, shanghai(0, 10) - product.clock.real())
        before = _peak_mb()
        profiler = cProfile.Profile()
        if profile:
            profiler.enable()
        began, busy = time.perf_counter(), time.process_time()
        planned = product.planner.run(livemode=False)
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        profiler.disable()
    if profile:
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(45)
    return {
        "seconds": seconds,
        "cpu_seconds": busy,
        "checked": planned.checked,
        "planned": planned.planned,
        "mb_before": before,
        "mb_peak": _peak_mb(),
    }


def _peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


class Bench:
    """The two sides on one server."""

    def __init__(self, server: Databases, cases: int, *, profile: bool) -> None:
        self._server, self._cases, self._profile = server, cases, profile
        self.memory: list[dict[str, float]] = []

    def prepare(self) -> None:
        """A book to plan for, and one that holds the planner's rows ready to be copied."""
        settings = settings_for(self._server.folder, 8000)
        url = self._server.empty("book")
        fill(url, Seal(settings.field_keys, settings.hash_key), self._cases)
        written = self._server.clone("book", "written")
        self._plan(written)
        with psycopg.connect(written, autocommit=True) as connection:
            connection.execute(_READY)
            connection.execute("DELETE FROM verdict")
            connection.execute("DELETE FROM touch WHERE key IN (SELECT key FROM ready)")
            connection.execute("VACUUM (FULL, ANALYZE)")

    def product(self, _: int) -> float:
        """Seconds of the planner."""
        with self._server.copy("book") as url:
            figures = self._plan(url)
            self.memory.append(figures)
            return figures["seconds"]

    def floor(self, _: int) -> float:
        """Seconds of the one statement."""
        with self._server.copy("written") as url, psycopg.connect(url) as connection:
            began = time.perf_counter()
            connection.execute(_FLOOR)
            connection.commit()
            return time.perf_counter() - began

    def _plan(self, url: str) -> dict[str, float]:
        command = [sys.executable, "-m", "bench.planning", "--child", url, str(self._server.folder)]
        command += ["--profile"] if self._profile else []
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        figures: dict[str, float] = json.loads(done.stdout)
        if figures["planned"] != self._cases:
            raise SystemExit(f"{figures['planned']} touches planned for {self._cases} cases")
        return figures


def main() -> int:
    """Run the bench."""
    parser = arguments(__doc__)
    parser.add_argument("--cases", type=int)
    parser.add_argument("--profile", action="store_true", help="where the planner's time goes")
    parser.add_argument("--child", nargs=2, metavar=("URL", "FOLDER"), help="for itself")
    given = parser.parse_args()
    if given.child:
        url, folder = given.child
        print(json.dumps(plan(url, Path(folder), profile=given.profile)))
        return 0
    cases = given.cases or (SMALL if given.small else FULL)
    with databases() as server:
        bench = Bench(server, cases, profile=given.profile)
        bench.prepare()
        figures = in_turns(given.rounds or 3, bench.product, bench.floor)
    peak, before = bench.memory[-1]["mb_peak"], bench.memory[-1]["mb_before"]
    more = {"cases": cases, "planner_peak_mb": peak, "of_that_before_planning_mb": before}
    return report([Ratio("planning", "s", *figures, AIM)], more, as_json=given.json)


if __name__ == "__main__":
    sys.exit(main())
