"""The money report finds its days by the index of money, not by reading the whole book."""

from __future__ import annotations

from datetime import date

import psycopg

from bot.store.money_report import BROUGHT_WITHIN_DAYS, MONEY_QUERY

_FILL = """
INSERT INTO sender (code, kind, address, livemode, per_second)
VALUES ('s', 'sandbox', '+12025550100', false, 1);
INSERT INTO portfolio (code, name, creditor, creditor_key, signature, zone, region, currency,
    cadence, livemode, sender_id, created_at)
SELECT 'loans', 'loans', 'c', 'c', 'c', 'Asia/Shanghai', 'CN', 'CNY', 'consumer_loan', false, id,
    '2025-01-01' FROM sender;
INSERT INTO debtor (creditor_key, identity_hash, name_sealed, created_at)
VALUES ('c', '\\x00', '\\x00', '2025-01-01');
INSERT INTO cases (portfolio_id, debtor_id, currency, entered_at, next_check_at)
SELECT p.id, d.id, 'CNY', '2025-01-01', '2025-01-01' FROM portfolio p, debtor d;
INSERT INTO entry (case_id, debit, credit, amount_minor, currency, kind, source, key, at)
SELECT c.id, 'received', 'credit', 100, 'CNY', 'payment', 'payment:' || n, 'k' || n,
    '2025-01-01'::timestamptz + n * interval '1 hour'
FROM cases c, generate_series(1, 20000) n;
ANALYZE
"""


def test_a_day_of_the_report_reads_the_index_of_money(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_FILL)
        values = {
            "code": "loans",
            "first": date(2026, 3, 1),
            "last": date(2026, 3, 1),
            "within": BROUGHT_WITHIN_DAYS,
        }
        rows = connection.execute("EXPLAIN " + MONEY_QUERY, values).fetchall()
    plan = "\n".join(row[0] for row in rows)
    assert "entry_of_money" in plan, plan
