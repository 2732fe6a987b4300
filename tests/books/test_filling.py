"""A database from before the books gets them filled, and they agree with what it holds."""

from __future__ import annotations

import psycopg
from alembic import command

from bot.app.database import make_engine
from bot.app.migrate import _config, upgrade
from bot.app.verify.breach import Evidence
from bot.app.verify.money import books_agree, money_adds_up

BEFORE = "0005"

OLD = """
INSERT INTO sender (code, kind, address, livemode, per_second)
VALUES ('s', 'sandbox', '+12025550100', false, 1);
INSERT INTO portfolio (code, name, creditor, creditor_key, signature, zone, region, currency,
    cadence, packs, livemode, sender_id, created_at)
VALUES ('loans', 'loans', 'c', 'c', 'c', 'Asia/Shanghai', 'CN', 'CNY', 'consumer_loan', '{cn}',
    false, 1, '2026-03-01Z');
INSERT INTO debtor (creditor_key, identity_hash, name_sealed, created_at)
VALUES ('c', 'a', 'a', '2026-03-01Z');
INSERT INTO cases (portfolio_id, debtor_id, currency, entered_at, next_check_at)
VALUES (1, 1, 'CNY', '2026-03-01Z', '2026-03-01Z');
INSERT INTO debt (case_id, portfolio_id, contract, ref, due_on, amount_minor, opening_paid_minor,
    paid_minor, settled_by, updated_at)
VALUES (1, 1, 'HT1', '1', '2026-03-01', 100, 30, 100, NULL, '2026-03-02Z'),
       (1, 1, 'HT1', '2', '2026-04-01', 100, 0, 25, NULL, '2026-03-02Z'),
       (1, 1, 'HT1', '3', '2026-05-01', 100, 0, 40, 'ledger:7', '2026-03-02Z');
INSERT INTO payment_notice (provider, event_id, kind, reference, amount_minor, currency, paid_at,
    received_at, outcome)
VALUES ('stripe', 'cs_1:succeeded', 'succeeded', 'ref-1', 150, 'CNY', '2026-03-02Z',
    '2026-03-02Z', 'applied');
INSERT INTO payment (case_id, portfolio_id, amount_minor, credit_minor, currency, provider,
    provider_ref, paid_at, received_at)
VALUES (1, 1, 150, 15, 'CNY', 'stripe', 'cs_1:succeeded', '2026-03-02Z', '2026-03-02Z');
INSERT INTO allocation (payment_id, debt_id, amount_minor) VALUES (1, 1, 70), (1, 2, 25), (1, 3, 40);
"""


def test_the_books_of_an_older_database_are_filled(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url, size=2, name="test")
    with engine.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        connection.commit()
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(OLD)
    upgrade(engine)
    engine.dispose()
    with psycopg.connect(empty_database_url) as connection:
        evidence = Evidence(connection, None)
        found = [*books_agree(evidence), *money_adds_up(evidence)]
        assert found == []
        kinds = dict(evidence.rows("SELECT kind, sum(amount_minor)::bigint FROM entry GROUP BY 1"))
        assert kinds == {"charged": 300, "opening": 30, "payment": 150, "withdrawn": 60}
        assert evidence.rows("SELECT owed_minor FROM debt ORDER BY id") == [(0,), (75,), (0,)]
        # So that a refund told tomorrow finds the payment of yesterday.
        assert evidence.rows("SELECT reference FROM payment") == [("ref-1",)]
