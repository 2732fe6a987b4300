"""What the console's pages of bank statements, plans and reductions are handed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bot.flows.fees import Fees
from bot.flows.import_bank import BankResult
from bot.flows.instalments import Instalments
from bot.flows.merging import Merging
from bot.flows.notice_desk import NoticeDesk
from bot.flows.ports.bank import BankOrder
from bot.flows.reductions import Reductions
from bot.flows.review_bank import ReviewBank
from bot.store.bank_views import BankViews
from bot.store.concession_views import ConcessionViews
from bot.store.notices import NoticeView


@dataclass(frozen=True)
class Grants:
    """Flows and reads. `import_statement` raises UnusableFileError."""

    instalments: Instalments
    reductions: Reductions
    review: ReviewBank
    import_statement: Callable[[Path, BankOrder], BankResult]
    bank: Callable[[], AbstractContextManager[BankViews]]
    views: Callable[[], AbstractContextManager[ConcessionViews]]
    fees: Fees
    notices: NoticeDesk
    merging: Merging
    held_notices: Callable[[], list[NoticeView]]
