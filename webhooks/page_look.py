"""A creditor's colour on the debtor's page: a style sheet of its own, so that no style is inline."""

from __future__ import annotations

import re

_COLOUR = re.compile(r"#[0-9a-f]{6}")


def sheet(colour: str) -> str:
    """CSS for light screens; in the dark the page keeps its own colours. Empty for no colour."""
    if not _COLOUR.fullmatch(colour):
        return ""
    return (
        "@media (prefers-color-scheme: light) {\n"
        f"  a, .creditor {{ color: {colour}; }}\n"
        f"  button, .button {{ background: {colour}; }}\n"
        f"  button.second {{ background: #fff; color: {colour}; border: 2px solid {colour}; }}\n"
        "}\n"
    )
