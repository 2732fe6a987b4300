"""What stands open at the end of the day, by tier. n: cases, amount: outstanding, minor units.

`held`: cases with something owed that no human has closed; the tier is the cadence's for the days
past due that the case has on this day. detail: `current` when nothing is past due, else `overdue`.
Outstanding is what is owed now less what the books have moved since, so that a past day comes out
the same whenever it is counted.
"""

#: Days past due as of %(day)s and outstanding as of %(until)s, by case.
STANDING = """
SELECT c.id, c.portfolio_id, c.currency, sum(b.owed)::bigint AS owed,
       %(day)s::date - min(b.due_on) AS days
FROM (SELECT d.case_id, d.due_on, d.owed_minor + coalesce(s.back, 0) AS owed
      FROM debt d LEFT JOIN (
          SELECT e.debt_id, sum(CASE WHEN e.debit LIKE 'debt%%' THEN -e.amount_minor
                                     ELSE e.amount_minor END)::bigint AS back
          FROM entry e WHERE e.at >= %(until)s AND e.debt_id IS NOT NULL GROUP BY e.debt_id
      ) s ON s.debt_id = d.id
      WHERE d.portfolio_id = ANY(%(books)s)) b
JOIN cases c ON c.id = b.case_id
WHERE b.owed > 0 AND (c.closed_at IS NULL OR c.closed_at >= %(until)s)
GROUP BY c.id
"""

SQL = f"""
SELECT s.portfolio_id, 'held', coalesce(r.key, ''), '', '',
       CASE WHEN s.days > 0 THEN 'overdue' ELSE 'current' END, 0, 32767, s.currency, count(*),
       sum(s.owed)::bigint
FROM ({STANDING}) s JOIN portfolio p ON p.id = s.portfolio_id
LEFT JOIN jsonb_to_recordset(%(tiers)s::jsonb)
    AS r(cadence text, key text, from_day int, to_day int)
  ON r.cadence = p.cadence AND s.days >= coalesce(r.from_day, s.days)
 AND s.days <= coalesce(r.to_day, s.days)
GROUP BY 1, 3, 6, 9
"""
