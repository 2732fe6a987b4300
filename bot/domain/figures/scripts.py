"""Scripts compared: who responds to which, with sample sizes and an honest interval.

A response is a reply, an opened link or a payment within 24 hours of the attempt. What a script is
sent for differs, so scripts are compared within one purpose, tier and channel, and only there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.domain.figures.ratio import Ratio, interval
from bot.domain.figures.sums import Sums

#: Fewer than so many attempts are told as too few to say anything (a rule of thumb).
ENOUGH = 30


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One script version in one place of the ladder."""

    script: str
    purpose: str
    tier: str
    channel: str
    reached: Ratio
    responded: Ratio
    low: float
    high: float
    verdict: str  #: few, alone, better, worse or open: beside the others of its group


_PLACE = ("detail", "tier", "channel", "script")


def scripts(sums: Sums) -> list[ScriptLine]:
    """Sorted by purpose, tier and channel; the most used first."""
    left, reached, responded = (
        sums.counts(measure, *_PLACE) for measure in ("left", "reached", "responded")
    )
    lines = [
        _line(place, Ratio(reached.get(place, 0), n), Ratio(responded.get(place, 0), n))
        for place, n in left.items()
    ]
    lines.sort(key=lambda a: (a.purpose, a.tier, a.channel, -a.responded.whole, a.script))
    return [
        _judged(line, group)
        for _, found in groupby(lines, key=lambda a: (a.purpose, a.tier, a.channel))
        for group in [list(found)]
        for line in group
    ]


def _line(place: tuple[str, ...], reached: Ratio, responded: Ratio) -> ScriptLine:
    purpose, tier, channel, script = place
    return ScriptLine(script, purpose, tier, channel, reached, responded, *interval(responded), "")


def _judged(line: ScriptLine, group: Sequence[ScriptLine]) -> ScriptLine:
    others = [other for other in group if other is not line and other.responded.whole >= ENOUGH]
    verdict = "open"
    if line.responded.whole < ENOUGH:
        verdict = "few"
    elif not others:
        verdict = "alone"
    elif all(line.low > other.high for other in others):
        verdict = "better"
    elif any(line.high < other.low for other in others):
        verdict = "worse"
    return ScriptLine(
        line.script,
        line.purpose,
        line.tier,
        line.channel,
        line.reached,
        line.responded,
        line.low,
        line.high,
        verdict,
    )
