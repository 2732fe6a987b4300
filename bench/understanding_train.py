"""Learns the fallback classifier's weights from the golden replies and writes the shipped file.

    python bench/understanding_train.py            train on every golden file, write fallback.json
    python bench/understanding_train.py --held natural   train without that file, score on it

Deterministic: fixed seed, fixed order. The replies of bench/understanding/ are never read.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.domain.understanding.fallback import Fallback, build, features  # noqa: E402
from bot.policy.lexicon import FOLDER, lexicon, understand  # noqa: E402
from tests.understanding.golden import Case, all_cases, primary_cases  # noqa: E402

EPOCHS, RATE, DECAY, SCALE, SMALLEST, SEED = 14, 0.15, 0.85, 100, 3, 20260401


def train(cases: list[Case]) -> dict[str, object]:
    """Softmax regression by stochastic gradient; weights rounded to 1/SCALE, tiny ones dropped."""
    rows = [
        (sorted(features(lexicon().normalise(c.text).text)), c.intents[0])
        for c in cases
        if c.context.asked is None
    ]
    rows += [
        (sorted(features(lexicon().normalise(text).text)), allowed[0])
        for text, allowed in primary_cases()
    ]
    seen = Counter(f for names, _ in rows for f in names)
    rows = [([f for f in names if seen[f] > 1 or len(f) == 1], label) for names, label in rows]
    labels = sorted({label for _, label in rows})
    weights: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(labels))
    shuffle, rate = random.Random(SEED), RATE
    for _ in range(EPOCHS):
        shuffle.shuffle(rows)
        for names, label in rows:
            step(weights, names, labels.index(label), len(labels), rate)
        rate *= DECAY
    return {"labels": labels, "scale": SCALE, "weights": dict(sorted(compact(weights).items()))}


def step(
    weights: dict[str, list[float]], names: list[str], label: int, count: int, rate: float
) -> None:
    """One gradient step on one reply."""
    scores = [sum(weights[n][at] for n in names) for at in range(count)]
    top = max(scores)
    odds = [math.exp(s - top) for s in scores]
    total = sum(odds)
    for at in range(count):
        slope = odds[at] / total - (at == label)
        if abs(slope) > 1e-3:
            for name in names:
                weights[name][at] -= rate * slope / math.sqrt(len(names))


def compact(weights: dict[str, list[float]]) -> dict[str, list[int]]:
    """Feature -> flat list of label number and weight in 1/SCALE, the larger ones only."""
    out = {}
    for name, row in weights.items():
        flat = [
            n for at, w in enumerate(row) if abs(v := round(w * SCALE)) >= SMALLEST for n in (at, v)
        ]
        if flat:
            out[name] = flat
    return out


def score(model: Fallback, cases: list[Case]) -> None:
    """The classifier alone on `cases`, and on those the grammar leaves as `other`."""
    right = left = found = 0
    for case in cases:
        label, chance = model.guess(lexicon().normalise(case.text).text)
        right += label == case.intents[0]
        if understand(case.text, case.context).primary.value == "other" != case.intents[0]:
            left += 1
            found += label == case.intents[0]
            print(f"  {case.text} [{case.intents[0]}] -> {label} {chance:.2f}")
    print(f"alone {right}/{len(cases)}; left by the grammar {left}, found {found}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", help="golden file to hold out and score on, without .txt")
    held = parser.parse_args().held
    cases = all_cases()
    data = train([c for c in cases if c.file != f"{held}.txt"])
    if held:
        score(build(data), [c for c in cases if c.file == f"{held}.txt"])
        return
    path = FOLDER / "fallback.json"
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    print(
        f"{path.name}: {len(cases)} replies, {len(data['weights'])} features, {path.stat().st_size} bytes"
    )  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
