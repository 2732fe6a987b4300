"""Attempts that left, those that reached somebody, those that were answered within 24 hours.

- `left`: every attempt the carrier did not refuse at once; one whose fate is unknown counts as sent.
  amount: SMS segments, or started minutes of a call.
- `reached`: an SMS the carrier reports delivered, a call a person answered.
- `responded`: within 24 hours the case replied, opened its link or paid; money that was booked to it
  by mistake and undone is no response, money that was given back is.
detail: the purpose.
"""

#: Attempts of the day with what became of them; `hours` counts the same.
WENT = """
SELECT t.portfolio_id, coalesce(t.tier, '') AS tier, a.channel,
       t.script || '@' || coalesce(a.script_version, t.script_version) AS script, a.purpose,
       extract(hour FROM a.at AT TIME ZONE %(zone)s)::int AS hour,
       CASE a.channel WHEN 'voice' THEN coalesce(k.outcome = 'answered', false)
            ELSE a.state = 'delivered' END AS reached,
       CASE a.channel WHEN 'voice' THEN ceil(coalesce(k.seconds, 0) / 60.0)::int
            ELSE a.segments END AS units,
       (EXISTS (SELECT FROM reply r WHERE r.case_id = a.case_id AND r.received_at >= a.at
                AND r.received_at < a.at + interval '24 hours')
        OR EXISTS (SELECT FROM payment_link l WHERE l.case_id = a.case_id AND l.opened_at >= a.at
                   AND l.opened_at < a.at + interval '24 hours')
        OR EXISTS (SELECT FROM payment p WHERE p.case_id = a.case_id AND p.paid_at >= a.at
                   AND p.paid_at < a.at + interval '24 hours'
                   AND p.undone_minor < p.amount_minor)) AS responded
FROM attempt a JOIN touch t ON t.id = a.touch_id LEFT JOIN call k ON k.attempt_id = a.id
WHERE a.at >= %(since)s AND a.at < %(until)s AND a.state <> 'refused'
  AND t.portfolio_id = ANY(%(books)s)
"""

SQL = f"""
SELECT w.portfolio_id, m.measure, w.tier, w.channel, w.script, w.purpose, 0, 32767, '',
       count(*), sum(m.units)
FROM ({WENT}) w, LATERAL (VALUES ('left', true, w.units), ('reached', w.reached, 0),
    ('responded', w.responded, 0)) AS m(measure, counts, units)
WHERE m.counts GROUP BY 1, 2, 3, 4, 5, 6
"""
