"""How the whole reading fares on labelled replies its classifier was not taught.

    python bench/understanding_dev.py              held-out third, in counts only
    python bench/understanding_dev.py --fold 1     another third; --errors lists what is misread

The training replies are parted in three by a checksum of their text. Third 0 is the held-out one: it
may be counted, never listed, so that no rule is written after it.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.understanding_train import learnt  # noqa: E402
from bot.domain.understanding import Understanding, understand  # noqa: E402
from bot.domain.understanding.choice import HARMFUL  # noqa: E402
from bot.domain.understanding.lexicon import Lexicon  # noqa: E402
from bot.policy.lexicon import bare_lexicon  # noqa: E402
from tests.understanding.golden import Case, misreadings, training_cases  # noqa: E402

PARTS, HELD_OUT = 3, 0
KIND = {"promise_to_pay", "greeting_ack"}


def part(case: Case) -> int:
    """Which third a reply belongs to."""
    return zlib.crc32(case.text.encode()) % PARTS


def faults(case: Case, read: Understanding) -> list[str]:
    """Names of the measures a reading fails."""
    got, wrong = read.primary.value, misreadings(case, read)
    found = {i.value for i in read.intents}
    right = got == case.intents[0] or got in case.optional
    out = [] if right else ["top"]
    out += ["harm"] if case.intents[0] in HARMFUL and got in KIND and not right else []
    out += ["act"] if not right and read.confidence >= 0.5 else []
    missing = set(case.intents) - found - ({case.intents[0]} if right else set())
    out += ["of several"] if len(case.intents) > 1 else []
    out += ["several"] if len(case.intents) > 1 and missing else []
    out += ["beyond"] if found - set(case.intents) - case.optional else []
    out += ["date invented"] if any(w.startswith("D ") and "invented" in w for w in wrong) else []
    out += ["date"] if "D" in case.facts and any(w.startswith("D ") for w in wrong) else []
    out += ["sum invented"] if any(w.startswith("A ") and "invented" in w for w in wrong) else []
    return out


def fold_arguments(about: str | None, folder: str) -> argparse.ArgumentParser:
    """Which third is read, and of which folders; `folder` is the default."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--fold", type=int, default=HELD_OUT, choices=range(PARTS))
    parser.add_argument("--folder", default=folder, help="only files whose folder begins with this")
    return parser


def may_list(parser: argparse.ArgumentParser, fold: int) -> None:
    """Stops the program where the held-out third would be listed."""
    if fold == HELD_OUT:
        parser.error("the held-out third is counted, never listed; take --fold 1 or 2")


def taught_without(fold: int, folder: str) -> tuple[Lexicon, list[Case]]:
    """The words with a classifier that was not taught one third (0 to 2) of the training replies, and
    the replies of that third in the folders that begin so. Takes minutes."""
    cases, bare = training_cases(), bare_lexicon()
    data = learnt([c for c in cases if part(c) != fold], bare)
    mine = [c for c in cases if part(c) == fold and c.file.startswith(folder)]
    return bare_lexicon(data), mine


def main() -> None:
    parser = fold_arguments(__doc__, "training")
    parser.add_argument("--errors", nargs="?", const="top", help="list replies with this fault")
    args = parser.parse_args()
    if args.errors:
        may_list(parser, args.fold)
    lexicon, cases = taught_without(args.fold, args.folder)
    total, failed = Counter[str](), Counter[tuple[str, str]]()
    sure: list[tuple[float, bool]] = []
    for case in cases:
        read = understand(case.text, case.context, lexicon)
        total[case.file] += 1
        found = faults(case, read)
        sure.append((read.confidence, "top" not in found))
        failed.update((case.file, fault) for fault in found)
        if args.errors in found:
            names = [i.value for i in read.intents]
            print(
                f"{case.file}:{case.line} {case.text} {case.intents} {case.facts} -> {names} {read.promise_date} {read.confidence}"
            )
    table(total, failed)
    reliability(sure)


def table(total: Counter[str], failed: Counter[tuple[str, str]]) -> None:
    """Faults by file and over all."""
    names = (
        "top", "act", "harm", "of several", "several", "beyond", "date", "date invented", "sum invented"
    )  # fmt: skip
    print(f"{'file':<34}{'replies':>8}" + "".join(f"{name:>15}" for name in names))
    for file, count in sorted(total.items()):
        print(f"{file:<34}{count:>8}" + "".join(f"{failed[file, name]:>15}" for name in names))
    sums = [sum(n for (_, fault), n in failed.items() if fault == name) for name in names]
    every = total.total()
    print(f"{'all':<34}{every:>8}" + "".join(f"{n:>15}" for n in sums))
    print(
        f"primary intent right: {1 - sums[0] / every:.1%}; acted on wrongly: {sums[1] / every:.1%}; "
        f"all of several: {1 - sums[4] / max(sums[3], 1):.1%}"
    )


def reliability(sure: list[tuple[float, bool]]) -> None:
    """How often the primary intent is right at each tenth of the confidence."""
    print("confidence: replies, right")
    for tenth in range(10):
        held = [right for value, right in sure if min(int(value * 10), 9) == tenth]
        if held:
            print(f"{tenth / 10:.1f}: {len(held):>5} {sum(held) / len(held):>7.1%}")


if __name__ == "__main__":
    main()
