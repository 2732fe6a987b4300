"""Pieces every drawing is made of. Colours are classes of the stylesheet, never attributes."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape


def svg(
    width: float,
    height: float,
    label: str,
    pieces: Iterable[Markup],
    kind: str,
    *,
    stretched: bool = False,
) -> Markup:
    """A drawing that grows with its place, in one direction alone when `stretched`.

    `label` is what a screen reader says.
    """
    shape = Markup(' preserveAspectRatio="none"') if stretched else Markup("")
    return Markup(
        '<svg class="chart {}" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}"{}>{}</svg>'
    ).format(kind, width, height, label, shape, Markup("").join(pieces))


def rect(x: float, y: float, width: float, height: float, shape: str, told: str = "") -> Markup:
    """A rectangle; `told` appears on hover."""
    title = Markup("<title>{}</title>").format(told) if told else Markup("")
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}">{}</rect>'
    ).format(x, y, max(width, 0), max(height, 0), shape, title)


def text(x: float, y: float, said: object, anchor: str = "start", shape: str = "") -> Markup:
    """A word; `anchor` is start, middle or end."""
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>').format(
        x, y, anchor, shape, escape(said)
    )


def line(x1: float, y1: float, x2: float, y2: float, shape: str = "axis") -> Markup:
    """A straight line."""
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(
        x1, y1, x2, y2, shape
    )
