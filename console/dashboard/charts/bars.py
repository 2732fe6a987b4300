"""A bar per line of a table, and a bar divided into parts."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from console.dashboard.charts.drawing import rect, svg

_WIDTH, _HEIGHT = 120.0, 10.0


def bar(share: float, label: str, shape: str = "fill") -> Markup:
    """One bar of a column of bars; `share` of the longest, 0 … 1."""
    pieces = [
        rect(0, 0, _WIDTH, _HEIGHT, "ground"),
        rect(0, 0, _WIDTH * min(max(share, 0), 1), _HEIGHT, shape),
    ]
    return svg(_WIDTH, _HEIGHT, label, pieces, "share-bar", stretched=True)


def stacked(label: str, parts: Sequence[tuple[str, float, str]]) -> Markup:
    """Parts of a whole: (class, value, what is told on hover)."""
    whole = sum(value for _, value, _ in parts) or 1
    pieces, x = [rect(0, 0, 400, 18, "ground")], 0.0
    for shape, value, told in parts:
        width = 400 * value / whole
        pieces.append(rect(x, 0, width, 18, shape, told))
        x += width
    return svg(400, 18, label, pieces, "stacked", stretched=True)
