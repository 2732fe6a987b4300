"""The ledger import on a connection of its own, for commands, uploads and the demo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bot.flows.import_ledger import ImportLedger, Progress
from bot.flows.ledger_money import LedgerSettling
from bot.flows.settle import Settler
from bot.policy.ledger_columns import ledger_words
from bot.store.ledger import LedgerStore
from bot.store.ledger_stage import LedgerStaging
from bot.store.seal import Seal
from bot.store.session import Store


@contextmanager
def ledger_import(
    database_url: str, seal: Seal, settler: Settler, progress: Progress | None = None
) -> Iterator[ImportLedger]:
    """The import, ready to run; its stage lives until the context ends.

    It has a connection of its own: the stage is temporary tables, and each batch commits.
    """
    with psycopg.connect(
        database_url,
        autocommit=True,
        application_name="yuehuan-import",
        options="-c TimeZone=UTC",
    ) as connection:
        yield ImportLedger(
            stage=LedgerStaging(connection, seal),
            books=LedgerStore(connection, seal),
            money=LedgerSettling(Store(connection, seal), settler),
            words=ledger_words(),
            progress=progress or (lambda step, done, total: None),
        )
