"""Learns the classifier's weights from the labelled replies of the tests and writes the shipped file.

    pip install -e .[learn]                  numpy and scipy, for this script alone
    python bench/understanding_train.py      write scripts_zh/lexicon/classifier.json (a few minutes)

The network itself is in `understanding_net.py`.

The replies of bench/understanding/ are never read. What teaches (`taught`):
- every reply twice, with the grammar's signs and without: the golden replies shaped the grammar, which
  would otherwise be trusted too much;
- replies of several intents are rare, so replies of one are joined in pairs (`joined`), which teach only
  which intents hold, not which comes first.
`python bench/understanding_dev.py` tells what the same lessons yield on replies held out.
"""

from __future__ import annotations

import base64
import json
import random
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

try:
    import numpy as np
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    from bench import understanding_net as net
except ImportError:  # tests read the lessons and learn nothing
    if __name__ == "__main__":
        sys.exit("numpy and scipy are missing: pip install -e .[learn]")

from bot.domain.understanding.choice import choose  # noqa: E402
from bot.domain.understanding.classifier import grams  # noqa: E402
from bot.domain.understanding.engine import _facts  # noqa: E402
from bot.domain.understanding.kinds import kind_grams  # noqa: E402
from bot.domain.understanding.lexicon import Lexicon  # noqa: E402
from bot.domain.understanding.packed import LONGEST, share  # noqa: E402
from bot.domain.understanding.reading import Reading, read  # noqa: E402
from bot.domain.understanding.short import read_short  # noqa: E402
from bot.domain.understanding.signs import MARK, dispute_signs, signs, spans  # noqa: E402
from bot.policy.lexicon import FOLDER, bare_lexicon  # noqa: E402
from tests.understanding.golden import (  # noqa: E402
    Case,
    all_cases,
    fact_cases,
    primary_cases,
    training_cases,
    turn_cases,
)

SEED, ROUNDS, PULL = 20260401, 80, 0.3
"""PULL: how strongly weights are drawn to nought."""
SEEN = 3
"""Lessons a feature must stand in."""
FEATURES = 20000
"""Features kept, those that stand in the most lessons."""
WITHIN = 0.9995
"""The share of the weights that one byte has room for."""
DISPUTES = ("amount", "fraud", "not_mine", "quality", "settled")
SEEN_DISPUTE, DISPUTE_FEATURES = 2, 5000
"""What a dispute may be about; the same two limits for the head that tells it."""
STEP = 0.04
"""One step of the byte of a weight that tells what a dispute is about."""
GOLDEN = 12.0
"""What a reply counts that tests hold to its label."""
JOINED, JOINED_WEIGHT = 4500, 0.5
SEPARATORS = ("，", "，", "，", " ", " ", "", "。", "！")
PAIRS = {
    "promise_to_pay": "hardship 16 request_link 10 already_paid 8 request_installment 5 question 4 call_later 4 request_human 3",
    "wrong_person": "opt_out 13 call_later 9 complaint 4 question 4 dispute 3 promise_to_pay 2",
    "dispute": "refuse 13 promise_to_pay 9 already_paid 7 question 7 request_human 4",
    "opt_out": "complaint 10 promise_to_pay 7 already_paid 6 hardship 5 refuse 4 dispute 3",
    "request_installment": "hardship 12 question 5 request_human 3",
    "complaint": "dispute 7 refuse 4 question 3 already_paid 3 promise_to_pay 3 request_human 3",
    "deceased": "opt_out 7 wrong_person 4 question 3 complaint 2",
    "already_paid": "question 9 request_human 3",
    "request_link": "question 10 hardship 2 call_later 2",
    "request_human": "call_later 5 refuse 3",
    "hardship": "refuse 6 call_later 3 question 2 request_human 3",
}
"""Which intents are joined, and how often beside one another."""


@dataclass(frozen=True)
class Lesson:
    """features: (name, value) pairs. wanted, free: intents that hold, and that may hold or not.
    first: the primary one, None where the order is not taught. weight: what the lesson counts."""

    features: tuple[tuple[str, float], ...]
    wanted: frozenset[str]
    free: frozenset[str]
    first: str | None
    weight: float = 1.0


def lessons(
    cases: Iterable[Case], lexicon: Lexicon, *, signed: bool, together: bool = False
) -> list[Lesson]:
    """What each case teaches; those read by their key or their question alone teach nothing.
    together: they are joined replies."""
    out = []
    for case in cases:
        plain, context = lexicon.normalise(case.text), case.context
        if read_short(plain, context, lexicon) is not None:
            continue
        now = context.now.astimezone(context.zone).replace(tzinfo=None)
        reading = _reading(case, lexicon)
        features = _features(reading, lexicon)
        marks = {MARK}
        if signed:
            marks = signs(reading, choose(reading, context, now, lexicon), context, now)
        features += [(name, 1.0) for name in sorted(marks)]
        first, weight = (None, JOINED_WEIGHT) if together else (case.intents[0], 1.0)
        wanted = frozenset(case.intents)
        out.append(Lesson(tuple(features), wanted, case.optional - wanted, first, weight))
    return out


def taught(cases: Sequence[Case], lexicon: Lexicon) -> list[Lesson]:
    """Every lesson of the replies that are tests, of short turns, of `cases`, and of replies joined."""
    old = [*all_cases(), *fact_cases()]
    old += [
        replace(old[0], text=text, intents=allowed[:1], optional=frozenset(allowed[1:]))
        for text, allowed in primary_cases()
    ]
    new = [*turn_cases(), *cases]
    every = [replace(one, weight=GOLDEN) for one in lessons(old, lexicon, signed=True)]
    every += lessons(new, lexicon, signed=True) + lessons([*old, *new], lexicon, signed=False)
    return every + lessons(joined(new, JOINED), lexicon, signed=True, together=True)


def learnt(cases: Sequence[Case], lexicon: Lexicon) -> dict[str, object]:
    """What `classifier.json` holds after these replies and those that are tests."""
    order = sorted(lexicon.rank, key=lexicon.rank.__getitem__)
    return train(taught(cases, lexicon), order) | {"disputes": disputes(cases, lexicon)}


def disputes(cases: Sequence[Case], lexicon: Lexicon) -> dict[str, object]:
    """The head that tells what a dispute is about, from the replies that say so."""
    weighed = [(one, GOLDEN) for one in (*all_cases(), *fact_cases())]
    rows = []
    for case, weight in [*weighed, *((one, 1.0) for one in cases)]:
        if "K" not in case.facts:
            continue
        reading = _reading(case, lexicon)
        features = [
            *_features(reading, lexicon),
            *((name, 1.0) for name in dispute_signs(reading.hits)),
        ]
        kinds = frozenset({case.facts["K"]})
        rows.append(Lesson(tuple(features), kinds, frozenset(), case.facts["K"], weight))
    names, table = _table(rows, SEEN_DISPUTE)
    weights = _fit(table, _leading(rows, DISPUTES), len(DISPUTES))
    return _compact(names, weights, DISPUTES, DISPUTE_FEATURES)


def _reading(case: Case, lexicon: Lexicon) -> Reading:
    now = case.context.now.astimezone(case.context.zone).replace(tzinfo=None)
    return read(lexicon.normalise(case.text), _facts(now, case.context), lexicon)


def _features(reading: Reading, lexicon: Lexicon) -> list[tuple[str, float]]:
    """The n-grams of a reply and of its kinds, with what each weighs."""
    text = reading.text
    written = lexicon.classifier.kinds.written(text[:LONGEST], spans(reading))
    return [
        (name, share(len(found), text))
        for found in (grams(text), kind_grams(written))
        for name in sorted(found)
    ]


def joined(cases: Sequence[Case], count: int) -> list[Case]:
    """Replies of one intent, two in one."""
    chance, by_intent = random.Random(SEED), dict[str, list[Case]]()
    for case in cases:
        if len(case.intents) == 1 and not case.optional and 3 <= len(case.text) <= 24:
            by_intent.setdefault(case.intents[0], []).append(case)
    pairs = [
        ((one, other), int(often))
        for one, listed in PAIRS.items()
        for other, often in zip(listed.split()[::2], listed.split()[1::2], strict=True)
        if one in by_intent and other in by_intent
    ]
    out = []
    for names, _ in [(chance.choices(*zip(*pairs, strict=True))[0], 0) for _ in range(count)]:
        two = [chance.choice(by_intent[name]) for name in names]
        one, other = two if chance.random() < 0.5 else reversed(two)
        spoken = one.context.channel != "sms" and chance.random() < 0.7
        between = "" if spoken else chance.choice(SEPARATORS)
        text = one.text.rstrip("。！!，") + between + other.text
        out.append(replace(one, text=text, intents=names))
    return out


def train(rows: Sequence[Lesson], labels: Sequence[str]) -> dict[str, object]:
    """The network of both heads, its weights rounded to one byte each."""
    names, table = _table(rows, SEEN)
    often = np.asarray((table > 0).sum(axis=0)).ravel()
    kept = _weightiest(names, often, FEATURES)
    found = net.learnt(table[:, kept], _slope(rows, labels), 2 * len(labels), SEED)
    names = [names[at] for at in kept]
    always = [name == MARK for name in names]  # stands in every lesson and every reply
    inner = found.inner + np.outer(always, found.shift)
    outer = np.vstack([found.outer, found.base])
    step, heads_step = _step(inner), _step(outer)
    return {
        "labels": list(labels),
        "kinds": list(bare_lexicon().classifier.kinds.names),
        "units": inner.shape[1],
        "step": step,
        "features": "\n".join(names),
        "weights": _written(inner, step),
        "heads": {"step": heads_step, "weights": _written(outer, heads_step)},
    }


def _weightiest(names: list[str], size: Any, most: int) -> Any:
    """Where the features of the largest sizes stand, in order; the grammar's signs are always among them."""
    sign = np.array([name.startswith(MARK) for name in names])
    return np.sort(np.argsort(-np.where(sign, np.inf, size), kind="stable")[:most])


def _step(weights: Any) -> float:
    """One step of a weight's byte: the largest five in ten thousand are cut off."""
    return round(float(np.quantile(np.abs(weights), WITHIN)) / 127, 6)


def _written(weights: Any, step: float) -> str:
    raw = np.clip(np.round(weights / step) + 128, 0, 255).astype(np.uint8).tobytes()
    return base64.b64encode(zlib.compress(raw, 9)).decode("ascii")


def _table(rows: Sequence[Lesson], often: int) -> tuple[list[str], Any]:
    """The features that stand in so many lessons, and the lessons by them."""
    seen = Counter(name for row in rows for name, _ in row.features)
    names = sorted(name for name, count in seen.items() if count >= often and "\n" not in name)
    place = {name: at for at, name in enumerate(names)}
    cells = [(i, place[n], v) for i, row in enumerate(rows) for n, v in row.features if n in place]
    lines, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    return names, csr_matrix((values, (lines, columns)), shape=(len(rows), len(names)))


Loss = Callable[[Any], tuple[float, Any]]
"""Scores (lessons by intents) -> the loss and its slope."""


def _slope(rows: Sequence[Lesson], labels: Sequence[str]) -> net.Slope:
    """Of both heads: what holds, where intents that may hold or not do not count, and what is first."""
    wanted = _by_label(rows, labels, lambda row, label: label in row.wanted)
    counts = _by_label(rows, labels, lambda row, label: row.weight * (label not in row.free))
    firsts = _by_label(rows, labels, lambda row, label: label == row.first)
    weight = np.array([[row.weight * (row.first is not None)] for row in rows], np.float32)

    def slope(scores: Any, batch: Any) -> Any:
        holds, first = np.split(scores, 2, axis=1)
        chances = 1 / (1 + np.exp(-np.clip(holds, -30, 30)))
        shares = np.exp(first - first.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return np.hstack(
            [counts[batch] * (chances - wanted[batch]), weight[batch] * (shares - firsts[batch])]
        )

    return slope


def _by_label(
    rows: Sequence[Lesson], labels: Sequence[str], value: Callable[[Lesson, str], float]
) -> Any:
    return np.array([[value(row, label) for label in labels] for row in rows], np.float32)


def _leading(rows: Sequence[Lesson], labels: Sequence[str]) -> Loss:
    """A softmax over the intents: which is the first."""
    firsts = np.array([[label == row.first for label in labels] for row in rows], float)
    counts = np.array([[row.weight] for row in rows])

    def loss(scores: Any) -> tuple[float, Any]:
        top = scores.max(axis=1, keepdims=True)
        total = top + np.log(np.exp(scores - top).sum(axis=1, keepdims=True))
        slope = counts * (np.exp(scores - total) - firsts)
        return float(np.sum(counts * firsts * (total - scores))), slope

    return loss


def _fit(table: Any, loss: Loss, width: int) -> Any:
    """Weights, features by intents, at the least loss."""
    across = table.T.tocsr()

    def whole(flat: Any) -> tuple[float, Any]:
        weights = flat.reshape(-1, width)
        total, slope = loss(table @ weights)
        pull = 0.5 * PULL * float(np.sum(weights * weights))
        return total + pull, (across @ slope + PULL * weights).ravel()

    start = np.zeros(table.shape[1] * width)
    options = {"maxiter": ROUNDS, "maxcor": 8}
    found = minimize(whole, start, jac=True, method="L-BFGS-B", options=options)
    return found.x.reshape(-1, width)


def _compact(names: list[str], weights: Any, labels: Sequence[str], most: int) -> dict[str, object]:
    """The features that move most, a line each, and a byte per weight in the same order."""
    kept = _weightiest(names, np.sqrt((weights**2).sum(axis=1)), most)
    return {
        "labels": list(labels),
        "step": STEP,
        "features": "\n".join(names[at] for at in kept),
        "weights": _written(weights[kept], STEP),
    }


def main() -> None:
    data = learnt(training_cases(), bare_lexicon())
    path = FOLDER / "classifier.json"
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    count = str(data["features"]).count("\n") + 1
    print(f"{path.name}: {count} features, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
