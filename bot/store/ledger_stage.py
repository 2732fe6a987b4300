"""A ledger file's rows on their way into the books: temporary tables of one connection.

The body of a row is sealed as a whole, so that no personal data rests in clear in the database's
temporary files either.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from bot.domain.ledger.rows import LedgerRow, Note, Outcome, customer_identity, name_key
from bot.domain.phone import Phone
from bot.domain.vocabulary import PhoneKind
from bot.flows.ports.ledger import StagedBatch
from bot.store.seal import Seal

_BEGIN = """
DROP TABLE IF EXISTS ledger_stage, ledger_batch, ledger_listed, ledger_note;
CREATE TEMP TABLE ledger_stage (
    line int, contract text, ref text, name_key bytea, customer bytea, body bytea);
CREATE TEMP TABLE ledger_listed (contract text);
CREATE TEMP TABLE ledger_note (
    line int, "column" text, value text, outcome text, code text, details jsonb);
"""

# A contract or a customer number belongs to the name that first stands beside it. All rows of a
# name share a batch: the batch of its first row.
_ARRANGE = """
CREATE TEMP TABLE ledger_batch AS
WITH ranked AS (
    SELECT line, body, name_key, customer,
        first_value(name_key) OVER by_contract AS contract_name,
        first_value(line) OVER by_contract AS contract_line,
        first_value(name_key) OVER by_customer AS customer_name,
        first_value(line) OVER by_customer AS customer_line,
        row_number() OVER (ORDER BY name_key, line) - 1 AS place
    FROM ledger_stage
    WINDOW by_contract AS (PARTITION BY contract ORDER BY line),
           by_customer AS (PARTITION BY customer ORDER BY line))
SELECT line, body,
    CASE WHEN contract_name <> name_key THEN contract_line END AS foreign_contract,
    CASE WHEN customer IS NOT NULL AND customer_name <> name_key
         THEN customer_line END AS foreign_customer,
    dense_rank() OVER (ORDER BY chunk) - 1 AS batch
FROM (SELECT *, min(place) OVER (PARTITION BY name_key) / %s AS chunk FROM ranked) AS chunked
"""

_SETTLE_DOWN = """
CREATE INDEX ON ledger_batch (batch);
CREATE INDEX ON ledger_stage (contract, ref);
ANALYZE ledger_batch; ANALYZE ledger_stage; ANALYZE ledger_listed;
"""

_BATCH = """
SELECT body, line, foreign_contract, foreign_customer FROM ledger_batch
WHERE batch = %s ORDER BY line
"""

_NOTES = """
SELECT line, "column", value, outcome, code, details FROM ledger_note
ORDER BY line = 0, line, ctid
"""


class LedgerStaging:
    """The stage of one import on `connection`, which must be in autocommit mode."""

    def __init__(self, connection: Connection[Any], seal: Seal) -> None:
        self._connection = connection
        self._seal = seal

    def begin(self) -> None:
        """An empty stage."""
        self._connection.execute(_BEGIN)

    def add_rows(self, rows: Sequence[LedgerRow]) -> None:
        """Stage good rows."""
        index, seal = self._seal.index, self._seal.seal
        with (
            self._connection.cursor() as cursor,
            cursor.copy("COPY ledger_stage FROM STDIN (FORMAT binary)") as copy,
        ):
            copy.set_types(("int4", "text", "text", "bytea", "bytea", "bytea"))
            for row in rows:
                number = row.customer_no
                customer = index(customer_identity(number)) if number else None
                name = index(f"name:{name_key(row.name)}")
                copy.write_row(
                    (row.line, row.contract, row.ref, name, customer, seal(to_text(row)))
                )

    def add_listed(self, contracts: Sequence[str]) -> None:
        """Contracts that rejected rows name."""
        if contracts:
            self._connection.execute(
                "INSERT INTO ledger_listed SELECT unnest(%s::text[])", [list(contracts)]
            )

    def add_notes(self, notes: Sequence[Note]) -> None:
        """Keep lines for the report."""
        if not notes:
            return
        with (
            self._connection.cursor() as cursor,
            cursor.copy("COPY ledger_note FROM STDIN") as copy,
        ):
            for n in notes:
                details = Jsonb(dict(n.details))
                copy.write_row((n.line, n.column, n.value, n.outcome.value, n.code, details))

    def arrange(self, size: int) -> int:
        """Sort the rows into batches of about `size`; returns how many there are."""
        self._connection.execute(_ARRANGE.replace("%s", str(int(size))))
        self._connection.execute(_SETTLE_DOWN)
        found = self._connection.execute("SELECT max(batch) + 1 FROM ledger_batch").fetchone()
        return (found[0] or 0) if found else 0

    def batch(self, number: int) -> StagedBatch:
        """Batch 0, 1, …"""
        with self._connection.cursor(binary=True) as cursor:
            found = cursor.execute(_BATCH, [number]).fetchall()
        return StagedBatch(
            rows=[from_text(self._seal.open(body)) for body, *_ in found],
            foreign_contracts={line: other for _, line, other, _ in found if other is not None},
            foreign_customers={
                line: other
                for _, line, contract, other in found
                if other is not None and contract is None
            },
        )

    def notes(self) -> Iterator[Note]:
        """Every note, by line; those without a line last."""
        with (
            self._connection.transaction(),
            self._connection.cursor(name="ledger_notes") as cursor,
        ):
            for line, column, value, outcome, code, details in cursor.execute(_NOTES):
                yield Note(line, column, value, Outcome(outcome), code, details)


def to_text(row: LedgerRow) -> str:
    """A row as JSON."""
    values = {name: getattr(row, name) for name in LedgerRow.__slots__}
    values["due_on"] = row.due_on.isoformat()
    values["phones"] = [[p.e164, p.kind, p.region, p.zones, p.extension] for p in row.phones]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> LedgerRow:
    """The row again."""
    values = json.loads(text)
    values["due_on"] = date.fromisoformat(values["due_on"])
    values["phones"] = tuple(
        Phone(e164, PhoneKind(kind), region, tuple(zones), extension)
        for e164, kind, region, zones, extension in values["phones"]
    )
    return LedgerRow(**values)
