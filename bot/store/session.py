"""A unit of work over the pool: every room of the store on one connection, one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg_pool import ConnectionPool

from bot.store.alerts import AlertRows
from bot.store.approvals import ApprovalRows
from bot.store.bank import BankRows
from bot.store.case_work import CaseWorkRows
from bot.store.concessions import ConcessionRows
from bot.store.corrections import CorrectionRows
from bot.store.desk_calls import DeskCallRows
from bot.store.merging import MergeRows
from bot.store.money import MoneyRows
from bot.store.paying import PayRows
from bot.store.seal import Seal
from bot.store.second_factor import FactorRows
from bot.store.wordings import WordingRows


class Store(
    MergeRows,
    CaseWorkRows,
    ConcessionRows,
    BankRows,
    FactorRows,
    CorrectionRows,
    DeskCallRows,
    MoneyRows,
    PayRows,
    AlertRows,
    WordingRows,
    ApprovalRows,
):
    """Implements every port of `bot.flows.ports` that speaks of storage."""


@dataclass(frozen=True)
class PooledTransactions:
    """Implements `bot.flows.ports.transactions.Transactions`."""

    pool: ConnectionPool
    seal: Seal

    @contextmanager
    def __call__(self) -> Iterator[Store]:
        """Commits on a clean exit, rolls back otherwise."""
        with self.pool.connection() as connection:
            yield Store(connection, self.seal)
