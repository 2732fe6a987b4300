"""Messages, replies and states: each counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.app.verify.breach import Breach, Evidence
from bot.domain.case_life import Event, IllegalMoveError, replay

_MOVES = {event.value for event in Event}


def touch_twice(evidence: Evidence) -> Iterator[Breach]:
    """Each touch is at most one message or call at the carrier."""
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
    """Each message or call at the carrier belongs to one attempt."""
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
        if entry.get("op") in {"create", "call"} and entry.get("sid")
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


#: What may not stand at a case that was merged, by the name it is told by.
_ALIVE = {
    "a debt": "debt WHERE case_id = c.id",
    "money": "payment WHERE case_id = c.id",
    "an entry of the books": "entry WHERE case_id = c.id",
    "a promise": "promise WHERE case_id = c.id",
    "a link": "payment_link WHERE case_id = c.id",
    "a hand-off": "handoff WHERE case_id = c.id AND state IN ('open', 'claimed')",
    "a planned touch": "touch WHERE case_id = c.id AND state = 'planned'",
    "a running call": "call WHERE case_id = c.id AND state <> 'ended'",
}


def merged_are_empty(evidence: Evidence) -> Iterator[Breach]:
    """All that is alive of a merged case stands at the other, which belongs to the same person."""
    for what, where in _ALIVE.items():
        query = f"SELECT c.id FROM cases c WHERE c.merged_into IS NOT NULL AND EXISTS (SELECT FROM {where})"
        for (case,) in evidence.rows(query):
            yield Breach(f"case {case}", f"was merged and still has {what}")
    strays = (
        "SELECT c.id FROM cases c JOIN cases k ON k.id = c.merged_into "
        "JOIN debtor d ON d.id = c.debtor_id "
        "WHERE k.merged_into IS NOT NULL OR d.merged_into IS DISTINCT FROM k.debtor_id "
        "OR (c.portfolio_id, c.currency) <> (k.portfolio_id, k.currency)"
    )
    for (case,) in evidence.rows(strays):
        yield Breach(f"case {case}", "was merged into a case that is not the same person's")


def paid_but_open(evidence: Evidence) -> Iterator[Breach]:
    """A case that owes nothing is closed."""
    query = (
        "SELECT c.id FROM cases c JOIN debt d ON d.case_id = c.id WHERE c.state <> 'closed' "
        "AND EXISTS (SELECT FROM payment p WHERE p.case_id = c.id) "
        "GROUP BY c.id HAVING sum(d.owed_minor) = 0"
    )
    for (case,) in evidence.rows(query):
        yield Breach(f"case {case}", "owes nothing and is not closed")
