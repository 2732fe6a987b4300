"""Money and claims by the day of booking, from the books alone. amount: minor units.

- `collected`: payments that came in; detail `human` when a collector had taken the case before,
  else `bot`. `collected_days`: amount times the whole days since the case came to the desk.
- `returned`: refunds and chargebacks, less chargebacks that were undone; and what had been booked to
  the wrong case, on the day it was taken off.
- `charged`: claims as the creditor's ledger states them, corrections of the ledger included;
  `paid_before`: what the ledger says was paid before the case came.
"""

COLLECTED = """
SELECT c.portfolio_id, m.measure, '', '', '', who.detail, 0, 32767, e.currency,
       count(DISTINCT e.source), sum(m.amount)
FROM entry e JOIN cases c ON c.id = e.case_id
CROSS JOIN LATERAL (SELECT CASE WHEN EXISTS (SELECT FROM handoff h WHERE h.case_id = c.id
    AND h.claimed_at <= e.at) THEN 'human' ELSE 'bot' END AS detail) who
CROSS JOIN LATERAL (VALUES ('collected', e.amount_minor), ('collected_days', e.amount_minor
    * greatest((e.at AT TIME ZONE %(zone)s)::date - (c.entered_at AT TIME ZONE %(zone)s)::date, 0))
) AS m(measure, amount)
WHERE e.debit = 'received' AND e.at >= %(since)s AND e.at < %(until)s
  AND c.portfolio_id = ANY(%(books)s)
GROUP BY 1, 2, 6, 9
"""

RETURNED = """
SELECT c.portfolio_id, 'returned', '', '', '', '', 0, 32767, e.currency, count(DISTINCT e.source),
       sum(CASE WHEN e.debit = 'charged_back' THEN -e.amount_minor ELSE e.amount_minor END)
FROM entry e JOIN cases c ON c.id = e.case_id
WHERE (e.credit IN ('refunded', 'charged_back', 'received') OR e.debit = 'charged_back')
  AND e.at >= %(since)s AND e.at < %(until)s AND c.portfolio_id = ANY(%(books)s)
GROUP BY 1, 9
"""

CHARGED = """
SELECT c.portfolio_id, CASE WHEN e.debit = 'opening' THEN 'paid_before' ELSE 'charged' END,
       '', '', '', '', 0, 32767, e.currency, count(DISTINCT e.case_id),
       sum(CASE WHEN e.debit = 'charged' THEN -e.amount_minor ELSE e.amount_minor END)
FROM entry e JOIN cases c ON c.id = e.case_id
WHERE (e.credit = 'charged' OR e.debit IN ('charged', 'opening'))
  AND e.at >= %(since)s AND e.at < %(until)s AND c.portfolio_id = ANY(%(books)s)
GROUP BY 1, 2, 9
"""
