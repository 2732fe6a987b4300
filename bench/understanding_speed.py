"""How long reading takes: median and 95th percentile over the golden replies, one core.

    python bench/understanding_speed.py [--rounds 5]

Each reply is read `rounds` times and its best time kept, so that other work on the machine does
not show; the date grammar is measured alone on the same replies; then the start from nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.domain.understanding.pieces import Facts  # noqa: E402
from bot.domain.understanding.times import read_times  # noqa: E402
from bot.policy.lexicon import lexicon, understand  # noqa: E402
from tests.understanding.golden import all_cases  # noqa: E402

_START = (
    "import time; a = time.perf_counter(); from bot.policy.lexicon import lexicon; b = time.perf_counter(); "
    "lexicon(); c = time.perf_counter(); print(f'{(b - a) * 1000:.0f} {(c - b) * 1000:.0f}')"
)


def best(action: Callable[[], object], rounds: int) -> float:
    """The shortest of `rounds` runs, µs."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return min(times) * 1e6


def show(name: str, values: list[float]) -> None:
    """One line: median, 95th percentile, largest."""
    values = sorted(values)
    middle, high = values[len(values) // 2], values[int(len(values) * 0.95)]
    print(f"{name:<34}median {middle:6.0f} µs   p95 {high:6.0f} µs   max {values[-1]:6.0f} µs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    cases, words = all_cases(), lexicon()
    for case in cases:
        understand(case.text, case.context)
    show(
        f"understand ({len(cases)} replies)",
        [best(lambda c=c: understand(c.text, c.context), rounds) for c in cases],
    )
    plain = [(words.normalise(c.text), Facts(c.context.now.replace(tzinfo=None))) for c in cases]
    dated = [(text, facts) for text, facts in plain if read_times(text, facts, words.times)]
    show(
        f"dates alone ({len(dated)} that hold one)",
        [best(lambda p=p: read_times(*p, words.times), rounds) for p in dated],
    )
    long_text = "我这个月手头紧，25号先还500，剩下的下个月10号一定还清。" * 55
    show(
        f"a text of {len(long_text)} characters",
        [best(lambda: understand(long_text, cases[0].context), rounds)],
    )
    starts = [
        subprocess.run(
            [sys.executable, "-c", _START], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout.split()
        for _ in range(3)
    ]
    imports, build = (min(int(s[at]) for s in starts) for at in (0, 1))
    print(f"{'start':<34}import {imports} ms, lexicon {build} ms")


if __name__ == "__main__":
    main()
