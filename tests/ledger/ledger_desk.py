"""A desk with one portfolio that imports ledgers, and a look at what is in its books."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bot.domain.facts import CaseFacts
from bot.domain.ledger.mapping import parse_mapping
from bot.domain.ledger.rows import Note
from bot.flows.import_ledger import ImportLedger, ImportOrder, ImportResult
from bot.flows.ledger_money import LedgerSettling
from bot.flows.settle import Settler
from bot.policy.ledger_columns import ledger_sentences, ledger_words
from bot.store.ledger import LedgerStore
from bot.store.ledger_files import open_ledger
from bot.store.ledger_stage import LedgerStaging
from bot.store.seal import Seal
from bot.store.session import Store

START = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
SEAL = Seal([b"k" * 32], b"h" * 32)

HEADER = "合同编号,客户姓名,手机号,期次,应还日期,应还金额,已还金额,币种"

#: Everything an import may write, in an order that does not depend on physical place.
TABLES = (
    "debtor",
    "contact_point",
    "cases",
    "case_event",
    "debt",
    "debt_change",
    "payment",
    "allocation",
    "entry",
    "ledger_import",
)


@dataclass
class RecordingSettler:
    """Stands where the thank-you and the promises are: those have tests of their own."""

    arrived: list[tuple[int, int]] = field(default_factory=list)

    def money_arrived(
        self, store: Store, facts: CaseFacts, payment_id: int, amount_minor: int, now: datetime
    ) -> None:
        self.arrived.append((facts.case_id, amount_minor))


@dataclass
class Desk:
    """Imports into the portfolio `loans` of creditor `lender`."""

    connection: psycopg.Connection[Any]
    folder: Path
    at: datetime = START
    settler: RecordingSettler | Settler = field(default_factory=RecordingSettler)
    notes: list[Note] = field(default_factory=list)

    def open_portfolio(self, code: str, **other: object) -> None:
        """A portfolio and its sender."""
        sender = self.connection.execute(
            "INSERT INTO sender (code, kind, address, livemode, per_second) "
            "VALUES (%s, 'sandbox', '+8613800139999', false, 1) RETURNING id",
            [f"sender-{code}"],
        ).fetchone()
        assert sender is not None
        values: dict[str, object] = {
            "code": code,
            "name": code,
            "creditor": "示例消费金融",
            "creditor_key": "lender",
            "signature": "示例消金",
            "zone": "Asia/Shanghai",
            "region": "CN",
            "currency": "CNY",
            "cadence": "consumer_loan",
            "packs": ["cn"],
            "livemode": False,
            "sender_id": sender[0],
            "phone": "4008123456",
            "complaint_phone": "4008123456",
            "grace_days": 1,
            "paused": False,
            "created_at": START,
            **other,
        }
        marks = ", ".join(["%s"] * len(values))
        self.connection.execute(
            f"INSERT INTO portfolio ({', '.join(values)}) VALUES ({marks})", list(values.values())
        )

    def kit(self) -> ImportLedger:
        """The import on this connection."""
        return ImportLedger(
            stage=LedgerStaging(self.connection, SEAL),
            books=LedgerStore(self.connection, SEAL),
            money=LedgerSettling(Store(self.connection, SEAL), self.settler),  # type: ignore[arg-type]
            words=ledger_words(),
        )

    def load(
        self,
        rows: Sequence[str] | str | bytes | Path,
        *,
        header: str = HEADER,
        code: str = "loans",
        mapping: Sequence[str] = (),
        **order: bool,
    ) -> ImportResult:
        """Import CSV lines below `header`, a whole text, bytes, or a file."""
        kit = self.kit()
        result = kit.run(
            open_ledger(self._file(rows, header)),
            ImportOrder(code, parse_mapping(mapping), **order),
            self.at,
        )
        self.notes = list(kit.stage.notes())
        return result

    def _file(self, rows: Sequence[str] | str | bytes | Path, header: str) -> Path:
        if isinstance(rows, Path):
            return rows
        path = self.folder / "ledger.csv"
        if isinstance(rows, bytes):
            path.write_bytes(rows)
        else:
            text = rows if isinstance(rows, str) else "\n".join([header, *rows]) + "\n"
            path.write_text(text, encoding="utf-8")
        return path

    def later(self, days: int = 1) -> None:
        """The clock moves on."""
        self.at += timedelta(days=days)

    def all(self, query: str, *parameters: object) -> list[Any]:
        """Rows of a query."""
        return self.connection.execute(query, parameters).fetchall()

    def one(self, query: str, *parameters: object) -> Any:
        """The only column of the only row."""
        (row,) = self.all(query, *parameters)
        return row[0]

    def books(self) -> dict[str, str]:
        """A digest of each table's rows."""
        return {table: self._digest(table) for table in TABLES}

    def _digest(self, table: str) -> str:
        rows = self.all(f"SELECT xmin::text, t::text FROM {table} t ORDER BY 2")
        return f"{len(rows)}:{hashlib.sha256(repr(rows).encode()).hexdigest()[:16]}"

    def debt(self, contract: str, ref: str) -> dict[str, Any]:
        """One debt by column."""
        cursor = self.connection.execute(
            "SELECT * FROM debt WHERE contract = %s AND ref = %s", [contract, ref]
        )
        (row,) = cursor.fetchall()
        return {
            column.name: value for column, value in zip(cursor.description or (), row, strict=True)
        }

    def said(self) -> list[tuple[int, str, str]]:
        """Line, outcome and code of every note; each has its sentences."""
        for note in self.notes:
            ledger_sentences()[note.code].filled({**note.details, "column": note.column})
        return [(note.line, note.outcome.value, note.code) for note in self.notes]
