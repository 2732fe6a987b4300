"""Contacts the desk started by itself, by the hour (`number`) in the portfolio's zone.

`hour_left`, `hour_reached`, `hour_responded`: as in `attempts`, answers and thanks left out, because
their hour is the debtor's choice and not the desk's.
"""

from bot.store.figures.measures.attempts import WENT

SQL = f"""
SELECT w.portfolio_id, m.measure, '', w.channel, '', '', w.hour, 32767, '', count(*), 0
FROM ({WENT}) w, LATERAL (VALUES ('hour_left', true), ('hour_reached', w.reached),
    ('hour_responded', w.responded)) AS m(measure, counts)
WHERE m.counts AND w.purpose NOT IN ('answer', 'opt_out_confirmation', 'thanks')
GROUP BY 1, 2, 4, 7
"""
