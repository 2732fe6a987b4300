"""What the rules held back, by rule (detail), and what went out that they had not let through.

- `deferred`, `denied`: touches the rule put off or refused, each once a day and stage.
- `outside`: attempts whose touch no rule had judged, or whose last judgement before was a refusal.
  Must be 0.
"""

HELD_BACK = """
SELECT c.portfolio_id, CASE v.outcome WHEN 'defer' THEN 'deferred' ELSE 'denied' END,
       coalesce(t.tier, ''), coalesce(t.channel, ''), '', v.rule, 0, 32767, '',
       count(DISTINCT coalesce(v.touch_id, -v.id)), 0
FROM verdict v JOIN cases c ON c.id = v.case_id LEFT JOIN touch t ON t.id = v.touch_id
WHERE v.outcome <> 'allow' AND v.at >= %(since)s AND v.at < %(until)s
  AND c.portfolio_id = ANY(%(books)s)
GROUP BY 1, 2, 3, 4, 6
"""

OUTSIDE = """
SELECT t.portfolio_id, 'outside', coalesce(t.tier, ''), a.channel, '', '', 0, 32767, '', count(*), 0
FROM attempt a JOIN touch t ON t.id = a.touch_id
WHERE a.at >= %(since)s AND a.at < %(until)s AND a.state <> 'refused'
  AND t.portfolio_id = ANY(%(books)s)
  AND coalesce((SELECT v.outcome FROM verdict v WHERE v.touch_id = t.id AND v.at <= a.at
                ORDER BY v.id DESC LIMIT 1), 'deny') = 'deny'
GROUP BY 1, 3, 4
"""
