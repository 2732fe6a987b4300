"""Fixtures of folders that need a whole desk: import them in the folder's conftest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_kit import DeskInHand, SandboxProcess, desk_in_hand, running_sandbox


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One sandbox process for the folder."""
    with running_sandbox(tmp_path_factory.mktemp("sandbox-log")) as sandbox:
        yield sandbox


@pytest.fixture
def desk(
    database_url: str, tmp_path: Path, sandbox_process: SandboxProcess
) -> Iterator[DeskInHand]:
    """One desk per test."""
    with desk_in_hand(database_url, tmp_path, sandbox_process) as opened:
        yield opened
