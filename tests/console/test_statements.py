"""However much there is, a page takes the same statements, and each finds its rows by an index."""

from __future__ import annotations

import pytest
from desk_kit import DeskInHand
from scene import Browser, add_person, handed_off
from statements import Statement, end_to_end, statements

#: Copies of a table's first row, with other ids.
COPIES = """
INSERT INTO {table} SELECT (jsonb_populate_record(null::{table}, to_jsonb(t) || jsonb_build_object(
    'id', t.id + n * 1000{changed}))).*
FROM (SELECT * FROM {table} ORDER BY id LIMIT 1) t, generate_series(%s::int, %s::int) n
"""

#: What of a row must differ in each copy.
DIFFERENT = {
    "debtor": ", 'identity_hash', 'copy' || n",
    "cases": ", 'debtor_id', t.debtor_id + n * 1000",
    "handoff": ", 'case_id', t.case_id + n * 1000, 'state', 'open', 'claimed_by', null",
    "note": "",
    "touch": ", 'key', 'copy' || n",
    "attempt": ", 'touch_id', t.touch_id + n * 1000, 'token', 'copy' || n, 'provider_sid', null",
    "reply": ", 'provider_sid', 'copy' || n",
    "call": ", 'attempt_id', null, 'provider_sid', null",
}


def copies(desk: DeskInHand, first: int, last: int) -> None:
    """More of everything a page lists."""
    for table, changed in DIFFERENT.items():
        desk.sql(COPIES.format(table=table, changed=changed), first, last)


@pytest.fixture
def case(desk: DeskInHand) -> int:
    """A case with something of everything."""
    add_person(desk, role="lead")
    found = handed_off(desk, "明天下午还500，我要找人工客服")
    desk.sql(
        "INSERT INTO note (case_id, author_id, text_sealed, at) SELECT %s, id, %s, now() "
        "FROM collector",
        *(found, desk.product.seal.seal("又打了一次电话")),
    )
    desk.sql(
        "INSERT INTO call (sender_id, direction, case_id, debtor_id, state, outcome, placed_at, "
        "called_at, ended_at) SELECT 1, 'outbound', id, debtor_id, 'ended', 'busy', now(), now(), "
        "now() FROM cases"
    )
    return found


def test_fifty_of_everything_take_the_statements_five_take_and_none_reads_a_table_from_end_to_end(
    desk: DeskInHand, case: int
) -> None:
    browser = Browser(desk)
    browser.log_in()
    pages = {
        "queue": "/",
        "case": f"/cases/{case}",
        "dashboard": "/dashboard?mode=test&period=30d",
        "team": "/team",
        "audit": "/audit",
    }

    def sent_by_all() -> dict[str, list[Statement]]:
        for path in pages.values():
            assert browser.get(path).status_code == 200, path
        return {
            name: statements(lambda path=path: browser.get(path))  # type: ignore[misc]
            for name, path in pages.items()
        }

    copies(desk, 1, 4)
    few = sent_by_all()
    copies(desk, 5, 49)
    many = sent_by_all()
    browser.get("/")
    assert browser.page.count("/console/cases/") >= 50
    assert {name: len(sent) for name, sent in many.items()} == {
        name: len(sent) for name, sent in few.items()
    }
    url = str(desk.product.pool.conninfo)
    assert {name: end_to_end(url, sent) for name, sent in many.items()} == {
        name: set() for name in pages
    }
