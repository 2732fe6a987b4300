"""Rows that an address names, or 404."""

from __future__ import annotations

from flask import abort

from bot.store.views import Row
from console.parts import ConsoleParts


def found_case(parts: ConsoleParts, case_id: int) -> Row:
    """The case as `Views.case` tells it. Aborts with 404 when there is none."""
    with parts.read() as views:
        case = views.case(case_id)
    if case is None:
        abort(404)
    return case
