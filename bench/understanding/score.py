"""Scores the product's understanding of replies on the open benchmark.

python -m bench.understanding.score [--json FILE] [--errors] [--check] [--command]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.understanding import tally
from bench.understanding.apart import shared
from bench.understanding.readings import Reading, in_process, through_the_command
from bench.understanding.rows import Expression, Reply, expressions, replies
from bench.understanding.tally import Goal, Tally
from bot.domain.understanding import ENGINE


@dataclass(frozen=True, slots=True)
class Score:
    """Every measure of one run; `goals` are held, `others` only told."""

    goals: Sequence[Goal]
    others: Mapping[str, Tally]
    by_file: Mapping[str, Tally]
    rows: Mapping[str, int]


def score(
    answers: Sequence[Reply], times: Sequence[Expression], read: Mapping[str, Reading]
) -> Score:
    """Hold the readings of both sets against the labels."""
    goals, others = _dates_measures(times, read)
    more_goals, more_others = _reply_measures(answers, read)
    return Score(
        goals=[*goals, *more_goals, *_speed_goals(answers, times, read)],
        others={**others, **more_others},
        by_file=_by_file(answers, read),
        rows={"replies": len(answers), "dates": len(times)},
    )


def _dates_measures(
    times: Sequence[Expression], read: Mapping[str, Reading]
) -> tuple[list[Goal], dict[str, Tally]]:
    whens = {row.id: read[row.id].when for row in times}
    held, empty = tally.dates([row for row in times if row.single_reading], whens)
    every, _ = tally.dates(times, whens)
    goals = [
        Goal("dates exact, one reading", held.exact_rate, 0.97, True, held),
        Goal("dates wrong, one reading", held.wrong_rate, 0.015, False, held),
        Goal("dates invented where none is", empty.wrong, 0, False, empty),
    ]
    return goals, {"dates exact, all": every}


def _reply_measures(
    answers: Sequence[Reply], read: Mapping[str, Reading]
) -> tuple[list[Goal], dict[str, Tally]]:
    promised, invented = tally.values(answers, read, "promise_date", tally.equals("promise_date"))
    sums, taken = tally.values(answers, read, "promise_amount", tally.equals("promise_amount"))
    calls, no_calls = tally.values(answers, read, "callback_start", tally.same_callback)
    parts, no_parts = tally.values(
        answers, read, "promise_portion", tally.equals("promise_portion")
    )
    single, every = tally.primary(answers, read)
    found, beyond = tally.all_intents(answers, read)
    harm = tally.harm(answers, read)
    goals = [
        Goal("promise dates exact", promised.exact_rate, 0.97, True, promised),
        Goal("promise dates wrong", promised.wrong_rate, 0.01, False, promised),
        Goal("promise dates invented", invented.wrong, 0, False, invented),
        Goal("call-back times", calls.exact_rate, 0.96, True, calls),
        Goal("amounts exact", sums.exact_rate, 0.97, True, sums),
        Goal("amounts taken from no promise", taken.wrong, 0, False, taken),
        Goal("harmful misreadings", harm.wrong, 0, False, harm),
        Goal("top intent, one reading", single.exact_rate, 0.97, True, single),
        Goal("top intent, all", every.exact_rate, 0.95, True, every),
        Goal("all intents of several", found.exact_rate, 0.90, True, found),
    ]
    others = {
        "portions": parts,
        "portions invented": no_parts,
        "call-back times invented": no_calls,
        "call-back window ends": tally.callback_windows(answers, read),
        "kind of dispute": tally.disputes(answers, read),
        "no intent beyond the labels": beyond,
    }
    alike = {row.id for row in shared(answers)}
    others["top intent, rows sharing no words with the product's data"] = tally.primary(
        [row for row in answers if row.id not in alike], read
    )[1]
    return goals, others


def _speed_goals(
    answers: Sequence[Reply], times: Sequence[Expression], read: Mapping[str, Reading]
) -> list[Goal]:
    middle, high = tally.speed([read[row.id] for row in answers])
    dates, _ = tally.speed([read[row.id] for row in times])
    return [
        Goal("µs per reply, median", middle, 300, False, Tally()),
        Goal("µs per reply, 95th percentile", high, 1000, False, Tally()),
        Goal("µs per date expression, median (whole understanding)", dates, 300, False, Tally()),
    ]


def _by_file(answers: Sequence[Reply], read: Mapping[str, Reading]) -> dict[str, Tally]:
    files: dict[str, Tally] = {}
    for row in answers:
        verdict = "exact" if read[row.id].intents[0] in row.primaries else "wrong"
        files.setdefault(row.source, Tally()).count(verdict, row.id)
    return files


def _goal_value(goal: Goal, value: float) -> str:
    counted = not goal.at_least and goal.limit == 0
    return f"{value:.0f}" if counted else _share(goal.name, value)


def _share(name: str, value: float) -> str:
    return f"{value:.0f}" if name.startswith("µs") else f"{value * 100:.1f} %"


def tables(result: Score) -> list[Table]:
    """The score as tables for a terminal."""
    return [_goal_table(result), _other_table(result), _file_table(result)]


def _goal_table(result: Score) -> Table:
    table = Table(title=f"Understanding ({ENGINE}): goals on the open benchmark")
    for heading in ("measure", "value", "goal", "rows", "right", "wrong", "none", "met"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for goal in result.goals:
        sign = "≥" if goal.at_least else "≤"
        counts = [goal.tally.of, goal.tally.right, goal.tally.wrong, goal.tally.none]
        table.add_row(
            goal.name,
            _goal_value(goal, goal.value),
            f"{sign} {_goal_value(goal, goal.limit)}",
            *(str(count) if goal.tally.of else "" for count in counts),
            "[green]yes[/]" if goal.met else "[red]no[/]",
        )
    return table


def _other_table(result: Score) -> Table:
    table = Table(title="Told beside the goals")
    for heading in ("measure", "right", "rows", "wrong", "none"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for name, part in result.others.items():
        share = f"{part.exact_rate * 100:.1f} %"
        table.add_row(name, share, str(part.of), str(part.wrong), str(part.none))
    return table


def _file_table(result: Score) -> Table:
    table = Table(title="Top intent by file")
    for heading in ("file", "right", "rows", "wrong"):
        table.add_column(heading, justify="left" if heading == "file" else "right")
    for name, part in result.by_file.items():
        table.add_row(name, f"{part.exact_rate * 100:.1f} %", str(part.of), str(part.wrong))
    return table


def as_json(result: Score) -> dict[str, Any]:
    """The score as plain values: the same figures, unrounded."""
    goals = {
        goal.name: {
            "value": goal.value,
            "limit": goal.limit,
            "at_least": goal.at_least,
            "met": goal.met,
            **_counts(goal.tally),
        }
        for goal in result.goals
    }
    others = {name: _counts(part) for name, part in result.others.items()}
    files = {name: _counts(part) for name, part in result.by_file.items()}
    return {
        "engine": ENGINE,
        "rows": dict(result.rows),
        "goals": goals,
        "others": others,
        "top_intent_by_file": files,
    }


def _counts(part: Tally) -> dict[str, float]:
    return {"rows": part.of, "right": part.right, "wrong": part.wrong, "none": part.none}


def _print_misses(console: Console, result: Score) -> None:
    told: Counter[int] = Counter()
    for goal in result.goals:
        told[id(goal.tally)] += 1
        if told[id(goal.tally)] == 1:
            _list_misses(console, goal.name, goal.tally)
    for name, part in result.others.items():
        _list_misses(console, name, part)


def _list_misses(console: Console, name: str, part: Tally) -> None:
    if part.misses:
        console.print(f"\n[bold]{name}[/]: {len(part.misses)} not right")
        for miss in part.misses:
            console.print("  " + miss, markup=False, highlight=False, soft_wrap=True)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.understanding.score")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument("--errors", action="store_true", help="list every row that is not right")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is not met")
    parser.add_argument(
        "--command",
        action="store_true",
        help="read through `yuehuan understand --jsonl`; rows with a context are left out",
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run, print, and say by the exit code whether the goals were met (with --check)."""
    options = _arguments(argv)
    answers, times = replies(), expressions()
    run = through_the_command if options.command else in_process
    read = run([*answers, *times])
    result = score([row for row in answers if row.id in read], times, read)
    console = Console()
    for table in tables(result):
        console.print(table)
    if options.errors:
        _print_misses(console, result)
    if options.json:
        options.json.write_text(json.dumps(as_json(result), ensure_ascii=False, indent=1) + "\n")
    return 1 if options.check and not all(goal.met for goal in result.goals) else 0


if __name__ == "__main__":
    sys.exit(main())
