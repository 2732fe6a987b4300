"""Money: each payment applied once, and the books equal to what debts and payments say."""

from __future__ import annotations

from collections.abc import Iterator

from bot.app.verify.breach import Breach, Evidence

#: What the books hold for each account of a debt, beside what its row says it owes.
_DEBTS = """
WITH told AS (
    SELECT debt_id,
        coalesce(sum(n) FILTER (WHERE account = 'debt_interest'), 0) AS interest,
        coalesce(sum(n) FILTER (WHERE account = 'debt_fee'), 0) AS fee,
        coalesce(sum(n), 0) AS owed, min(case_id) AS case_id, max(case_id) AS other_case
    FROM (SELECT debt_id, case_id, debit AS account, amount_minor AS n FROM entry
          WHERE debit IN ('debt', 'debt_interest', 'debt_fee')
          UNION ALL
          SELECT debt_id, case_id, credit, -amount_minor FROM entry
          WHERE credit IN ('debt', 'debt_interest', 'debt_fee')) moves
    GROUP BY debt_id)
SELECT d.id, d.owed_minor, coalesce(t.owed, 0) FROM debt d LEFT JOIN told t ON t.debt_id = d.id
WHERE coalesce(t.owed, 0) <> d.owed_minor OR coalesce(t.owed, 0) < 0
   OR (d.settled_by IS NULL AND (coalesce(t.interest, 0), coalesce(t.fee, 0))
       <> (d.interest_owed_minor, d.fee_owed_minor))
   OR (d.settled_by IS NULL AND (least(d.interest_owed_minor, d.fee_owed_minor) < 0
       OR d.interest_owed_minor + d.fee_owed_minor > d.owed_minor))
   OR t.case_id <> d.case_id OR t.other_case <> d.case_id
"""

#: The accounts of a case that its payments and debts must explain.
_CASES = """
WITH told AS (
    SELECT case_id, account, sum(n) AS held
    FROM (SELECT case_id, debit AS account, amount_minor AS n FROM entry
          UNION ALL SELECT case_id, credit, -amount_minor FROM entry) moves
    GROUP BY case_id, account)
, paid AS (
    SELECT case_id, sum(amount_minor - undone_minor) AS received, -sum(credit_minor) AS credit,
        -sum(refunded_minor) AS refunded, -sum(charged_back_minor) AS charged_back
    FROM payment GROUP BY case_id)
, owed AS (
    SELECT case_id, sum(waived_minor) AS waived, -sum(fee_minor) AS fee,
        sum(opening_paid_minor) AS opening
    FROM debt GROUP BY case_id)
SELECT c.id, e.account, e.held, coalesce(t.held, 0) FROM cases c
LEFT JOIN paid p ON p.case_id = c.id LEFT JOIN owed o ON o.case_id = c.id
CROSS JOIN LATERAL (VALUES
    ('received', coalesce(p.received, 0)), ('credit', coalesce(p.credit, 0)),
    ('refunded', coalesce(p.refunded, 0)), ('charged_back', coalesce(p.charged_back, 0)),
    ('waived', coalesce(o.waived, 0)), ('fee', coalesce(o.fee, 0)),
    ('opening', coalesce(o.opening, 0))) AS e(account, held)
LEFT JOIN told t ON t.case_id = c.id AND t.account = e.account
WHERE coalesce(t.held, 0) <> e.held
"""


def books_agree(evidence: Evidence) -> Iterator[Breach]:
    """What a debt owes, and what a case received, is what the entries say; nothing below zero."""
    for debt, row, books in evidence.rows(_DEBTS):
        yield Breach(f"debt {debt}", f"owes {row}, the books say {books} or split it otherwise")
    for case, account, rows, books in evidence.rows(_CASES):
        yield Breach(f"case {case}", f"{account}: {books} in the books, {rows} in its rows")
    currencies = (
        "SELECT e.id FROM entry e JOIN cases c ON c.id = e.case_id WHERE e.currency <> c.currency"
    )
    for (entry,) in evidence.rows(currencies):
        yield Breach(f"entry {entry}", "is in another currency than its case")


def notices_acted_on(evidence: Evidence) -> Iterator[Breach]:
    """Nothing a provider told was left without an outcome."""
    for (notice,) in evidence.rows("SELECT id FROM payment_notice WHERE outcome = 'stored'"):
        yield Breach(f"notice {notice}", "was stored and never acted on")


def money_adds_up(evidence: Evidence) -> Iterator[Breach]:
    """Money in is money applied: on every payment, every debt, and at the provider."""
    payments = (
        "SELECT p.id FROM payment p LEFT JOIN allocation a ON a.payment_id = p.id "
        "GROUP BY p.id HAVING p.amount_minor <> p.credit_minor + p.refunded_minor "
        "+ p.charged_back_minor + p.undone_minor + coalesce(sum(a.amount_minor), 0) "
        "OR least(p.credit_minor, p.refunded_minor, p.charged_back_minor, p.undone_minor) < 0"
    )
    for (payment,) in evidence.rows(payments):
        yield Breach(f"payment {payment}", "its parts and credit do not add up to it")
    debts = (
        "SELECT d.id FROM debt d LEFT JOIN allocation a ON a.debt_id = d.id GROUP BY d.id "
        "HAVING d.paid_minor <> d.opening_paid_minor + coalesce(sum(a.amount_minor), 0)"
    )
    for (debt,) in evidence.rows(debts):
        yield Breach(f"debt {debt}", "paid is not opening plus payments")
    yield from _provider_differs(evidence)


def _provider_differs(evidence: Evidence) -> Iterator[Breach]:
    if evidence.log is None:
        return
    paid = {
        (entry["event"].get("provider", "sandbox"), entry["event"]["reference"]): entry["event"]
        for entry in evidence.log
        if isinstance(entry.get("event"), dict)
        and entry["event"].get("type") == "payment.succeeded"
    }
    told = {
        (provider, reference): amount
        for provider, reference, amount in evidence.rows(
            "SELECT provider, reference, amount_minor FROM payment_notice WHERE kind = 'succeeded'"
        )
    }
    for key, event in paid.items():
        if key not in told:
            yield Breach(f"payment event {event['id']}", "was never stored")
        elif told[key] != event["amount"]:
            yield Breach(f"payment event {event['id']}", "was stored with another amount")
    for provider, reference in told.keys() - paid.keys():
        yield Breach(f"{provider} payment {reference}", "the provider knows nothing of it")
    strangers = (
        "SELECT p.provider, p.provider_ref FROM payment p "
        "WHERE p.provider IN ('sandbox', 'stripe', 'alipay', 'wechat') AND NOT EXISTS ("
        "SELECT FROM payment_notice n WHERE n.provider = p.provider "
        "AND n.event_id = p.provider_ref AND n.amount_minor = p.amount_minor)"
    )
    for provider, reference in evidence.rows(strangers):
        yield Breach(f"{provider} payment {reference}", "the provider knows nothing of it")
