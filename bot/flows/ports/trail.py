"""The trail of who looked at what and changed what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

#: `by` of what was typed at a terminal, where nobody logs in.
BY_COMMAND = "command"


class Trail(Protocol):
    """Written in the transaction of what it tells of."""

    def audit(
        self,
        collector_id: int | None,
        action: str,
        case_id: int | None,
        data: Mapping[str, Any],
        *,
        at: datetime,
    ) -> None:
        """A line of the trail; without a person, `data` names what acted as `by`."""
        ...
