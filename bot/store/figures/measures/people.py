"""Cases to which something happened, each counted once however long the period is.

Every row holds how many cases of the day were last counted `gap` days before, so that a sum over
any period counts a case once. A debtor is one case in one portfolio and currency, so these are the
debtors contacted, too.

- `contacted`: an attempt left for the debtor.
- `met`: an SMS delivered, a call answered, or anything that proves as much: somebody was reached.
- `right_party`: we know it was the debtor: verified on a call or on the page, a promise, or a reply
  from the debtor's number that no third party and no wrong number wrote.
- `replied`, `promised`, `paid`: a message or an utterance, a promise, money that was not undone.
- `disputed`, `complained`: a dispute was raised; a complaint handed the case over or was registered.
- `opted_out`: the debtor asked not to be contacted on a channel, or at all.
- `wrong_number`: one of the debtor's numbers proved to be somebody else's.
"""

_FIRST = """
SELECT f.portfolio_id, '{name}', '', '', '', '', 0,
       coalesce(%(day)s::date - (e.at AT TIME ZONE %(zone)s)::date, 32767), '', count(*), 0
FROM (SELECT DISTINCT c.portfolio_id, c.id FROM ({found}) s JOIN cases c ON c.id = s.case_id
      WHERE c.portfolio_id = ANY(%(books)s)) f
CROSS JOIN LATERAL (SELECT max(b.at) AS at FROM ({earlier}) b WHERE b.at < %(since)s) e
GROUP BY 1, 8
"""

_RIGHT_REPLY = (
    "r.state = 'handled' AND NOT (r.understanding -> 'intents' ? 'wrong_person') "
    "AND NOT coalesce(r.understanding -> 'flags' ? 'third_party', false)"
)

_DAY = "{0} >= %(since)s AND {0} < %(until)s"

_REACHED = (
    "(a.state = 'delivered' AND a.channel <> 'voice' OR EXISTS (SELECT FROM call k "
    "WHERE k.attempt_id = a.id AND k.outcome = 'answered'))"
)

_MET = f"SELECT a.case_id FROM attempt a WHERE {_DAY.format('a.at')} AND {_REACHED}"
_MET_EVER = f"SELECT a.at FROM attempt a WHERE a.case_id = f.id AND {_REACHED}"

_RIGHT = (
    f"SELECT k.case_id FROM call k WHERE {_DAY.format('k.verified_at')} UNION ALL "
    f"SELECT g.case_id FROM page_check g WHERE g.passed AND {_DAY.format('g.at')} UNION ALL "
    f"SELECT p.case_id FROM promise p WHERE {_DAY.format('p.made_at')} UNION ALL "
    f"SELECT r.case_id FROM reply r WHERE {_DAY.format('r.received_at')} AND {_RIGHT_REPLY}"
)
_RIGHT_EVER = (
    "SELECT k.verified_at AS at FROM call k WHERE k.case_id = f.id UNION ALL "
    "SELECT g.at FROM page_check g WHERE g.passed AND g.case_id = f.id UNION ALL "
    "SELECT p.made_at FROM promise p WHERE p.case_id = f.id UNION ALL "
    f"SELECT r.received_at FROM reply r WHERE r.case_id = f.id AND {_RIGHT_REPLY}"
)

_POINTS = (
    "JOIN debtor d ON d.id = {0}.debtor_id JOIN suppression s ON s.phone_hash = {0}.phone_hash "
    "AND s.creditor_key = d.creditor_key"
)

_PAID = (
    "e.debit = 'received' AND NOT EXISTS (SELECT FROM payment p WHERE p.case_id = e.case_id "
    "AND e.source = 'payment:' || p.id AND p.undone_minor >= p.amount_minor)"
)

_SOURCES = {
    "contacted": (
        f"SELECT a.case_id FROM attempt a WHERE {_DAY.format('a.at')} AND a.state <> 'refused'",
        "SELECT a.at FROM attempt a WHERE a.case_id = f.id AND a.state <> 'refused'",
    ),
    "met": (f"{_MET} UNION ALL {_RIGHT}", f"{_MET_EVER} UNION ALL {_RIGHT_EVER}"),
    "right_party": (_RIGHT, _RIGHT_EVER),
    "replied": (
        f"SELECT r.case_id FROM reply r WHERE {_DAY.format('r.received_at')}",
        "SELECT r.received_at AS at FROM reply r WHERE r.case_id = f.id",
    ),
    "promised": (
        f"SELECT p.case_id FROM promise p WHERE {_DAY.format('p.made_at')}",
        "SELECT p.made_at AS at FROM promise p WHERE p.case_id = f.id",
    ),
    "paid": (
        f"SELECT e.case_id FROM entry e WHERE {_DAY.format('e.at')} AND {_PAID}",
        f"SELECT e.at FROM entry e WHERE e.case_id = f.id AND {_PAID}",
    ),
    "disputed": (
        f"SELECT v.case_id FROM case_event v WHERE {_DAY.format('v.at')} "
        "AND v.event = 'dispute_raised'",
        "SELECT v.at FROM case_event v WHERE v.case_id = f.id AND v.event = 'dispute_raised'",
    ),
    "complained": (
        f"SELECT h.case_id FROM handoff h WHERE {_DAY.format('h.opened_at')} "
        "AND (h.reason = 'complaint' OR h.reasons ? 'complaint') UNION ALL "
        "SELECT k.case_id FROM complaint k WHERE k.portfolio_id = ANY(%(books)s) "
        f"AND {_DAY.format('k.received_at')}",
        "SELECT h.opened_at AS at FROM handoff h WHERE h.case_id = f.id "
        "AND (h.reason = 'complaint' OR h.reasons ? 'complaint') UNION ALL "
        "SELECT k.received_at FROM complaint k WHERE k.case_id = f.id",
    ),
    "opted_out": (
        "SELECT o.id AS case_id FROM suppression s JOIN contact_point q "
        "ON q.phone_hash = s.phone_hash JOIN debtor d ON d.id = q.debtor_id "
        "AND d.creditor_key = s.creditor_key JOIN cases o ON o.debtor_id = d.id "
        f"WHERE {_DAY.format('s.at')}",
        f"SELECT s.at FROM contact_point q {_POINTS.format('q')} "
        "JOIN cases o ON o.debtor_id = d.id WHERE o.id = f.id",
    ),
    "wrong_number": (
        "SELECT o.id AS case_id FROM contact_point q JOIN cases o ON o.debtor_id = q.debtor_id "
        f"WHERE {_DAY.format('q.disabled_at')} AND q.disabled = 'wrong_person'",
        "SELECT q.disabled_at AS at FROM contact_point q JOIN cases o ON o.debtor_id = q.debtor_id "
        "WHERE o.id = f.id AND q.disabled = 'wrong_person'",
    ),
}

SQL = tuple(
    _FIRST.format(name=name, found=found, earlier=earlier)
    for name, (found, earlier) in _SOURCES.items()
)

#: `contact_day`: cases contacted on the day, to be added up over days: debtor-days.
DAYS = f"""
SELECT c.portfolio_id, 'contact_day', '', '', '', '', 0, 32767, '', count(DISTINCT c.id), 0
FROM ({_SOURCES["contacted"][0]}) s JOIN cases c ON c.id = s.case_id
WHERE c.portfolio_id = ANY(%(books)s) GROUP BY 1
"""
