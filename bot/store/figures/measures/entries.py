"""Cases that came to the desk (`entered`), by the day of their entry."""

SQL = """
SELECT c.portfolio_id, 'entered', '', '', '', '', 0, 32767, c.currency, count(*), 0
FROM cases c WHERE c.portfolio_id = ANY(%(books)s)
  AND c.entered_at >= %(since)s AND c.entered_at < %(until)s
GROUP BY 1, 9
"""
