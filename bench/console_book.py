"""A desk with a past: cases, open hand-offs and a timeline, filled by COPY and set-based SQL.

Names, phones and texts are sealed as the product seals them. Five timeline rows fall on a case: its
opening, and by turns touches with verdict and attempt, replies, promises, payments and notes. The
shares are those of a desk at work; the days reach back `Size.days` from now.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg

from bot.store.seal import Seal

BOOKS = 8
CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Size:
    """How large a desk."""

    cases: int
    handoffs: int
    timeline: int
    people: int
    days: int  #: how far the past reaches back

    @property
    def touches(self) -> int:
        """Each brings a verdict and an attempt; the rest of the timeline is a third of replies."""
        return max((self.timeline - self.cases) * 3 // 4 // 3, 1)

    @property
    def replies(self) -> int:
        """A quarter of what is left once every case is opened."""
        return max((self.timeline - self.cases) // 8, 1)

    @property
    def small(self) -> int:
        """Promises, payments and notes each."""
        return max((self.timeline - self.cases) // 24, 1)


FULL = Size(1_000_000, 20_000, 5_000_000, 20, 35)
MIDDLE = Size(200_000, 4_000, 1_000_000, 20, 35)
SMALL = Size(2_000, 60, 10_000, 3, 6)


class Progress:
    """One line that grows on a terminal, one line per step elsewhere."""

    def __init__(self, name: str, whole: int) -> None:
        self._name, self._whole, self._live = name, whole, sys.stderr.isatty()

    def tell(self, done: int) -> None:
        """So many of the whole."""
        share = done / self._whole
        if self._live:
            bar = "#" * round(share * 30)
            print(
                f"\r{self._name:<12}[{bar:<30}] {share:4.0%}", end="", file=sys.stderr, flush=True
            )
        if done >= self._whole:
            print(f"{chr(10) if self._live else ''}{self._name}: {self._whole:,}", file=sys.stderr)


_SENDER = """
INSERT INTO sender (code, kind, address, livemode, per_second)
VALUES ('bench', 'sandbox', '+12025550100', false, 100)
"""

_BOOKS = """
INSERT INTO portfolio (code, name, creditor, creditor_key, signature, zone, region, currency,
    cadence, packs, livemode, sender_id, phone, complaint_phone, payee_account, created_at)
SELECT 'book' || n, '消费贷' || n || '号', '晨光消费金融', 'chenguang', '晨光消费金融',
    'Asia/Shanghai', 'CN', 'CNY', 'consumer_loan', '{cn}', false, s.id, '400-000-1234',
    '400-000-5678', '晨光银行尾号8866', %(now)s
FROM sender s, generate_series(1, %(books)s) n
"""

_PEOPLE = """
CREATE UNLOGGED TABLE people (number int PRIMARY KEY, name bytea, phone bytea, hash bytea)
"""

_CASES = """
WITH who AS (
    INSERT INTO debtor (creditor_key, identity_hash, name_sealed, created_at)
    SELECT 'chenguang', hash, name, %(now)s FROM people
    WHERE number >= %(from)s AND number < %(to)s ORDER BY number RETURNING id, identity_hash
), point AS (
    INSERT INTO contact_point (debtor_id, phone_sealed, phone_hash, phone_masked, kind, region, zones)
    SELECT w.id, p.phone, p.hash, '138****' || lpad((p.number %% 10000)::text, 4, '0'), 'mobile',
        'CN', '{Asia/Shanghai}' FROM who w JOIN people p ON p.hash = w.identity_hash
), made AS (
    INSERT INTO cases (portfolio_id, debtor_id, currency, entered_at, next_check_at, late_count,
        event_seq, tier)
    SELECT (SELECT min(id) FROM portfolio) + w.id %% %(books)s, w.id, 'CNY',
        %(now)s - %(days)s * interval '1 day' - (w.id %% 24) * interval '1 hour',
        %(now)s + interval '1 day', 0, 1,
        (ARRAY['pre_due', 'd1_5', 'd6_20', 'd21_29', 'm2', 'm3'])[1 + w.id %% 6]
    FROM who w RETURNING id, portfolio_id, entered_at
), opened AS (
    INSERT INTO case_event (case_id, seq, at, event, state_before, state_after, actor)
    SELECT id, 1, entered_at, 'opened', '', 'active', 'import' FROM made
), owed AS (
    INSERT INTO debt (case_id, portfolio_id, contract, ref, due_on, amount_minor, updated_at)
    SELECT id, portfolio_id, 'HT' || lpad(id::text, 9, '0'), '1',
        (%(now)s::date - (ARRAY[-3, 2, 12, 25, 40, 70])[1 + id %% 6]), 100000 + (id * 7919) %% 700000,
        entered_at FROM made RETURNING id, case_id, amount_minor, updated_at
)
INSERT INTO entry (case_id, debt_id, debit, credit, amount_minor, currency, kind, source, key, at)
SELECT case_id, id, 'debt', 'charged', amount_minor, 'CNY', 'charged', 'bench', 'charged:' || id,
    updated_at FROM owed
"""

# A multiplier without a common factor spreads numbers over cases and hours.
_TOUCHES = """
WITH place AS (
    SELECT n, 1 + (n * 7919::bigint) %% %(cases)s AS nth,
        date_trunc('day', %(now)s) - ((n * 31) %% %(days)s) * interval '1 day'
            + (1 + (n * 17) %% 11) * interval '1 hour' + (n %% 3600) * interval '1 second' AS at
    FROM generate_series(%(from)s::bigint, %(to)s::bigint - 1) n
), told AS (
    INSERT INTO touch (key, case_id, debtor_id, portfolio_id, sender_id, contact_point_id, channel,
        purpose, script, script_version, tier, due_at, latest_at, state, created_at, updated_at)
    SELECT 'bench:' || p.n, c.id, c.debtor_id, c.portfolio_id, s.id, q.id, 'sms', 'reminder',
        'reminder.' || c.tier, 1 + (p.n %% 2)::int, c.tier, p.at, p.at, 'attempted', p.at, p.at
    FROM place p JOIN cases c ON c.id = p.nth JOIN contact_point q ON q.debtor_id = c.debtor_id,
        sender s RETURNING *
), judged AS (
    INSERT INTO verdict (touch_id, case_id, stage, outcome, rule, at)
    SELECT id, case_id, 'plan', CASE WHEN id %% 20 = 0 THEN 'defer' ELSE 'allow' END,
        CASE WHEN id %% 20 = 0 THEN 'cn.hours' ELSE '' END, due_at FROM told
)
INSERT INTO attempt (token, touch_id, case_id, debtor_id, contact_point_id, sender_id, channel,
    purpose, state, body_sealed, at, called_at, updated_at)
SELECT key, id, case_id, debtor_id, contact_point_id, sender_id, channel, purpose,
    CASE WHEN id %% 10 = 0 THEN 'undelivered' ELSE 'delivered' END, %(body)s, due_at, due_at, due_at
FROM told
"""

_REPLIES = """
INSERT INTO reply (provider_sid, channel, to_address, from_sealed, from_hash, body_sealed,
    received_at, handled_at, state, case_id, understanding)
SELECT 'SM' || n, 'sms', '+12025550100', %(body)s, '\\x00', %(body)s, w.at, w.at, 'handled',
    1 + (n * 7919::bigint) %% %(cases)s, jsonb_build_object('intents', jsonb_build_array(
        (ARRAY['promise_to_pay', 'dispute', 'question', 'hardship', 'other'])[1 + n %% 5]),
        'flags', '[]'::jsonb)
FROM generate_series(%(from)s::bigint, %(to)s::bigint - 1) n,
LATERAL (SELECT date_trunc('day', %(now)s) - ((n * 31) %% %(days)s) * interval '1 day'
    + (2 + (n * 17) %% 11) * interval '1 hour' AS at) w
"""

_PROMISES = """
INSERT INTO promise (case_id, due_on, amount_minor, paid_minor, state, made_at)
SELECT 1 + (n * 7919::bigint) %% %(cases)s, %(now)s::date - ((n * 31) %% %(days)s)::int + 2, 50000,
    (n %% 3) * 25000, (ARRAY['broken', 'partial', 'kept'])[1 + n %% 3],
    %(now)s - ((n * 31) %% %(days)s) * interval '1 day'
FROM generate_series(%(from)s::bigint, %(to)s::bigint - 1) n
"""

_PAYMENTS = """
WITH came AS (
    INSERT INTO payment (case_id, portfolio_id, amount_minor, currency, provider, provider_ref,
        paid_at, received_at)
    SELECT c.id, c.portfolio_id, 20000, 'CNY', 'sandbox', 'bench' || n, w.at, w.at
    FROM generate_series(%(from)s::bigint, %(to)s::bigint - 1) n
    JOIN cases c ON c.id = 1 + (n * 7919::bigint) %% %(cases)s,
    LATERAL (SELECT date_trunc('day', %(now)s) - ((n * 31) %% %(days)s) * interval '1 day'
        + interval '3 hours' AS at) w RETURNING *
), taken AS (
    UPDATE debt d SET paid_minor = d.paid_minor + m.amount FROM
        (SELECT case_id, sum(amount_minor) AS amount FROM came GROUP BY case_id) m
    WHERE d.case_id = m.case_id RETURNING d.id, d.case_id
)
INSERT INTO entry (case_id, debt_id, debit, credit, amount_minor, currency, kind, source, key, at)
SELECT m.case_id, t.id, 'received', 'debt', m.amount_minor, 'CNY', 'payment', 'payment:' || m.id,
    'payment:' || m.id, m.paid_at FROM came m JOIN taken t ON t.case_id = m.case_id
"""

_NOTES = """
INSERT INTO note (case_id, author_id, text_sealed, at)
SELECT 1 + (n * 7919::bigint) %% %(cases)s, (SELECT min(id) FROM collector), %(body)s,
    %(now)s - ((n * 31) %% %(days)s) * interval '1 day'
FROM generate_series(%(from)s::bigint, %(to)s::bigint - 1) n
"""

_HANDOFFS = """
INSERT INTO handoff (case_id, portfolio_id, reason, reasons, priority, opened_at, due_at, state)
SELECT c.id, c.portfolio_id, r.reason, jsonb_build_array(r.reason), 1 + (n %% 4)::int, w.at,
    w.at + interval '4 hours', 'open'
FROM generate_series(%(from)s::bigint, %(to)s::bigint - 1) n
JOIN cases c ON c.id = 1 + (n * 47::bigint) %% %(cases)s,
LATERAL (SELECT (ARRAY['dispute', 'hardship', 'complaint', 'unclear'])[1 + n %% 4] AS reason) r,
LATERAL (SELECT %(now)s - (n %% 72) * interval '1 hour' AS at) w
"""

# For every hand-off that waits, four that were claimed and closed before.
_CLOSED = """
INSERT INTO handoff (case_id, portfolio_id, reason, reasons, priority, opened_at, due_at, state,
    claimed_by, claimed_at, closed_at, outcome)
SELECT c.id, c.portfolio_id, r.reason, jsonb_build_array(r.reason), 1 + (n %% 4)::int, w.at,
    w.at + interval '4 hours', 'closed', k.id, w.at + (n %% 300) * interval '1 minute',
    w.at + interval '6 hours', 'returned'
FROM generate_series(%(from)s::bigint, %(to)s::bigint - 1) n
JOIN cases c ON c.id = 1 + (n * 53::bigint) %% %(cases)s,
(SELECT min(id) AS id FROM collector) k,
LATERAL (SELECT (ARRAY['dispute', 'hardship', 'complaint', 'unclear'])[1 + n %% 4] AS reason) r,
LATERAL (SELECT %(now)s - ((n * 31) %% %(days)s) * interval '1 day' AS at) w
"""


def fill(url: str, seal: Seal, size: Size, now: datetime) -> None:
    """The whole desk; hand-offs and notes need one collector to be there already."""
    with psycopg.connect(url, autocommit=True) as connection:
        # What is written holds together by construction: foreign keys are not asked row by row.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        values = {
            "now": now,
            "days": size.days,
            "books": BOOKS,
            "cases": size.cases,
            "body": seal.seal("【晨光消费金融】您的账单已到期，请按时还款。"),
        }
        connection.execute(_SENDER)
        connection.execute(_BOOKS, values)
        with _people(connection, seal, size.cases):
            _in_chunks(connection, "cases", _CASES, size.cases, values)
        for name, statement, count in (
            ("touches", _TOUCHES, size.touches),
            ("replies", _REPLIES, size.replies),
            ("promises", _PROMISES, size.small),
            ("payments", _PAYMENTS, size.small),
            ("notes", _NOTES, size.small),
            ("hand-offs", _HANDOFFS, size.handoffs),
            ("closed", _CLOSED, size.handoffs * 4),
        ):
            _in_chunks(connection, name, statement, count, values)
        connection.execute(
            "UPDATE cases SET state = 'handed_off' WHERE id IN (SELECT case_id FROM handoff)"
        )
        connection.execute("VACUUM ANALYZE")


def _in_chunks(
    connection: psycopg.Connection, name: str, statement: str, count: int, values: dict[str, object]
) -> None:
    progress = Progress(name, count)
    for first in range(0, count, CHUNK):
        last = min(first + CHUNK, count)
        connection.execute(statement, {**values, "from": first, "to": last})
        progress.tell(last)


@contextmanager
def _people(connection: psycopg.Connection, seal: Seal, count: int) -> Iterator[None]:
    connection.execute(_PEOPLE)
    progress, surnames = Progress("people", count), "赵钱孙李周吴郑王冯陈"
    phone: Callable[[int], str] = lambda number: f"+8613{number % 10}{number:08d}"  # noqa: E731
    with connection.cursor().copy("COPY people FROM STDIN (FORMAT BINARY)") as rows:
        rows.set_types(["int4", "bytea", "bytea", "bytea"])
        for number in range(count):
            text = phone(number)
            name = seal.seal(surnames[number % 10] + "试")
            rows.write_row((number, name, seal.seal(text), seal.index(text)))
            if number % CHUNK == CHUNK - 1 and number + 1 < count:
                progress.tell(number + 1)
    progress.tell(count)
    yield
    connection.execute("DROP TABLE people")
