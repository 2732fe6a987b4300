"""Codes to scan, drawn as SVG without script or style, so that any strict page may hold them."""

from __future__ import annotations

import segno

_QUIET_ZONE = 4  # modules of white around it (ISO/IEC 18004)


def svg_of(text: str, *, label: str) -> str:
    """An inline `<svg>` of the size its page gives it that says `label` to who cannot see it."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(
        omitsize=True,  # the style sheet says how large
        border=_QUIET_ZONE,
        light="#fff",
        dark="#000",
        title=label,
        svgclass="code",
        lineclass=None,
    )
    return drawn.replace("<svg ", '<svg role="img" ', 1)
