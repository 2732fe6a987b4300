"""Whole ladders as text, so that a change of a figure shows as a changed calendar."""

from __future__ import annotations

import pytest
from cadence_table import GOLDEN, calendars

CALENDARS = calendars()


@pytest.mark.parametrize("name", sorted(CALENDARS))
def test_the_calendar_is_the_golden_one(name: str) -> None:
    golden = (GOLDEN / name).read_text("utf-8")
    rewrite = "if the change is meant: python tests/cadence/cadence_table.py"
    assert CALENDARS[name] == golden, rewrite


def test_every_golden_calendar_is_compared() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(CALENDARS)
