"""A field per hour of each weekday: the darker, the larger the share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.domain.figures.ratio import Ratio
from console.dashboard.charts.drawing import rect, svg, text

_LEFT, _TOP, _CELL, _ROW = 34.0, 16.0, 30.0, 24.0
_SHADES = 5

#: With fewer tries a field stays pale: a share of three is no share.
_ENOUGH = 5


def heat(
    label: str,
    weekdays: Sequence[str],
    fields: Mapping[tuple[int, int], tuple[Ratio, str]],
) -> Markup:
    """`fields`: (ISO weekday, hour) → share and what is told on hover."""
    hours = _hours(fields)
    most = max((share.value or 0 for share, _ in fields.values()), default=0) or 1
    pieces = [
        text(_LEFT + (at + 0.5) * _CELL, 10, hour, "middle", "faint")
        for at, hour in enumerate(hours)
    ]
    for row, name in enumerate(weekdays):
        y = _TOP + row * _ROW
        pieces.append(text(0, y + 16, name, shape="faint"))
        for at, hour in enumerate(hours):
            share, told = fields.get((row + 1, hour), (Ratio(0, 0), ""))
            pieces += _field(_LEFT + at * _CELL, y, share, most, told)
    return svg(_LEFT + len(hours) * _CELL, _TOP + 7 * _ROW, label, pieces, "heat")


def _field(x: float, y: float, share: Ratio, most: float, told: str) -> list[Markup]:
    value = share.value
    if value is None:
        return [rect(x + 1, y + 1, _CELL - 2, _ROW - 2, "h-none")]
    shade = round(value / most * _SHADES)
    shape = f"h{shade}" if share.whole >= _ENOUGH else "h-few"
    said = text(x + _CELL / 2, y + 16, f"{value:.0%}", "middle", f"on-{shape}")
    return [rect(x + 1, y + 1, _CELL - 2, _ROW - 2, shape, told), said]


def _hours(fields: Mapping[tuple[int, int], object]) -> range:
    """The hours something went out in, and those of a working day."""
    used = {hour for _, hour in fields}
    return range(min({9, *used}), max({20, *used}) + 1)
