"""Product against floor: taken in turns, told as one ratio."""

from __future__ import annotations

import argparse
import json
import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Ratio:
    """Both sides' figures of every round; `unit` is `s` (less is better) or `/s` (more is)."""

    name: str
    unit: str
    product: tuple[float, ...]
    floor: tuple[float, ...]
    aim: float  #: the ratio that is promised: at most for `s`, at least for `/s`

    @property
    def ratio(self) -> float:
        """Median of the rounds' ratios, product ÷ floor."""
        pairs = zip(self.product, self.floor, strict=True)
        return statistics.median(ours / bare for ours, bare in pairs)

    @property
    def met(self) -> bool:
        """Whether the aim is met."""
        return self.ratio <= self.aim if self.unit == "s" else self.ratio >= self.aim

    def line(self) -> str:
        """For people."""
        ours, bare = statistics.median(self.product), statistics.median(self.floor)
        bound = "at most" if self.unit == "s" else "at least"
        return (
            f"{self.name}: {self.ratio:.2f} × the floor (aim {bound} {self.aim:g}, "
            f"{'met' if self.met else 'MISSED'}); product {ours:.4g} {self.unit}, "
            f"floor {bare:.4g} {self.unit}, {len(self.product)} rounds"
        )


def in_turns(
    rounds: int, product: Callable[[int], float], floor: Callable[[int], float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Both measured `rounds` times, each time the other one first: noise hits both alike."""
    ours, bare = [], []
    for turn in range(rounds):
        sides = [(ours, product), (bare, floor)]
        for figures, measure in sides if turn % 2 else reversed(sides):
            figures.append(measure(turn))
    return tuple(ours), tuple(bare)


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The options every bench has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--small", action="store_true", help="a few seconds, for a first look")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    parser.add_argument("--rounds", type=int, help="how often each side is measured")
    return parser


def report(ratios: Sequence[Ratio], more: dict[str, object], *, as_json: bool) -> int:
    """Print; exit status 1 when an aim is missed."""
    if as_json:
        told = [{**asdict(r), "ratio": round(r.ratio, 3), "met": r.met} for r in ratios]
        print(json.dumps({"cores": os.cpu_count(), "ratios": told, **more}))
    else:
        for ratio in ratios:
            print(ratio.line())
        for name, value in more.items():
            print(f"  {name}: {value}")
    return 0 if all(ratio.met for ratio in ratios) else 1
