"""A desk per test, on which one person has two cases."""

import pytest
from desk_fixtures import desk, sandbox_process
from desk_kit import DeskInHand
from merge_kit import Twins

__all__ = ["desk", "sandbox_process"]


@pytest.fixture
def twins(desk: DeskInHand) -> Twins:
    """马敏, known by two numbers."""
    return Twins.of(desk)
