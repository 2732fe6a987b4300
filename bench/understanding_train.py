"""Learns the classifier's weights from the labelled replies of the tests and writes the shipped file.

    python bench/understanding_train.py      write scripts_zh/lexicon/classifier.json

Deterministic: fixed seed, fixed order, no library. The replies of bench/understanding/ are never
read. The golden replies shaped the grammar, which reads them without fault; it would be trusted too
much if only they taught: each stands in the lessons twice, with the grammar's signs and without.
`python bench/understanding_dev.py` tells what the same lessons yield on replies held out.
"""

from __future__ import annotations

import base64
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.domain.understanding.choice import choose  # noqa: E402
from bot.domain.understanding.classifier import grams, share  # noqa: E402
from bot.domain.understanding.engine import _facts  # noqa: E402
from bot.domain.understanding.lexicon import Lexicon  # noqa: E402
from bot.domain.understanding.reading import read  # noqa: E402
from bot.domain.understanding.short import read_short  # noqa: E402
from bot.domain.understanding.signs import MARK, signs  # noqa: E402
from bot.policy.lexicon import FOLDER, bare_lexicon  # noqa: E402
from tests.understanding.golden import Case, all_cases, primary_cases, training_cases  # noqa: E402

EPOCHS, RATE, DECAY, SEED = 10, 0.35, 0.8, 20260401
STEP = 0.04
"""One step of a weight's byte."""
FEATURES = 13000
"""Features kept, those with the largest weights."""
IDLE = 0.02
"""An error smaller than this teaches nothing."""


@dataclass(frozen=True)
class Lesson:
    """features: (name, value) pairs. wanted, free: intents that hold, and that may hold or not."""

    features: tuple[tuple[str, float], ...]
    wanted: frozenset[str]
    free: frozenset[str]


def lessons(cases: Iterable[Case], lexicon: Lexicon, *, signed: bool) -> list[Lesson]:
    """What each case teaches; those read by their key or their question alone teach nothing."""
    out = []
    for case in cases:
        plain, context = lexicon.normalise(case.text), case.context
        if read_short(plain, context, lexicon) is not None:
            continue
        now = context.now.astimezone(context.zone).replace(tzinfo=None)
        found = sorted(grams(plain.text))
        features = [(name, share(len(found))) for name in found]
        marks = {MARK}
        if signed:
            reading = read(plain, _facts(now, context), lexicon)
            marks = signs(reading, choose(reading, context, now, lexicon), context, now)
        features += [(name, 1.0) for name in sorted(marks)]
        out.append(Lesson(tuple(features), frozenset(case.intents), case.optional))
    return out


def taught(cases: Sequence[Case], lexicon: Lexicon) -> list[Lesson]:
    """Every lesson of the golden replies, of the bare ones and of `cases`."""
    old = all_cases()
    old += [
        replace(old[0], text=text, intents=allowed[:1], optional=frozenset(allowed[1:]))
        for text, allowed in primary_cases()
    ]
    twice = lessons(old, lexicon, signed=True) + lessons(old, lexicon, signed=False)
    return twice + lessons(cases, lexicon, signed=True)


def train(rows: Sequence[Lesson], labels: Sequence[str]) -> dict[str, object]:
    """Logistic regressions by stochastic gradient; the largest weights rounded to one byte."""
    seen = Counter(name for row in rows for name, _ in row.features)
    weights = {name: [0.0] * len(labels) for name, count in seen.items() if count > 1}
    ready = [
        (
            [(weights[n], v) for n, v in row.features if n in weights],
            [float(label in row.wanted) for label in labels],
            [label in row.free and label not in row.wanted for label in labels],
        )
        for row in rows
    ]
    shuffle, rate = random.Random(SEED), RATE
    for _ in range(EPOCHS):
        shuffle.shuffle(ready)
        for features, wanted, free in ready:
            _step(features, wanted, free, rate)
        rate *= DECAY
    return _compact(weights, labels)


def _step(
    features: list[tuple[list[float], float]], wanted: list[float], free: list[bool], rate: float
) -> None:
    """One gradient step on one reply, for the intents it is wrong about."""
    for at, (want, may) in enumerate(zip(wanted, free, strict=True)):
        if may:
            continue
        score = sum([row[at] * value for row, value in features])
        slope = 1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) - want
        if abs(slope) < IDLE:
            continue
        move = rate * slope
        for row, value in features:
            row[at] -= move * value


def _compact(weights: dict[str, list[float]], labels: Sequence[str]) -> dict[str, object]:
    """Features a line each, and a byte per weight in the same order."""
    size = {name: sum(w * w for w in row) for name, row in weights.items()}
    signs_first = sorted(weights, key=lambda n: (not n.startswith(MARK), -size[n], n))
    kept = sorted(n for n in signs_first[:FEATURES] if "\n" not in n)
    raw = bytes(max(0, min(255, 128 + round(w / STEP))) for n in kept for w in weights[n])
    return {
        "labels": list(labels),
        "step": STEP,
        "features": "\n".join(kept),
        "weights": base64.b64encode(raw).decode("ascii"),
    }


def main() -> None:
    lexicon = bare_lexicon()
    data = train(
        taught(training_cases(), lexicon), sorted(lexicon.rank, key=lexicon.rank.__getitem__)
    )
    path = FOLDER / "classifier.json"
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    count = str(data["features"]).count("\n") + 1
    print(f"{path.name}: {count} features, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
