"""The bench of the console at its small size: no page fails, and every page finds its rows."""

from __future__ import annotations

import pytest

from bench.console import met, run
from bench.console_book import SMALL


@pytest.mark.slow
def test_at_work_no_page_fails_and_no_large_table_is_read_from_end_to_end() -> None:
    told = run(SMALL, seconds=2.0, pause=0.1)
    assert met(told, timed=False), told
    assert all(page["asked"] for page in told["pages"].values())  # type: ignore[attr-defined]
