"""Delinquencies that began and that ended on the day. A case may fall behind more than once.

- `fell`: the case has something past due on this day and had nothing past due the day before, or
  came to the desk past due.
- `cured`: something was past due on this day and nothing is at its end: the case is current again.
  detail: `human` when a collector had taken the case before, else `alone`.
"""

# Outstanding of a debt at an instant: owed now less what the books have moved since.
_OWED = """
(b.owed_minor + coalesce((SELECT sum(CASE WHEN e.debit LIKE 'debt%%' THEN -e.amount_minor
    ELSE e.amount_minor END) FROM entry e WHERE e.debt_id = b.id AND e.at >= {at}), 0) > 0)
"""

SQL = f"""
WITH candidate AS (
    SELECT d.case_id FROM debt d WHERE d.due_on = %(day)s::date - 1 AND d.portfolio_id = ANY(%(books)s)
    UNION SELECT e.case_id FROM entry e WHERE e.at >= %(since)s AND e.at < %(until)s
), stood AS (
    SELECT c.id, c.portfolio_id,
        bool_or(b.due_on < %(day)s::date - 1 AND {_OWED.format(at="%(since)s")}) AS was,
        bool_or({_OWED.format(at="%(since)s")} OR {_OWED.format(at="%(until)s")}) AS became,
        bool_or({_OWED.format(at="%(until)s")}) AS still
    FROM candidate JOIN cases c ON c.id = candidate.case_id
    JOIN debt b ON b.case_id = c.id AND b.due_on < %(day)s::date
    WHERE c.portfolio_id = ANY(%(books)s)
      AND (c.closed_at IS NULL OR c.closed_at >= %(since)s)
    GROUP BY c.id
)
SELECT s.portfolio_id, m.measure, '', '', '', m.detail, 0, 32767, '', count(*), 0
FROM stood s CROSS JOIN LATERAL (VALUES ('fell', '', s.became AND NOT s.was),
    ('cured', CASE WHEN EXISTS (SELECT FROM handoff h WHERE h.case_id = s.id
        AND h.claimed_at < %(until)s) THEN 'human' ELSE 'alone' END, s.became AND NOT s.still)
) AS m(measure, detail, counts)
WHERE m.counts GROUP BY 1, 2, 6
"""
