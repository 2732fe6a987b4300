"""What the console's door, guard and people pages are handed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows.oversight import Oversight
from bot.flows.sessions import Sessions


@dataclass(frozen=True)
class Security:
    """Flows of who may be here and what they may see."""

    sessions: Sessions
    oversight: Oversight
