"""What `yuehuan verify` says of calls: nothing of good ones, and each promise broken on purpose."""

from __future__ import annotations

import pytest
from call_kit import KNOWN, act, called, settle, sid_of, talk
from desk_kit import DeskInHand

from bot.app.verify.breach import Evidence
from bot.app.verify.checks import run_checks
from bot.app.verify.log import read_log

#: One more call of the case, `later` after the first.
MORE = """
WITH old AS (SELECT * FROM touch WHERE channel = 'voice' ORDER BY id LIMIT 1), fresh AS (
    INSERT INTO touch (key, case_id, debtor_id, portfolio_id, sender_id, contact_point_id, channel,
        purpose, script, script_version, segments, params, due_at, latest_at, state, created_at,
        updated_at)
    SELECT key || ':' || n, case_id, debtor_id, portfolio_id, sender_id, contact_point_id, channel,
        purpose, script, script_version, segments, params, due_at, latest_at, 'attempted',
        created_at, updated_at FROM old, generate_series(1, {times}) n RETURNING id
), tried AS (
    INSERT INTO attempt (token, touch_id, case_id, debtor_id, contact_point_id, sender_id, channel,
        purpose, state, body_sealed, segments, at, called_at, updated_at, connected)
    SELECT 'more' || f.id, f.id, a.case_id, a.debtor_id, a.contact_point_id, a.sender_id, a.channel,
        a.purpose, 'delivered', a.body_sealed, 1, a.at + {later} * (f.id - (SELECT min(id) FROM fresh) + 1), a.called_at,
        a.updated_at, {connected}
    FROM fresh f, (SELECT * FROM attempt WHERE channel = 'voice' ORDER BY id LIMIT 1) a
    RETURNING id, case_id, debtor_id, contact_point_id, sender_id, at
)
INSERT INTO call (attempt_id, case_id, debtor_id, contact_point_id, sender_id, state, outcome,
    placed_at, ended_at, called_at)
SELECT id, case_id, debtor_id, contact_point_id, sender_id, 'ended', 'answered', at, at, at
FROM tried
"""


def more(times: int, later: str = "interval '1 minute'", *, connected: bool = True) -> str:
    return MORE.format(times=times, later=later, connected=connected)


def broken(desk: DeskInHand, *statements: str, log: bool = True) -> dict[str, int]:
    """Breaches by invariant after the statements."""
    with desk.product.pool.connection() as connection:
        for statement in statements:
            connection.execute(statement.encode())
        told = read_log(desk.sandbox.url, None) if log else None
        findings = run_checks(Evidence(connection, told))
        connection.rollback()
    return {f.invariant.name: len(f.breaches) for f in findings if f.breaches}


@pytest.fixture
def lived(desk: DeskInHand) -> DeskInHand:
    """A desk with one call that came to a promise, recorded and ended."""
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer")
    talk(desk, sid, *KNOWN, "2", "0315", "1", "1")
    act(desk, sid, "hangup")
    settle(desk)
    return desk


US = "UPDATE portfolio SET packs = ARRAY['us']"
THIRD = "UPDATE portfolio SET collector_kind = 'third_party'"


def test_a_good_call_breaks_nothing_and_each_broken_promise_is_found(lived: DeskInHand) -> None:
    assert broken(lived) == {}
    assert broken(lived, more(2), log=False) == {}
    assert broken(lived, more(3), log=False) == {"calls": 1}
    assert broken(lived, more(6, connected=False), log=False) == {}
    assert broken(lived, more(7, connected=False), log=False) == {"calls": 1}
    day = "interval '10 hours'"
    assert "calls" not in broken(lived, US, more(6, day, connected=False), log=False)
    assert broken(lived, US, more(7, day, connected=False), log=False)["calls"] == 1
    silence = broken(lived, US, THIRD, more(1, "interval '2 days'", connected=False), log=False)
    assert silence["calls"] == 1
    assert broken(lived, "UPDATE call_turn SET detail = true") == {"known": 2}
    assert broken(lived, "UPDATE call SET notice_at = NULL") == {"recorded": 1}
    assert broken(lived, "UPDATE call SET outcome = NULL") == {"ends": 1}
    assert broken(lived, "DELETE FROM call_turn WHERE number = 2") == {"ends": 1}
    assert "once" in broken(
        lived, "DROP INDEX attempt_once", more(1, connected=False).replace("SELECT 'more' || f.id, f.id", "SELECT 'more' || f.id, a.touch_id"), log=False
    )  # fmt: skip
    late = "UPDATE attempt SET at = at + interval '9 hours'"
    assert "hours" in broken(lived, late, log=False)
