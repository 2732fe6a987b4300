"""A desk per test, with debtors who pay."""

import pytest
from desk_fixtures import desk, sandbox_process
from desk_kit import DeskInHand
from paying_desk import PayingDesk

__all__ = ["desk", "sandbox_process"]


@pytest.fixture
def paying(desk: DeskInHand) -> PayingDesk:
    """A desk with one portfolio."""
    return PayingDesk(desk, desk.portfolio())
