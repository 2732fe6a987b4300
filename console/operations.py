"""What the console's pages of operations, complaints and alerts are handed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bot.flows.alerts import Alerts
from bot.flows.complaints import Complaints
from bot.flows.dry_run import DryRun
from bot.flows.halts import Halts
from bot.flows.portfolio_desk import PortfolioDesk
from bot.flows.uploads import Uploads
from bot.flows.wording import Wordings
from bot.store.complaint_views import ComplaintViews
from bot.store.portfolio_desk import OperationsViews
from bot.store.wordings import WordingViews


@dataclass(frozen=True)
class Operations:
    """Flows and reads."""

    halts: Halts
    portfolios: PortfolioDesk
    uploads: Uploads
    dry_run: DryRun
    complaints: Complaints
    alerts: Alerts
    wordings: Wordings
    views: Callable[[], AbstractContextManager[OperationsViews]]
    registers: Callable[[], AbstractContextManager[ComplaintViews]]
    worded: Callable[[], AbstractContextManager[WordingViews]]
