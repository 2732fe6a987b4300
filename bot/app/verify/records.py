"""Messages, replies, money and states: each counted once, and adding up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.app.verify.breach import Breach, Evidence
from bot.domain.case_life import Event, IllegalMoveError, replay

_MOVES = {event.value for event in Event}


def touch_twice(evidence: Evidence) -> Iterator[Breach]:
    """Each touch is at most one message at the carrier."""
    query = (
        "SELECT touch_id, count(*) FROM attempt WHERE state <> 'refused' "
        "GROUP BY touch_id HAVING count(*) > 1"
    )
    for touch, times in evidence.rows(query):
        yield Breach(f"touch {touch}", f"{times} attempts that may have reached the carrier")
    touches = dict(evidence.rows("SELECT token, touch_id FROM attempt"))
    accepted = Counter(touches.get(_token(entry)) for entry in _accepted(evidence))
    for touch, times in accepted.items():
        if touch is not None and times > 1:
            yield Breach(f"touch {touch}", f"{times} messages at the carrier")


def stray_messages(evidence: Evidence) -> Iterator[Breach]:
    """Each message at the carrier belongs to one attempt."""
    tokens = {row[0] for row in evidence.rows("SELECT token FROM attempt")}
    for entry in _accepted(evidence):
        if _token(entry) not in tokens:
            yield Breach(f"message {entry['sid']}", "names no attempt of ours")
    known = evidence.rows("SELECT provider_sid FROM attempt WHERE provider_sid IS NOT NULL")
    sids = {entry["sid"] for entry in _accepted(evidence)}
    for (sid,) in known:
        if evidence.log is not None and sid not in sids:
            yield Breach(f"attempt with {sid}", "names no message of the carrier")


def _accepted(evidence: Evidence) -> list[dict[str, object]]:
    return [
        entry
        for entry in evidence.of_kind("request")
        if entry.get("op") == "create" and entry.get("sid")
    ]


def _token(entry: dict[str, object]) -> str:
    return str(entry.get("attempt") or "")


def replies_answered(evidence: Evidence) -> Iterator[Breach]:
    """Every inbound message is stored, read, and answered at most once."""
    stored = {row[0] for row in evidence.rows("SELECT provider_sid FROM reply")}
    for entry in evidence.of_kind("inbound"):
        if entry["sid"] not in stored:
            yield Breach(f"message {entry['sid']}", "was never stored")
    for (reply,) in evidence.rows("SELECT id FROM reply WHERE state = 'stored'"):
        yield Breach(f"reply {reply}", "was never read")
    query = (
        "SELECT t.reply_id, count(*) FROM attempt a JOIN touch t ON t.id = a.touch_id "
        "WHERE t.reply_id IS NOT NULL AND a.state <> 'refused' "
        "AND a.purpose IN ('answer', 'opt_out_confirmation') "
        "GROUP BY t.reply_id HAVING count(*) > 1"
    )
    for reply, times in evidence.rows(query):
        yield Breach(f"reply {reply}", f"{times} answers")


def money_adds_up(evidence: Evidence) -> Iterator[Breach]:
    """Money in is money applied: on every payment, every debt, and at the provider."""
    payments = (
        "SELECT p.id FROM payment p LEFT JOIN allocation a ON a.payment_id = p.id "
        "GROUP BY p.id HAVING p.amount_minor <> p.credit_minor + coalesce(sum(a.amount_minor), 0)"
    )
    for (payment,) in evidence.rows(payments):
        yield Breach(f"payment {payment}", "its parts and credit do not add up to it")
    debts = (
        "SELECT d.id FROM debt d LEFT JOIN allocation a ON a.debt_id = d.id GROUP BY d.id "
        "HAVING d.paid_minor <> d.opening_paid_minor + coalesce(sum(a.amount_minor), 0)"
    )
    for (debt,) in evidence.rows(debts):
        yield Breach(f"debt {debt}", "paid is not opening plus payments")
    yield from _provider_differs(evidence)


def _provider_differs(evidence: Evidence) -> Iterator[Breach]:
    if evidence.log is None:
        return
    paid = {
        entry["event"]["id"]: entry["event"]["amount"]
        for entry in evidence.log
        if isinstance(entry.get("event"), dict)
        and entry["event"].get("type") == "payment.succeeded"
    }
    ours = dict(
        evidence.rows("SELECT provider_ref, amount_minor FROM payment WHERE provider = 'sandbox'")
    )
    kept = {row[0] for row in evidence.rows("SELECT event_id FROM payment_notice")}
    for event, amount in paid.items():
        if event not in kept:
            yield Breach(f"payment event {event}", "was never stored")
        elif event in ours and ours[event] != amount:
            yield Breach(f"payment event {event}", "was applied with another amount")
    for event in ours.keys() - paid.keys():
        yield Breach(f"payment {event}", "the provider knows nothing of it")


def states_replay(evidence: Evidence) -> Iterator[Breach]:
    """A case's state is what its events lead to."""
    query = (
        "SELECT c.id, c.state, array_agg(e.event ORDER BY e.seq) FROM cases c "
        "JOIN case_event e ON e.case_id = c.id GROUP BY c.id"
    )
    for case, state, events in evidence.rows(query):
        try:
            replayed = replay(Event(event) for event in events if event in _MOVES)
        except IllegalMoveError as wrong:
            yield Breach(f"case {case}", str(wrong))
            continue
        if replayed != state:
            yield Breach(f"case {case}", f"is {state}, its events lead to {replayed}")
    for (case,) in evidence.rows(
        "SELECT id FROM cases c WHERE NOT EXISTS (SELECT FROM case_event e WHERE e.case_id = c.id)"
    ):
        yield Breach(f"case {case}", "has no events")


def paid_but_open(evidence: Evidence) -> Iterator[Breach]:
    """A case that owes nothing is closed."""
    query = (
        "SELECT c.id FROM cases c JOIN debt d ON d.case_id = c.id WHERE c.state <> 'closed' "
        "AND EXISTS (SELECT FROM payment p WHERE p.case_id = c.id) "
        "GROUP BY c.id HAVING sum(greatest(d.amount_minor - d.paid_minor, 0)) = 0"
    )
    for (case,) in evidence.rows(query):
        yield Breach(f"case {case}", "owes nothing and is not closed")
