"""A column per day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from console.dashboard.charts.drawing import line, rect, svg, text

_WIDTH, _HEIGHT, _TOP, _BOTTOM = 420.0, 132.0, 16.0, 18.0


def columns(label: str, days: Sequence[tuple[date, float, str]], top: str) -> Markup:
    """`days` are (day, value, what is told on hover); `top` is the largest value in words."""
    most = max((value for _, value, _ in days), default=0) or 1
    step = _WIDTH / max(len(days), 1)
    floor = _HEIGHT - _BOTTOM
    pieces = [line(0, floor, _WIDTH, floor), text(0, 10, top, shape="faint")]
    for at, (_, value, told) in enumerate(days):
        height = (floor - _TOP) * value / most
        x = at * step
        pieces.append(rect(x, 0, step, floor, "hit", told))
        pieces.append(rect(x + step * 0.14, floor - height, step * 0.72, height, "fill", told))
    return svg(_WIDTH, _HEIGHT, label, [*pieces, *_dates(days, step)], "columns")


def _dates(days: Sequence[tuple[date, float, str]], step: float) -> list[Markup]:
    """The first and the last day, and one in the middle of a long period."""
    if not days:
        return []
    marked = {0, len(days) - 1} | ({len(days) // 2} if len(days) > 6 else set())
    return [_date(days, at, step) for at in sorted(marked)]


def _date(days: Sequence[tuple[date, float, str]], at: int, step: float) -> Markup:
    anchor = "start" if at == 0 else "end" if at == len(days) - 1 else "middle"
    x = {"start": 0.0, "end": _WIDTH, "middle": (at + 0.5) * step}[anchor]
    day = days[at][0]
    return text(x, _HEIGHT - 4, f"{day.month}/{day.day}", anchor, "faint")
