"""Bank lines, plans and reductions: each adds up, and nothing is granted that nobody granted."""

from __future__ import annotations

from collections.abc import Iterator

from bot.app.verify.breach import Breach, Evidence

_LINES = """
SELECT l.id, l.state, l.amount_minor, coalesce(sum(p.amount_minor - p.undone_minor), 0)
FROM bank_line l LEFT JOIN bank_share s ON s.line_id = l.id LEFT JOIN payment p ON p.id = s.payment_id
GROUP BY l.id HAVING coalesce(sum(p.amount_minor - p.undone_minor), 0)
    <> CASE WHEN l.state = 'applied' THEN l.amount_minor ELSE 0 END
"""


def bank_lines_add_up(evidence: Evidence) -> Iterator[Breach]:
    """A bank line that was applied is exactly its payments; one that was not is none."""
    for line, state, amount, paid in evidence.rows(_LINES):
        yield Breach(f"bank line {line}", f"{state}: {paid} booked of {amount}")


# `missed` are instalments over and not paid in full; a promise is over once it is no longer open.
_PLANS = """
SELECT l.id, l.state, l.broken_after, l.total_minor,
       (SELECT coalesce(sum((part->>'amount_minor')::bigint), 0)
        FROM jsonb_array_elements(l.schedule) part),
       count(p.id) FILTER (WHERE p.state = 'open'),
       count(p.id) FILTER (WHERE p.state IN ('broken', 'partial') AND p.paid_minor < p.amount_minor)
FROM instalment_plan l
LEFT JOIN instalment i ON i.plan_id = l.id LEFT JOIN promise p ON p.id = i.promise_id
GROUP BY l.id
"""


def plans_stand(evidence: Evidence) -> Iterator[Breach]:
    """A plan is its parts; an active one waits for money, and an ended one for none."""
    for row in evidence.rows(_PLANS):
        plan, state, broken_after, total, parts, still_open, missed = row
        where = f"plan {plan}"
        if total != parts:
            yield Breach(where, f"parts of {parts} make {total}")
        if state == "active" and not still_open:
            yield Breach(where, "active, and waits for nothing")
        if state == "active" and missed >= broken_after:
            yield Breach(where, f"active with {missed} instalments missed")
        if state != "active" and still_open:
            yield Breach(where, f"{state}, and still waits for {still_open}")


_REDUCTIONS = """
SELECT r.id, r.state, r.amount_minor, r.by_rule, r.asked_by = r.decided_by, r.decided_by IS NULL,
       coalesce((SELECT sum(e.amount_minor) FROM entry e
                 WHERE e.case_id = r.case_id AND e.source = 'reduction:' || r.id), 0)
FROM reduction r
"""


def reductions_granted(evidence: Evidence) -> Iterator[Breach]:
    """What was waived was granted: within the limit, or by a second person, and never more."""
    for reduction, state, amount, by_rule, alone, undecided, waived in evidence.rows(_REDUCTIONS):
        where = f"reduction {reduction}"
        if waived > amount or (waived > 0) != (state == "applied"):
            yield Breach(where, f"{state}: {waived} waived of {amount}")
        if state in {"applied", "granted"} and (undecided or (alone and not by_rule)):
            yield Breach(where, f"{state} without a second person")
    query = (
        "SELECT e.id, e.source FROM entry e WHERE e.source LIKE 'reduction:%%' AND NOT EXISTS "
        "(SELECT FROM reduction r WHERE 'reduction:' || r.id = e.source AND r.case_id = e.case_id)"
    )
    for entry, source in evidence.rows(query):
        yield Breach(f"entry {entry}", f"{source} is no reduction of its case")
