"""What the console's door, guard, account, people, approval and audit pages are handed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bot.flows.oversight import Oversight
from bot.flows.people import People
from bot.flows.second_factor import SecondFactors
from bot.flows.sessions import Sessions
from bot.store.approval_views import ApprovalViews
from bot.store.audit_views import AuditViews


@dataclass(frozen=True)
class Security:
    """Flows and reads of who may be here, what they may see, and what they did."""

    sessions: Sessions
    oversight: Oversight
    factors: SecondFactors
    people: People
    read_audit: Callable[[], AbstractContextManager[AuditViews]]
    read_approvals: Callable[[], AbstractContextManager[ApprovalViews]]
