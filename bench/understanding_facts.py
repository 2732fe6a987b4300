"""How days, sums and call-backs fare on labelled replies, by the benchmark's own rules.

    python bench/understanding_facts.py                       held-out third, in counts only
    python bench/understanding_facts.py --fold 1 --errors     another third, what is misread listed
    python bench/understanding_facts.py --folder training_c   only the replies of one folder

The thirds are those of `understanding_dev.py`; third 0 may be counted, never listed. The classifier
is taught without the third it is tried on. A missing fact is told apart by its cause: "intent" when the
grammar had it and the intents decided kept it back, "grammar" when the grammar did not have it.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.understanding_dev import fold_arguments, may_list, taught_without  # noqa: E402
from bot.domain.understanding import Understanding, understand  # noqa: E402
from bot.domain.understanding.callbacks import read_callback  # noqa: E402
from bot.domain.understanding.engine import _facts  # noqa: E402
from bot.domain.understanding.lexicon import Lexicon  # noqa: E402
from bot.domain.understanding.promises import read_promise  # noqa: E402
from bot.domain.understanding.reading import read  # noqa: E402
from tests.understanding.golden import Case  # noqa: E402

FACTS = {"D": "promise date", "A": "amount", "P": "portion", "C": "call-back"}
NEAR = timedelta(hours=3)
WHOLE_DAY = timedelta(hours=20)


@dataclass(frozen=True)
class Values:
    """What was read of each fact; None = nothing."""

    day: date | None
    minor: int | None
    portion: str | None
    calls: datetime | None

    def of(self, fact: str) -> object:
        return {"D": self.day, "A": self.minor, "P": self.portion, "C": self.calls}[fact]


def decided(found: Understanding) -> Values:
    """What the whole reading gives."""
    window = found.callback
    return Values(
        found.promise_date,
        found.promise_amount_minor,
        found.promise_portion,
        window.start if window else None,
    )


def without_intents(case: Case, lexicon: Lexicon) -> Values:
    """What the grammar would give were every reply a promise and a wish to be called."""
    context = case.context
    now = context.now.astimezone(context.zone).replace(tzinfo=None)
    reading = read(lexicon.normalise(case.text), _facts(now, context), lexicon)
    promise = read_promise(reading, now, lexicon.verbs)
    window = read_callback(reading, now, context.zone)
    return Values(promise.day, promise.minor, promise.portion, window.start if window else None)


def right(case: Case, fact: str, got: object) -> bool:
    """Whether a value is the one of the label: days, sums, portions exactly, call-backs by grain."""
    want = case.facts[fact]
    if fact == "D":
        day = want.removeprefix("<=")
        return str(got) == (day if len(day) > len("11-25") else f"2026-{day}")
    if fact == "A":
        return got == round(float(want) * 100)
    return got == want if fact == "P" else isinstance(got, datetime) and _called(case, want, got)


def _called(case: Case, want: str, got: datetime) -> bool:
    """By the grain the label's window tells: a day, a part of one, else the minute."""
    first, _, last = want.partition("~")
    start = _moment(first, case)
    length = _moment(last, case) - start if last else timedelta(0)
    if length >= WHOLE_DAY:
        return got.date() == start.date()
    if length > timedelta(hours=1):
        return got.date() == start.date() and abs(got - start) <= NEAR
    return abs(got - start) < timedelta(minutes=1)


def _moment(text: str, case: Case) -> datetime:
    zone, now = case.context.zone, case.context.now
    if text[4:5] == "-":
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    told = datetime.fromisoformat(f"{now.year}-{text}").replace(tzinfo=zone)
    return told if told > now - timedelta(days=2) else told.replace(year=now.year + 1)


def verdict(case: Case, fact: str, got: object) -> str:
    """exact, wrong, missed, invented, or "" when there is nothing and nothing was read."""
    if fact not in case.facts:
        return "invented" if got is not None else ""
    if got is None:
        return "missed"
    return "exact" if right(case, fact, got) else "wrong"


def main() -> None:
    parser = fold_arguments(__doc__, "")
    parser.add_argument("--errors", action="store_true", help="list what is not exact")
    args = parser.parse_args()
    if args.errors:
        may_list(parser, args.fold)
    lexicon, mine = taught_without(args.fold, args.folder)
    table(count(mine, lexicon, list_errors=args.errors), len(mine))


def count(cases: list[Case], lexicon: Lexicon, *, list_errors: bool) -> Counter[tuple[str, str]]:
    """Verdicts of every fact of every case, a missing one with its cause."""
    counts: Counter[tuple[str, str]] = Counter()
    for case in cases:
        found = understand(case.text, case.context, lexicon)
        for fact in FACTS:
            got = decided(found).of(fact)
            name = verdict(case, fact, got)
            if name == "missed":
                known = without_intents(case, lexicon).of(fact)
                name += (
                    ": intent" if known is not None and right(case, fact, known) else ": grammar"
                )
            counts[fact, name] += 1
            if list_errors and name not in ("", "exact"):
                intents = [i.value for i in found.intents]
                print(
                    f"{fact} {name:15} {case.file}:{case.line} {case.text} {case.facts} {got} {intents}"
                )
    return counts


def table(counts: Counter[tuple[str, str]], replies: int) -> None:
    """A line per fact."""
    names = ("exact", "wrong", "missed: grammar", "missed: intent", "invented")
    print(f"{replies} replies\n{'fact':<14}{'given':>7}" + "".join(f"{n:>17}" for n in names))
    for fact, words in FACTS.items():
        given = sum(counts[fact, name] for name in names[:-1])
        share = counts[fact, "exact"] / given if given else 1.0
        line = "".join(f"{counts[fact, name]:>17}" for name in names)
        print(f"{words:<14}{given:>7}{line}   exact {share:.1%}")


if __name__ == "__main__":
    main()
