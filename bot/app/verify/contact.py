"""Hours, caps, and silence after somebody asked for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.app.verify.breach import Breach, Evidence

#: Local hours by pack: opening, closing, whether the closing minute itself is still open.
#: cn: GB/T 45251-2025 and the banking association's guideline; us: 12 CFR 1006.6(b)(1); tw: the
#: authority's rule; hk and uk: product choices.
HOURS = {
    "cn": (time(8), time(22), False),
    "us": (time(8), time(21), True),
    "tw": (time(7), time(22), False),
    "hk": (time(8), time(21), False),
    "uk": (time(8), time(21), False),
}

#: An answer may follow the debtor's own message at any hour, this long (product choice).
ANSWER_WITHIN = timedelta(minutes=30)

_INITIATED = ["welcome", "reminder", "promise_reminder", "promise_broken", "call_back", "collector"]

_SENT = """
SELECT a.id, a.at, a.purpose, cp.zones, p.packs, a.debtor_id, p.zone, a.channel,
       d.agreed_from, d.agreed_to,
       (SELECT max(r.received_at) FROM reply r
        WHERE r.debtor_id = a.debtor_id AND r.received_at <= a.at), a.token
FROM attempt a
JOIN touch t ON t.id = a.touch_id
JOIN portfolio p ON p.id = t.portfolio_id
JOIN contact_point cp ON cp.id = a.contact_point_id
JOIN debtor d ON d.id = a.debtor_id
WHERE a.state <> 'refused' ORDER BY a.debtor_id, a.at
"""


def outside_hours(evidence: Evidence) -> Iterator[Breach]:
    """No contact outside the hours of any pack in any zone the number may lie in.

    The instant is the carrier's where its log is at hand, else the one we recorded.
    """
    carried = {
        entry["attempt"]: datetime.fromisoformat(entry["at"])
        for entry in evidence.of_kind("request")
        if entry.get("op") in {"create", "call"} and entry.get("sid")
    }
    for row in evidence.rows(_SENT):
        attempt, at, purpose, zones, packs, _, _, _, agreed_from, agreed_to, said, token = row
        at = carried.get(token, at)
        if purpose in {"answer", "opt_out_confirmation"} and said and at - said <= ANSWER_WITHIN:
            continue
        for zone in zones:
            local = at.astimezone(ZoneInfo(zone))
            if agreed_from is not None and agreed_from <= local.hour < agreed_to:
                continue
            if closed_by(packs, local):
                yield Breach(f"attempt {attempt}", f"sent at {local:%H:%M} in {zone}")


def closed_by(packs: Iterable[str], local: datetime) -> bool:
    """Whether any of the packs is closed at that local time."""
    return any(_closed(local, HOURS[pack]) for pack in packs if pack in HOURS)


def _closed(local: datetime, hours: tuple[time, time, bool]) -> bool:
    opens, closes, inclusive = hours
    now = local.time()
    late = now > closes if inclusive else now >= closes
    return now < opens or late


def over_caps(evidence: Evidence) -> Iterator[Breach]:
    """At most one SMS a day and three in seven days to a debtor, where the pack is cn."""
    by_debtor: dict[int, list[tuple[int, datetime, str]]] = defaultdict(list)
    for row in evidence.rows(_SENT):
        attempt, at, purpose, zones, packs, debtor, zone, channel = row[:8]
        if purpose in _INITIATED and channel == "sms" and "cn" in packs:
            days_in = zones[0] if len(zones) == 1 else zone
            by_debtor[debtor].append((attempt, at, days_in))
    for contacts in by_debtor.values():
        yield from _crowded(contacts)


def _crowded(contacts: list[tuple[int, datetime, str]]) -> Iterator[Breach]:
    for (_, first, zone), (attempt, second, _) in pairwise(contacts):
        where = ZoneInfo(zone)
        if first.astimezone(where).date() == second.astimezone(where).date():
            yield Breach(f"attempt {attempt}", "a second SMS on one day")
    for index, (attempt, at, _) in enumerate(contacts[3:]):
        if at - contacts[index][1] < timedelta(days=7):
            yield Breach(f"attempt {attempt}", "a fourth SMS within seven days")


#: What was known of one debtor counts for another only since the two were merged into one.
_ONE_PERSON = (
    "coalesce((SELECT max(m.merged_at) FROM debtor m WHERE m.merged_into = d.id), '-infinity')"
)

_AFTER_OPT_OUT = f"""
SELECT a.id, a.purpose, s.id FROM suppression s
JOIN contact_point cp ON cp.phone_hash = s.phone_hash
JOIN debtor d ON d.id = cp.debtor_id AND d.creditor_key = s.creditor_key
JOIN attempt a ON a.state <> 'refused' AND (a.contact_point_id = cp.id
    OR (s.channel = 'all' AND d.stop_all AND a.debtor_id = d.id AND a.at > {_ONE_PERSON}))
WHERE s.channel IN ('all', a.channel) AND a.at > s.at
  AND a.at < coalesce(s.lifted_at, 'infinity') AND s.source <> 'carrier'
ORDER BY s.id, a.at
"""


def after_opt_out(evidence: Evidence) -> Iterator[Breach]:
    """After an opt-out only its confirmation, once for each message that asked."""
    for attempt, purpose, _ in evidence.rows(_AFTER_OPT_OUT):
        if purpose != "opt_out_confirmation":
            yield Breach(f"attempt {attempt}", f"{purpose} after an opt-out")
    yield from _twice(evidence, "opt_out_confirmation")


def _twice(evidence: Evidence, purpose: str) -> Iterator[Breach]:
    query = (
        "SELECT t.reply_id, count(*) FROM attempt a JOIN touch t ON t.id = a.touch_id "
        "WHERE a.purpose = %s AND a.state <> 'refused' GROUP BY t.reply_id HAVING count(*) > 1"
    )
    for reply, times in evidence.rows(query, purpose):
        yield Breach(f"reply {reply}", f"{times} confirmations")


_AFTER_WRONG = """
SELECT a.id, a.purpose, t.script, cp.id FROM contact_point cp
JOIN attempt a ON a.contact_point_id = cp.id JOIN touch t ON t.id = a.touch_id
WHERE cp.disabled IS NOT NULL AND a.at > cp.disabled_at AND a.state <> 'refused'
ORDER BY cp.id, a.at
"""

#: What may still be said to a number that was given up, once: none of it speaks of money.
_LAST_WORDS = frozenset(
    {"answer.wrong_person", "answer.opt_out", "answer.deceased", "answer.complaint"}
)


def after_wrong_number(evidence: Evidence) -> Iterable[Breach]:
    """A number given up is never used again, but for the one word that says so."""
    apologised: set[int] = set()
    for attempt, purpose, script, point in evidence.rows(_AFTER_WRONG):
        if script not in _LAST_WORDS:
            yield Breach(f"attempt {attempt}", f"{purpose} to a number that was given up")
        elif point in apologised:
            yield Breach(f"attempt {attempt}", "a second apology to a number that was given up")
        apologised.add(point)


_AFTER_DEATH = f"""
SELECT a.id, a.purpose FROM debtor d
JOIN attempt a ON a.debtor_id = d.id AND a.state <> 'refused'
WHERE d.deceased AND a.purpose = ANY(%s) AND a.at > {_ONE_PERSON} AND a.at > (
    SELECT min(h.opened_at) FROM handoff h JOIN cases c ON c.id = h.case_id
    WHERE c.debtor_id = d.id AND h.reasons ? 'deceased')
"""


def after_death(evidence: Evidence) -> Iterable[Breach]:
    """Nothing the desk starts by itself after a death was reported."""
    for attempt, purpose in evidence.rows(_AFTER_DEATH, _INITIATED):
        yield Breach(f"attempt {attempt}", f"{purpose} after a death was reported")


_QUIET = """
SELECT a.id, a.purpose, e.state_after, a.case_id FROM attempt a
JOIN LATERAL (
    SELECT state_after FROM case_event e
    WHERE e.case_id = a.case_id AND e.at < a.at ORDER BY e.seq DESC LIMIT 1
) e ON true
WHERE a.purpose = ANY(%s) AND a.state <> 'refused'
  AND e.state_after IN ('disputed', 'paused', 'handed_off', 'closed')
"""


def while_quiet(evidence: Evidence) -> Iterable[Breach]:
    """Nothing the desk starts by itself on a disputed, handed-off, paused or paid case."""
    automatic = [purpose for purpose in _INITIATED if purpose != "collector"]
    for attempt, purpose, state, case in evidence.rows(_QUIET, automatic):
        yield Breach(f"attempt {attempt} of case {case}", f"{purpose} while {state}")


def test_mode_live(evidence: Evidence) -> Iterable[Breach]:
    """Nothing of a test-mode portfolio goes out by a live sender."""
    query = (
        "SELECT a.id FROM attempt a JOIN touch t ON t.id = a.touch_id "
        "JOIN portfolio p ON p.id = t.portfolio_id JOIN sender s ON s.id = a.sender_id "
        "WHERE NOT p.livemode AND (s.livemode OR s.kind <> 'sandbox')"
    )
    for (attempt,) in evidence.rows(query):
        yield Breach(f"attempt {attempt}", "test mode at a live carrier")


# Two machines' clocks may differ by a little; both instants are real time.
_STOPPED = """
SELECT a.id, h.id FROM halt h JOIN attempt a ON a.called_at > h.halted_at + interval '2 seconds'
  AND a.called_at < coalesce(h.lifted_at, 'infinity')
JOIN touch t ON t.id = a.touch_id
WHERE a.state <> 'refused' AND (h.portfolio_id IS NULL OR h.portfolio_id = t.portfolio_id)
ORDER BY a.id
"""


def while_stopped(evidence: Evidence) -> Iterator[Breach]:
    """Nothing is handed to a carrier between a stop and its end."""
    for attempt, halt in evidence.rows(_STOPPED):
        yield Breach(f"attempt {attempt}", f"sent while stop {halt} stood")
