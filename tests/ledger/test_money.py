"""Money a ledger tells of moves the case as any other money does."""

from datetime import datetime

import pytest
from ledger_desk import SEAL, START, Desk
from psycopg_pool import ConnectionPool

from bot.app.playbook import load_playbook
from bot.flows.settle import Settler
from bot.store.session import PooledTransactions

ONE = "HT1,马敏,13800138000,1,2026-03-09,100,,"
TWO = "HT1,马敏,13800138000,2,2026-04-09,100,,"


class StoppedClock:
    """Always the same instant."""

    def now(self, *, livemode: bool) -> datetime:
        return START

    def real(self) -> datetime:
        return START


@pytest.fixture
def paying_desk(desk: Desk, pool: ConnectionPool) -> Desk:
    """A desk with two debts, an open promise of 100 and a planned reminder."""
    desk.settler = Settler(PooledTransactions(pool, SEAL), load_playbook(40), StoppedClock())
    desk.load([ONE, TWO])
    desk.connection.execute(
        "INSERT INTO promise (case_id, due_on, amount_minor, made_at) "
        "SELECT id, '2026-03-10', 10000, %s FROM cases",
        [START],
    )
    desk.connection.execute(
        "INSERT INTO case_event (case_id, seq, at, event, state_before, state_after, actor) "
        "SELECT id, 2, %s, 'promise_made', 'active', 'promised', 'test' FROM cases",
        [START],
    )
    desk.connection.execute("UPDATE cases SET state = 'promised', event_seq = 2")
    desk.connection.execute(
        "INSERT INTO touch (key, case_id, debtor_id, portfolio_id, sender_id, contact_point_id, "
        "channel, purpose, script, script_version, due_at, latest_at, created_at, updated_at) "
        "SELECT 'k', c.id, c.debtor_id, c.portfolio_id, f.sender_id, p.id, 'sms', 'reminder', "
        "'x', '1', %(at)s, %(at)s, %(at)s, %(at)s "
        "FROM cases c JOIN contact_point p USING (debtor_id) "
        "JOIN portfolio f ON f.id = c.portfolio_id",
        {"at": START},
    )
    return desk


def test_a_payment_in_the_ledger_keeps_the_promise_and_stops_the_reminder(
    paying_desk: Desk,
) -> None:
    paying_desk.load([ONE, TWO.replace(",100,,", ",100,100,")])
    assert paying_desk.one("SELECT state FROM promise") == "kept"
    assert paying_desk.one("SELECT state FROM touch WHERE purpose = 'reminder'") == "cancelled"
    assert paying_desk.one("SELECT count(*) FROM touch WHERE purpose = 'thanks'") == 1
    assert paying_desk.one("SELECT state FROM cases") == "active"
    # Exactly the debt that the ledger names, not the oldest one.
    assert paying_desk.debt("HT1", "1")["paid_minor"] == 0
    assert paying_desk.debt("HT1", "2")["paid_minor"] == 10000


def test_the_last_payment_closes_the_case(paying_desk: Desk) -> None:
    paid = [row.replace(",100,,", ",100,100,") for row in (ONE, TWO)]
    paying_desk.load(paid)
    assert paying_desk.one("SELECT state FROM cases") == "closed"
    before = paying_desk.books()
    paying_desk.load(paid)
    assert paying_desk.books() == before


def test_a_withdrawn_debt_ends_the_promise_without_calling_it_kept(paying_desk: Desk) -> None:
    paying_desk.load(
        ["HT2,苏玲,13800138001,1,2026-03-17,200,50,"], full_balance=True, settle_missing=True
    )
    assert paying_desk.one("SELECT state FROM promise") == "superseded"
    assert paying_desk.one("SELECT state FROM touch") == "cancelled"
    assert paying_desk.all("SELECT state FROM cases ORDER BY id") == [("closed",), ("active",)]
