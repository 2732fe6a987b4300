"""What a visit costs the database."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
from desk_kit import DeskInHand
from pay_page.visitor import admitted

from bot.store.session import Store


class Counting(psycopg.Cursor[Any]):
    """Remembers how many statements it was given."""

    executed = 0

    def execute(self, *given: Any, **more: Any) -> Counting:
        Counting.executed += 1
        return super().execute(*given, **more)


def test_a_page_is_read_in_one_statement_the_moved_clock_and_the_debts_included(
    desk: DeskInHand,
) -> None:
    visitor = admitted(desk)
    assert visitor.get().status_code == 200  # the visit is counted: what follows only reads
    token = visitor.link.rsplit("/", 1)[1]
    page, seal = desk.product.pay_page, desk.product.seal
    url = desk.product.pool.conninfo
    with psycopg.connect(url, autocommit=True, cursor_factory=Counting) as connection:
        store = Store(connection, seal)
        counted = replace(page, statements=lambda: nullcontext(store), transactions=None)
        Counting.executed = 0
        owed = counted.show(token, opened=True)
    assert Counting.executed == 1
    assert abs(owed.at - desk.now) < timedelta(hours=1)  # the desk lives months away from today
    [debt] = owed.facts.open_debts
    assert debt.outstanding_minor == owed.facts.outstanding_minor > 0
    assert owed.facts.case_id == visitor.case
