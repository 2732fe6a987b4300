"""A book of invented cases on an embedded database, made by set-based SQL.

Every case has something to be said today. Names and numbers are sealed as the import seals them.
A database is cloned for every round, so that no round finds what the one before left behind.
"""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bot.app.database import make_engine, reach_database
from bot.app.migrate import upgrade
from bot.app.settings import Settings, load_settings
from bot.store.seal import Seal

#: The day everything happens on; a Tuesday.
TODAY = date(2026, 3, 10)

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "sandbox-bench-token"
SENDER = "+12025550100"
_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

#: Days past due on which the consumer-loan cadence writes an SMS, one after the other.
EVERY_TIER = (-1, 0, 2, 10, 21, 37)


def shanghai(hour: int, minute: int = 0) -> datetime:
    """An hour of TODAY in Shanghai, as UTC."""
    return datetime.combine(TODAY, time(hour, minute), UTC) - timedelta(hours=8)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_for(data: Path, port: int, sandbox_url: str = "http://127.0.0.1:1") -> Settings:
    """The product's settings on a bench."""
    return load_settings(environment(data, port, sandbox_url))


def environment(data: Path, port: int, sandbox_url: str) -> dict[str, str]:
    """The same as environment variables."""
    return {
        "YUEHUAN_DATA": str(data),
        "PORT": str(port),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "a secret of at least thirty-two characters",
        "FIELD_KEY": _KEY,
        "HASH_KEY": _KEY,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_BASE_URL": sandbox_url,
    }


@dataclass
class Databases:
    """The embedded server of one bench and its databases."""

    url: str
    folder: Path
    _made: int = field(default=0)

    def empty(self, name: str) -> str:
        """A migrated database; returns its URL."""
        self._admin(f"CREATE DATABASE {name}")
        url = self.named(name)
        engine = make_engine(url, size=2, name="bench")
        upgrade(engine)
        engine.dispose()
        return url

    def named(self, name: str) -> str:
        """URL of a database of this server."""
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """A clone of `name`, dropped afterwards; nobody may be connected to `name`."""
        self._made += 1
        clone = f"{name}_{self._made}"
        try:
            yield self.clone(name, clone)
        finally:
            self._admin(f"DROP DATABASE {clone} WITH (FORCE)")

    def clone(self, name: str, clone: str) -> str:
        """A database with all that `name` holds, to which nobody may be connected."""
        self._admin(f"CREATE DATABASE {clone} TEMPLATE {name} STRATEGY file_copy")
        return self.named(clone)

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def databases() -> Iterator[Databases]:
    """An embedded server as the product starts it, with crash safety on."""
    # Directly under the temporary folder: the account that root lends to PostgreSQL enters it.
    with tempfile.TemporaryDirectory(prefix="yuehuan-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with reach_database(None, folder / "data") as url:
            yield Databases(url, folder)


_SENDER = """
INSERT INTO sender (code, kind, address, livemode, per_second)
VALUES ('bench', 'sandbox', %s, false, 1000000)
"""

_PORTFOLIO = """
INSERT INTO portfolio (code, name, creditor, creditor_key, signature, zone, region, currency,
    cadence, packs, livemode, sender_id, phone, complaint_phone, payee_account, created_at)
SELECT 'loans', '消费贷', '晨光消费金融', 'chenguang', '晨光消费金融', 'Asia/Shanghai', 'CN', 'CNY',
    'consumer_loan', '{cn}', false, id, '400-000-1234', '400-000-5678', '晨光银行尾号8866', %s
FROM sender
"""

_DEBTORS = """
INSERT INTO debtor (creditor_key, identity_hash, name_sealed, created_at)
SELECT 'chenguang', phone_hash, name_sealed, %s FROM people ORDER BY number
"""

_POINTS = """
INSERT INTO contact_point (debtor_id, phone_sealed, phone_hash, phone_masked, kind, region, zones)
SELECT d.id, p.phone_sealed, p.phone_hash, '138****' || lpad((p.number %% 10000)::text, 4, '0'),
    'mobile', 'CN', '{Asia/Shanghai}'
FROM people p JOIN debtor d ON d.identity_hash = p.phone_hash ORDER BY d.id
"""

_CASES = """
INSERT INTO cases (portfolio_id, debtor_id, currency, entered_at, next_check_at, late_count,
    event_seq)
SELECT p.id, d.id, 'CNY', %(at)s - interval '90 days', %(at)s - interval '10 minutes', 0, 1
FROM debtor d, portfolio p ORDER BY d.id
"""

# One open instalment that is due by the case's turn, and for every second case the next one.
_DEBTS = """
INSERT INTO debt (case_id, portfolio_id, contract, ref, sequence, due_on, amount_minor, updated_at)
SELECT c.id, c.portfolio_id, 'HT' || lpad(c.id::text, 8, '0'), n::text, n + 2,
    %(today)s::date - (%(days)s::int[])[1 + c.id %% cardinality(%(days)s::int[])] + 30 * (n - 1),
    150000 + (c.id * 7919 + n) %% 700000, %(at)s
FROM cases c CROSS JOIN generate_series(1, 2) n WHERE n = 1 OR c.id %% 2 = 0 ORDER BY c.id, n
"""

# Every claim stands in the books, as the import writes them.
_BOOKS = """
INSERT INTO entry (case_id, debt_id, debit, credit, amount_minor, currency, kind, source, key, at)
SELECT d.case_id, d.id, 'debt', 'charged', d.amount_minor, c.currency, 'charged', 'bench',
    'charged:' || d.id || ':debt', %(at)s FROM debt d JOIN cases c ON c.id = d.case_id ORDER BY d.id
"""

# What the ladder sent before: on day 6 to those who are at day 10, on day 30 to those at day 37.
_EARLIER = """
WITH late AS (
    SELECT c.id, c.portfolio_id, c.debtor_id, d.due_on, point.id AS point,
        CASE %(today)s::date - d.due_on WHEN 10 THEN 6 ELSE 30 END AS day
    FROM cases c JOIN debt d ON d.case_id = c.id AND d.ref = '1'
    JOIN contact_point point ON point.debtor_id = c.debtor_id
    WHERE %(today)s::date - d.due_on IN (10, 37)
), told AS (
    INSERT INTO touch (key, case_id, debtor_id, portfolio_id, sender_id, contact_point_id, channel,
        purpose, script, script_version, tier, rule, anchor, day, due_at, latest_at, state,
        created_at, updated_at)
    SELECT 'earlier:' || l.id, l.id, l.debtor_id, l.portfolio_id, s.id, l.point, 'sms', 'reminder',
        'reminder.d6_20', 1, CASE day WHEN 6 THEN 'd6_20' ELSE 'm2' END,
        CASE day WHEN 6 THEN 'd6_20' ELSE 'm2' END, due_on, day, sent, sent, 'attempted', sent, sent
    FROM late l, sender s, LATERAL (SELECT (due_on + day)::timestamptz + interval '6 hours') w(sent)
    RETURNING *
)
INSERT INTO attempt (token, touch_id, case_id, debtor_id, contact_point_id, sender_id, channel,
    purpose, state, body_sealed, at, called_at, updated_at)
SELECT 'earlier-' || id, id, case_id, debtor_id, contact_point_id, sender_id, channel, purpose,
    'delivered', '\\x00', due_at, due_at, due_at FROM told
"""


def fill(url: str, seal: Seal, cases: int, days: Sequence[int] = EVERY_TIER) -> None:
    """`cases` (at most 100,000) cases of one portfolio, due for a look since ten minutes.

    `days` are the days past due, dealt out in turn.
    """
    values = {"at": shanghai(0, 10), "today": TODAY, "days": list(days)}
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.transaction():
            connection.execute(_SENDER, [SENDER])
            connection.execute(_PORTFOLIO, [values["at"]])
            _people(connection, seal, cases)
            connection.execute(_DEBTORS, [values["at"]])
            connection.execute(_POINTS.replace("%%", "%"))
            for statement in (_CASES, _DEBTS, _BOOKS, _EARLIER):
                connection.execute(statement, values)
        connection.execute("VACUUM ANALYZE")


def _people(connection: psycopg.Connection, seal: Seal, count: int) -> None:
    connection.execute(
        "CREATE TEMP TABLE people (number int, name_sealed bytea, phone_sealed bytea, "
        "phone_hash bytea) ON COMMIT DROP"
    )
    surnames = "赵钱孙李周吴郑王冯陈"
    with connection.cursor().copy("COPY people FROM STDIN (FORMAT BINARY)") as rows:
        rows.set_types(["int4", "bytea", "bytea", "bytea"])
        for number in range(count):
            phone = f"+86138001{number:05d}"
            name = surnames[number % 10] + "试"
            rows.write_row((number, seal.seal(name), seal.seal(phone), seal.index(phone)))
