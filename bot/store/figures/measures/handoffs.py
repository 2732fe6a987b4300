"""Hand-offs by the day they were opened, by reason (detail) and priority (`number`).

- `handoff`: opened. `handoff_in_time`: claimed within the deadline. `handoff_claimed`: claimed at all.
- `handoff_moot`: closed unclaimed before its deadline: the case was paid, for example.
- `handoff_late`: claimed after the deadline, or not claimed and the deadline has passed.
"""

SQL = """
SELECT h.portfolio_id, m.measure, '', '', '', h.reason, h.priority, 32767, '', count(*), 0
FROM handoff h CROSS JOIN LATERAL (VALUES ('handoff', true),
    ('handoff_claimed', h.claimed_at IS NOT NULL),
    ('handoff_in_time', h.claimed_at <= h.due_at),
    ('handoff_moot', h.claimed_at IS NULL AND h.closed_at <= h.due_at),
    ('handoff_late', coalesce(h.claimed_at, h.closed_at, %(now)s) > h.due_at)
) AS m(measure, counts)
WHERE m.counts AND h.opened_at >= %(since)s AND h.opened_at < %(until)s
  AND h.portfolio_id = ANY(%(books)s)
GROUP BY 1, 2, 6, 7
"""
