"""What waits for a second person, whatever it is."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class ApprovalStore(Protocol):
    """Ends a wait; what it was for is the business of each flow."""

    def end_asked(self, approval_id: int, outcome: str, by: int, *, at: datetime) -> bool:
        """`approved`, `declined` or `withdrawn`; False when it does not wait any more."""
        ...
