"""A desk per test, and one that takes money through every provider the sandbox plays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_fixtures import desk, sandbox_process
from desk_kit import DeskInHand, SandboxProcess, desk_in_hand

__all__ = ["desk", "sandbox_process"]


@pytest.fixture
def merchant_desk(
    database_url: str, tmp_path: Path, sandbox_process: SandboxProcess
) -> Iterator[DeskInHand]:
    """A desk with an account at Stripe, Alipay and WeChat Pay."""
    accounts = sandbox_process.call("GET", "/merchant")
    with desk_in_hand(database_url, tmp_path, sandbox_process, accounts) as opened:
        yield opened
