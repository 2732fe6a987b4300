"""Plain expressions of time, labelled by the guide before the reader saw them, are read as labelled."""

from __future__ import annotations

import pytest

from bench.understanding.rows import Expression
from tests.understanding.expressions import expressions, verdict

ROWS = expressions()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.id} {row.text}" for row in ROWS])
def test_an_expression_is_read_as_it_was_labelled(row: Expression) -> None:
    judged, read = verdict(row)
    assert judged == "exact", f"{row.text}: wanted {row.readings}, read {read}"
