"""A share with its interval on a scale that all lines of a table have in common."""

from __future__ import annotations

from markupsafe import Markup

from console.dashboard.charts.drawing import line, rect, svg

_WIDTH, _HEIGHT = 140.0, 14.0


def whisker(low: float, value: float, high: float, most: float, label: str) -> Markup:
    """All are shares; `most` is the right end of the scale."""
    scale = _WIDTH / (most or 1)
    middle = _HEIGHT / 2
    pieces = [
        line(0, middle, _WIDTH, middle, "axis"),
        rect(low * scale, middle - 3, (high - low) * scale, 6, "range"),
        rect(min(value * scale, _WIDTH - 2) - 1, 1, 3, _HEIGHT - 2, "fill"),
    ]
    return svg(_WIDTH, _HEIGHT, label, pieces, "whisker")
