"""Ledger files that came through the console."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from bot.flows.ports.uploading import (
    ENDED,
    NewUpload,
    Upload,
    UploadReport,
    UploadState,
)
from bot.store.halts import HaltRows
from bot.store.jobs import defer

#: The job that reads or imports an upload, and the queue it waits in.
UPLOAD_TASK = "ledger_upload"
UPLOAD_QUEUE = "import"

_UPLOAD = """
SELECT l.id, p.code, p.name, p.zone, p.livemode, l.file_name, l.size, l.state, l.mapping,
       l.full_balance, l.settle_missing, l.step, l.done, l.total, l.trouble, u.name, l.uploaded_at,
       l.changed_at
FROM ledger_upload l JOIN portfolio p ON p.id = l.portfolio_id
JOIN collector u ON u.id = l.uploaded_by
"""

_MOVE = """
UPDATE ledger_upload SET state = %(state)s, changed_at = %(at)s,
    mapping = coalesce(%(mapping)s, mapping), trouble = coalesce(%(trouble)s, trouble),
    step = '', done = 0, total = NULL,
    content_sealed = CASE WHEN %(ended)s THEN NULL ELSE content_sealed END
WHERE id = %(id)s
"""


class UploadRows(HaltRows):
    """Implements `bot.flows.ports.uploading.UploadStore`."""

    def add_upload(self, upload: NewUpload, state: UploadState, by: int, *, at: datetime) -> int:
        """Keep the file, sealed. Raises LookupError: no such portfolio."""
        row = self._connection.execute(
            "INSERT INTO ledger_upload (portfolio_id, file_name, size, content_sealed, state, "
            "full_balance, settle_missing, uploaded_by, uploaded_at, changed_at) "
            "SELECT id, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM portfolio WHERE code = %s "
            "RETURNING id",
            [
                upload.file_name,
                len(upload.content),
                self._seal.seal_bytes(upload.content),
                state.value,
                upload.full_balance,
                upload.settle_missing,
                by,
                at,
                at,
                upload.code,
            ],
        ).fetchone()
        if row is None:
            raise LookupError(upload.code)
        return int(row[0])

    def upload(self, upload_id: int, *, lock: bool = False) -> Upload | None:
        """One upload."""
        hold = " FOR UPDATE OF l" if lock else ""
        query = f"{_UPLOAD} WHERE l.id = %s{hold}"
        row = self._connection.execute(query.encode(), [upload_id]).fetchone()
        return upload_of(row) if row else None

    def upload_content(self, upload_id: int) -> bytes | None:
        """The file; None when it is gone."""
        row = self._connection.execute(
            "SELECT content_sealed FROM ledger_upload WHERE id = %s", [upload_id]
        ).fetchone()
        return self._seal.open_bytes(row[0]) if row and row[0] else None

    def upload_report(self, upload_id: int) -> UploadReport | None:
        """The latest report."""
        row = self._connection.execute(
            "SELECT report_sealed FROM ledger_upload WHERE id = %s", [upload_id]
        ).fetchone()
        return UploadReport(**json.loads(self._seal.open(row[0]))) if row and row[0] else None

    def move_upload(
        self,
        upload_id: int,
        state: UploadState,
        *,
        at: datetime,
        mapping: Mapping[str, str] | None = None,
        trouble: Mapping[str, Any] | None = None,
    ) -> None:
        """Write where it stands; an end forgets the file."""
        values = {
            "id": upload_id,
            "state": state.value,
            "at": at,
            "ended": state in ENDED,
            "mapping": None if mapping is None else Jsonb(dict(mapping)),
            "trouble": None if trouble is None else Jsonb(dict(trouble)),
        }
        self._connection.execute(_MOVE, values)

    def save_upload_report(self, upload_id: int, report: UploadReport) -> None:
        """Keep the report, sealed."""
        text = json.dumps(asdict(report), ensure_ascii=False)
        self._connection.execute(
            "UPDATE ledger_upload SET report_sealed = %s WHERE id = %s",
            [self._seal.seal(text), upload_id],
        )

    def upload_progress(self, upload_id: int, step: str, done: int, total: int | None) -> None:
        """How far the job is."""
        self._connection.execute(
            "UPDATE ledger_upload SET step = %s, done = %s, total = %s WHERE id = %s",
            [step, done, total, upload_id],
        )

    def queue_upload(self, upload_id: int) -> None:
        """The job; one at a time for all uploads, since each may take all of a core."""
        arguments = {"upload_id": upload_id}
        defer(self._connection, UPLOAD_TASK, UPLOAD_QUEUE, arguments, lock="ledger_upload")

    def forget_uploads(self, *, before: datetime, at: datetime) -> int:
        """End what nobody went on with."""
        return self._connection.execute(
            "UPDATE ledger_upload SET state = 'cancelled', changed_at = %s, content_sealed = NULL "
            "WHERE content_sealed IS NOT NULL AND changed_at < %s",
            [at, before],
        ).rowcount


def upload_of(row: Any) -> Upload:
    """An upload from a row of the query above."""
    values = list(row)
    values[7] = UploadState(row[7])
    return Upload(*values)


def latest_uploads(connection: Any, code: str | None, *, limit: int = 20) -> list[Upload]:
    """The newest uploads, of one portfolio or of all."""
    query = f"{_UPLOAD} WHERE %s::text IS NULL OR p.code = %s ORDER BY l.id DESC LIMIT %s"
    rows = connection.execute(query.encode(), [code, code, limit]).fetchall()
    return [upload_of(row) for row in rows]
