"""Replies that were read, by the primary intent the engine read (detail) and by channel.

- `reply`: messages of known debtors that have been read.
- `reply_alone`: acted on without a human: reading it handed nothing over, and no human had the case.
- `reply_corrected`: a correction that says something else than the engine stands.
"""

SQL = """
SELECT c.portfolio_id, m.measure, '', r.channel, '',
       coalesce(r.understanding -> 'intents' ->> 0, ''), 0, 32767, '', count(*), 0
FROM reply r JOIN cases c ON c.id = r.case_id
CROSS JOIN LATERAL (VALUES ('reply', true),
    ('reply_alone', NOT EXISTS (SELECT FROM case_event e WHERE e.case_id = r.case_id
            AND e.event = 'handed_off' AND e.at = r.handled_at)
        AND coalesce((SELECT e.state_after FROM case_event e
            WHERE e.case_id = r.case_id AND e.at < r.handled_at
            ORDER BY e.seq DESC LIMIT 1), '') <> 'handed_off'),
    ('reply_corrected', EXISTS (SELECT FROM correction k WHERE k.reply_id = r.id
        AND NOT EXISTS (SELECT FROM correction n WHERE n.reply_id = r.id AND n.id > k.id)
        AND EXISTS (SELECT FROM jsonb_each(k."after") said
                    WHERE said.value <> coalesce(r.understanding -> said.key, 'null'))))
) AS m(measure, counts)
WHERE m.counts AND r.state = 'handled' AND r.received_at >= %(since)s AND r.received_at < %(until)s
  AND c.portfolio_id = ANY(%(books)s)
GROUP BY 1, 2, 4, 6
"""
