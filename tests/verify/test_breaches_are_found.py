"""Each invariant, broken on purpose in the database or in the carrier's log, is reported."""

from __future__ import annotations

import copy
from typing import Any

import psycopg
import pytest
from lived_desk import Lived

from bot.app.verify.breach import Evidence
from bot.app.verify.checks import INVARIANTS, run_checks

Log = list[dict[str, Any]]

#: One more attempt of a case's first touch, as a touch of its own, `later` after the first.
ANOTHER = """
WITH old AS (
    SELECT t.*, a.at AS sent FROM touch t JOIN attempt a ON a.touch_id = t.id
    WHERE t.case_id = {case} ORDER BY t.id LIMIT 1
), fresh AS (
    INSERT INTO touch (key, case_id, debtor_id, portfolio_id, sender_id, contact_point_id, channel,
        purpose, script, script_version, segments, params, due_at, latest_at, state, created_at,
        updated_at)
    SELECT key || ':{later}', case_id, debtor_id, portfolio_id, sender_id, contact_point_id,
        channel, purpose, script, script_version, segments, params, due_at, latest_at, 'attempted',
        created_at, updated_at FROM old RETURNING id, case_id
)
INSERT INTO attempt (token, touch_id, case_id, debtor_id, contact_point_id, sender_id, channel,
    purpose, state, body_sealed, segments, at, called_at, updated_at)
SELECT 'another{later}', fresh.id, a.case_id, a.debtor_id, a.contact_point_id, a.sender_id,
    a.channel, a.purpose, 'unknown', a.body_sealed, a.segments, a.at + interval '{later}',
    a.called_at, a.updated_at
FROM fresh JOIN attempt a ON a.case_id = fresh.case_id ORDER BY a.id LIMIT 1
"""

NO_GUARD = "DROP INDEX attempt_once"

BANK_IMPORT = (
    "INSERT INTO bank_import (portfolio_id, bank, file_name, sha256, at)"
    " SELECT min(id), 'bank', 'f', 'x', now() FROM portfolio"
)
BANK_LINE = (
    "INSERT INTO bank_line (import_id, portfolio_id, creditor_key, identity_hash, line, paid_at,"
    " amount_minor, currency, said_sealed, state) SELECT id, portfolio_id, 'x', 'x', 1, at, 500,"
    " 'CNY', 'x', 'applied' FROM bank_import"
)
PLAN = (
    "INSERT INTO instalment_plan (case_id, state, currency, total_minor, schedule, proposed_at)"
    """ VALUES ({plain}, '%', 'CNY', 1, '[{{"due_on": "2026-04-01", "amount_minor": 1}}]', now())"""
)
ASKER = (
    "INSERT INTO collector (login, name, password_hash) VALUES ('asker', 'asker', 'x')"
    " ON CONFLICT DO NOTHING"
)
REDUCTION = (
    "INSERT INTO reduction (case_id, state, currency, amount_minor, reason, asked_by, asked_at)"
    " SELECT {plain}, '%', 'CNY', 1, 'other', id, now() FROM collector WHERE login = 'asker'"
)


def found(lived: Lived, statements: list[str], log: Log | None = None) -> dict[str, int]:
    """Breaches by invariant after `statements`, which are undone again."""
    with psycopg.connect(lived.url) as connection:
        for statement in statements:
            connection.execute(statement.format(**lived.cases))
        findings = run_checks(Evidence(connection, lived.log if log is None else log))
        connection.rollback()
    return {f.invariant.name: len(f.breaches) for f in findings if f.breaches}


def another(case: str, *laters: str) -> list[str]:
    """Statements that add attempts to a case."""
    return [
        ANOTHER.replace("{case}", "{" + case + "}").replace("{later}", later) for later in laters
    ]


def without_log(lived: Lived, statements: list[str]) -> dict[str, int]:
    """The same with the database alone."""
    with psycopg.connect(lived.url) as connection:
        for statement in statements:
            connection.execute(statement.format(**lived.cases))
        findings = run_checks(Evidence(connection, None))
        connection.rollback()
    return {f.invariant.name: len(f.breaches) for f in findings if f.breaches}


def changed(lived: Lived, kind: str, **fields: Any) -> Log:
    """The log with one entry of `kind` changed; a create is meant by `request`."""
    log = copy.deepcopy(lived.log)
    entry = next(e for e in log if e["kind"] == kind and (kind != "request" or e.get("sid")))
    entry.update(fields)
    return log


def test_a_life_without_a_breach_has_none(lived: Lived) -> None:
    assert found(lived, []) == {}
    assert without_log(lived, []) == {}
    kinds = {entry["kind"] for entry in lived.log}
    assert {"request", "inbound", "callback"} <= kinds
    assert any(isinstance(e.get("event"), dict) for e in lived.log)  # a payment was notified


#: A collector's call that rang at a debtor's, and the gate's leave for it.
DESK_CALL = (
    "INSERT INTO call (attempt_id, direction, sender_id, case_id, debtor_id, contact_point_id, state,"
    " outcome, placed_at, called_at, ended_at, dialed_at) SELECT a.id, 'desk', a.sender_id, a.case_id,"
    " a.debtor_id, a.contact_point_id, 'ended', 'answered', a.at, a.called_at,"
    " a.at + interval '5 minutes', a.at FROM attempt a WHERE a.case_id = {plain} ORDER BY a.id LIMIT 1"
)
LEAVE = (
    "INSERT INTO verdict (touch_id, case_id, stage, outcome, rule, pack, facts, at)"
    " SELECT a.touch_id, a.case_id, 'dial', 'allow', '', '', '{{}}', a.at - interval '1 day'"
    " FROM call c JOIN attempt a ON a.id = c.attempt_id"
)

BROKEN: list[tuple[str, str, list[str]]] = [
    (
        "hours",
        "an attempt recorded at night",
        ["UPDATE attempt SET at = '2026-03-10 23:30+08', token = 'night' WHERE id = 1"],
    ),
    ("caps", "a second SMS on one day", another("plain", "2 hours")),
    ("caps", "a fourth SMS in seven days", another("plain", "1 day", "2 days", "3 days")),
    ("opt_out", "a reminder after an opt-out", another("stopped", "1 day")),
    (
        "opt_out",
        "a second confirmation of one opt-out",
        [
            NO_GUARD,
            "INSERT INTO attempt (token, touch_id, case_id, debtor_id, contact_point_id, sender_id,"
            " channel, purpose, state, body_sealed, segments, at, called_at, updated_at) "
            "SELECT 'twice', touch_id, case_id, debtor_id, contact_point_id, sender_id, channel,"
            " purpose, 'unknown', body_sealed, segments, at, called_at, updated_at "
            "FROM attempt WHERE purpose = 'opt_out_confirmation' AND case_id = {stopped}",
        ],
    ),
    (
        "opt_out",
        "another number of a debtor who asked for no contact at all",
        [
            "UPDATE suppression SET channel = 'all'",
            "UPDATE debtor SET stop_all = true WHERE id = (SELECT debtor_id FROM cases"
            " WHERE id = {stopped})",
            "INSERT INTO contact_point (debtor_id, phone_sealed, phone_hash, phone_masked, kind,"
            " region, zones, owner, consent_voice) SELECT debtor_id, phone_sealed, 'x', '', kind,"
            " region, zones, owner, consent_voice FROM contact_point WHERE debtor_id ="
            " (SELECT debtor_id FROM cases WHERE id = {stopped})",
            *another("stopped", "1 day"),
            "UPDATE attempt SET contact_point_id = (SELECT max(id) FROM contact_point)"
            " WHERE token LIKE 'another%'",
        ],
    ),
    ("wrong_number", "a reminder to a number given up", another("wrong", "1 day")),
    ("deceased", "a reminder after a death", another("dead", "1 day")),
    ("quiet", "a reminder on a disputed case", another("disputed", "1 day")),
    ("quiet", "a reminder on a paid case", another("paid", "1 day")),
    (
        "stopped",
        "a message while everything was stopped",
        [
            "INSERT INTO halt (kind, reason, halted_at)"
            " SELECT 'switch', 'x', min(called_at) - interval '1 minute' FROM attempt"
        ],
    ),
    ("test_mode", "a test case at a live carrier", ["UPDATE sender SET kind = 'twilio'"]),
    (
        "once",
        "two attempts of one touch",
        [NO_GUARD, *another("plain", "2 days"), "UPDATE attempt SET touch_id = 1 WHERE id <> 1"],
    ),
    (
        "accounted",
        "an attempt whose sid the carrier does not know",
        ["UPDATE attempt SET provider_sid = 'SM00' WHERE id = 1"],
    ),
    (
        "accounted",
        "a message at the carrier whose attempt is gone",
        ["UPDATE attempt SET token = 'somebody else' WHERE id = 1"],
    ),
    ("desk_calls", "a call dialled without the gate's leave", [DESK_CALL]),
    (
        "desk_calls",
        "a call dialled at night",
        [DESK_CALL, LEAVE, "UPDATE call SET dialed_at = '2026-03-10 23:30+08'"],
    ),
    (
        "desk_calls",
        "a call that rang and does not count",
        [
            DESK_CALL,
            LEAVE,
            "UPDATE attempt SET state = 'refused' WHERE id = (SELECT attempt_id FROM call)",
        ],
    ),
    (
        "desk_calls",
        "a call that rang two telephones of debtors",
        [
            DESK_CALL,
            LEAVE,
            "INSERT INTO callback (provider_sid, status, attempt_id, received_at)"
            " SELECT 'CA' || n, 'ringing', attempt_id, placed_at FROM call, generate_series(1, 3) n",
        ],
    ),
    (
        "desk_calls",
        "a call while the bot was calling",
        [
            DESK_CALL,
            LEAVE,
            "INSERT INTO call (direction, sender_id, case_id, debtor_id, state, outcome, placed_at,"
            " called_at, ended_at) SELECT 'outbound', sender_id, case_id, debtor_id, 'ended', 'busy',"
            " placed_at, called_at, ended_at FROM call",
        ],
    ),
    ("replies", "a reply that was never read", ["UPDATE reply SET state = 'stored' WHERE id = 1"]),
    (
        "replies",
        "a reply that is not in the database",
        ["UPDATE reply SET provider_sid = 'SM00' WHERE id = 1"],
    ),
    (
        "replies",
        "a reply with two answers",
        ["UPDATE touch SET reply_id = 1 WHERE purpose = 'answer'"],
    ),
    ("money", "a payment that was not applied whole", ["UPDATE payment SET amount_minor = 1"]),
    ("money", "a debt that was paid by nobody", ["UPDATE debt SET paid_minor = 1 WHERE id = 1"]),
    (
        "money",
        "a payment the provider knows nothing of",
        ["UPDATE payment SET provider_ref = 'made up'"],
    ),
    ("money", "a notification that was never stored", ["DELETE FROM payment_notice"]),
    ("books", "a claim that is not in the books", ["DELETE FROM entry WHERE debt_id = 1"]),
    ("books", "a figure nobody posted", ["UPDATE debt SET waived_minor = 1 WHERE id = 1"]),
    (
        "books",
        "money that is not in the books",
        [
            "UPDATE entry SET amount_minor = amount_minor + 1 "
            "WHERE id = (SELECT max(id) FROM entry WHERE kind = 'payment')"
        ],
    ),
    ("books", "a fee on another account", ["UPDATE debt SET fee_owed_minor = 1 WHERE id = 1"]),
    ("notices", "a notice nobody acted on", ["UPDATE payment_notice SET outcome = 'stored'"]),
    (
        "paid",
        "a paid case that stays open",
        ["UPDATE cases SET state = 'active' WHERE id = {paid}"],
    ),
    (
        "merged",
        "a case merged into somebody else's, with all that stood there",
        ["UPDATE cases SET merged_into = {plain} WHERE id = {paid}"],
    ),
    ("states", "a state nobody moved to", ["UPDATE cases SET state = 'paused' WHERE id = {plain}"]),
    ("states", "a case without events", ["DELETE FROM case_event WHERE case_id = {plain}"]),
    (
        "states",
        "events the table does not allow",
        ["UPDATE case_event SET event = 'resumed' WHERE case_id = {plain}"],
    ),
    ("bank", "a line applied without a payment", [BANK_IMPORT, BANK_LINE]),
    (
        "bank",
        "a payment from a line that waits",
        [
            BANK_IMPORT,
            BANK_LINE.replace("'applied'", "'review'"),
            "INSERT INTO bank_share (payment_id, line_id) SELECT min(p.id), max(l.id) "
            "FROM payment p, bank_line l",
        ],
    ),
    ("plans", "an active plan that waits for nothing", [PLAN.replace("%", "active")]),
    (
        "plans",
        "an ended plan that still waits",
        [
            PLAN.replace("%", "broken"),
            "INSERT INTO promise (case_id, due_on, amount_minor, made_at)"
            " VALUES ({plain}, '2026-04-01', 1, now())",
            "INSERT INTO instalment (promise_id, plan_id, sequence) SELECT max(p.id), max(l.id), 1"
            " FROM promise p, instalment_plan l",
        ],
    ),
    (
        "plans",
        "parts that are not the whole",
        [PLAN.replace("%", "declined"), "UPDATE instalment_plan SET total_minor = 2"],
    ),
    ("reductions", "one applied that was never posted", [ASKER, REDUCTION.replace("%", "applied")]),
    ("reductions", "one granted by nobody", [ASKER, REDUCTION.replace("%", "granted")]),
    (
        "reductions",
        "a waiver no reduction stands behind",
        [
            "INSERT INTO entry (case_id, debt_id, debit, credit, amount_minor, currency, kind,"
            " source, key, at) SELECT c.id, min(d.id), 'waived', 'debt', 1, c.currency, 'waiver',"
            " 'reduction:999', 'waiver:reduction:999', now() FROM cases c"
            " JOIN debt d ON d.case_id = c.id WHERE c.id = {plain} GROUP BY c.id",
        ],
    ),
]

#: Broken in tests/calls/test_call_invariants.py, where calls are at hand.
OF_CALLS = {"calls", "known", "recorded", "ends"}


@pytest.mark.parametrize(
    ("invariant", "statements"),
    [(name, statements) for name, _, statements in BROKEN],
    ids=[f"{name}: {what}" for name, what, _ in BROKEN],
)
def test_a_breach_in_the_database_is_reported(
    lived: Lived, invariant: str, statements: list[str]
) -> None:
    assert invariant in found(lived, statements)


def test_a_message_the_carrier_took_at_night_is_reported_whatever_we_recorded(
    lived: Lived,
) -> None:
    log = changed(lived, "request", at="2026-03-10T22:30:00+08:00")
    assert found(lived, [], log) == {"hours": 1}


def test_two_messages_of_one_attempt_at_the_carrier_are_reported(lived: Lived) -> None:
    log = copy.deepcopy(lived.log)
    first = next(e for e in log if e["kind"] == "request" and e.get("sid"))
    log.append(first | {"sid": "SM" + "9" * 32})
    assert found(lived, [], log) == {"once": 1}


def test_two_attempts_of_one_touch_are_reported_though_we_believe_the_first_was_refused(
    lived: Lived,
) -> None:
    """The carrier's log says that it took both."""
    statements = [
        "UPDATE attempt SET state = 'refused' WHERE id = 1",
        "UPDATE attempt SET touch_id = (SELECT touch_id FROM attempt WHERE id = 1) WHERE id = 2",
    ]
    assert "once" in found(lived, statements)


def test_a_message_of_nobody_at_the_carrier_is_reported(lived: Lived) -> None:
    log = copy.deepcopy(lived.log)
    first = next(e for e in log if e["kind"] == "request" and e.get("sid"))
    log.append(first | {"sid": "SM" + "9" * 32, "attempt": None})
    assert found(lived, [], log) == {"accounted": 1}


def test_a_payment_applied_with_another_amount_than_the_provider_took_is_reported(
    lived: Lived,
) -> None:
    log = copy.deepcopy(lived.log)
    for entry in log:
        if isinstance(entry.get("event"), dict):
            entry["event"]["amount"] = 1
    assert "money" in found(lived, [], log)


def test_every_invariant_is_broken_by_some_test_here() -> None:
    broken = {name for name, _, _ in BROKEN} | OF_CALLS
    assert broken == {invariant.name for invariant in INVARIANTS}
