"""Promises by the day they are due, and by the day they were made. amount: what was promised.

- `promise_due`, detail kept, partial, broken or open: by state. One that was replaced by another is
  not due any more. An open one waits for its grace to pass.
- `promise_paid`: amount: what came in on the promises that were due.
- `promise_made`: by the day it was given; detail: its source.
"""

DUE = """
SELECT c.portfolio_id, m.measure, '', '', '', p.state, 0, 32767, c.currency, count(*), sum(m.amount)
FROM promise p JOIN cases c ON c.id = p.case_id,
LATERAL (VALUES ('promise_due', p.amount_minor), ('promise_paid', p.paid_minor)) AS m(measure, amount)
WHERE p.due_on = %(day)s AND p.state <> 'superseded' AND c.portfolio_id = ANY(%(books)s)
GROUP BY 1, 2, 6, 9
"""

MADE = """
SELECT c.portfolio_id, 'promise_made', '', '', '', p.source, 0, 32767, c.currency, count(*),
       sum(p.amount_minor)
FROM promise p JOIN cases c ON c.id = p.case_id
WHERE p.made_at >= %(since)s AND p.made_at < %(until)s AND c.portfolio_id = ANY(%(books)s)
GROUP BY 1, 6, 9
"""
