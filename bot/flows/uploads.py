"""A ledger through the console: taken, its columns named, read without writing, confirmed, imported.

The import itself is `import_ledger`, as on the command line. The file is kept sealed in the
database, so that any worker can take the job, and only until its end.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path

from bot.domain.ledger.header import HeaderError
from bot.domain.ledger.mapping import parse_mapping
from bot.domain.ledger.rows import Note, Outcome
from bot.domain.ledger.words import Column, LedgerWords, clean, key_of
from bot.flows.import_ledger import ImportLedger, ImportOrder, ImportResult, Progress, find_sheet
from bot.flows.ports.ledger import LedgerFile, UnusableFileError
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.ports.uploading import (
    UNDER_WAY,
    NewUpload,
    Upload,
    UploadReport,
    UploadState,
    UploadStore,
)

#: A file nobody goes on with is forgotten after this.
KEPT = timedelta(hours=24)

#: Notes a report keeps; a file with more faults than this is mended at its source.
MOST_NOTES = 20_000

#: Header troubles that naming columns can mend.
_MENDED_BY_NAMING = frozenset({"columns_missing", "no_header"})

#: Rows a person is shown to find the header in, and cells of each.
_TOP, _WIDTH = 12, 60


class UploadError(ValueError):
    """Nothing was done. `code`: moved_on, unknown."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Top:
    """The first rows of a file; `header` is the one that looks most like a header."""

    rows: Sequence[tuple[int, Sequence[str]]]
    header: int


@dataclass(frozen=True)
class Uploads:
    """Everything a person does with a ledger file, and the job in between."""

    transactions: Transactions[UploadStore]
    clock: Clock
    words: LedgerWords
    open_file: Callable[[Path], LedgerFile]
    importer: Callable[[Progress], AbstractContextManager[ImportLedger]]

    def take(self, new: NewUpload, by: int) -> int:
        """Keep the file and queue its reading. Raises UnusableFileError for one nobody can read."""
        with _on_disk(new.file_name, new.content) as path:
            known = self._header_known(path, {})
        state = UploadState.CHECKING if known else UploadState.MAPPING
        now = self.clock.real()
        with self.transactions() as store:
            try:
                upload_id = store.add_upload(new, state, by, at=now)
            except LookupError as unknown:
                raise UnusableFileError("portfolio_unknown", code=new.code) from unknown
            if known:
                store.queue_upload(upload_id)
            told = {"upload": upload_id, "portfolio": new.code, "file": new.file_name}
            store.audit(by, "ledger_uploaded", None, told, at=now)
        return upload_id

    def top(self, upload_id: int) -> Top:
        """The first rows of an upload whose columns have to be named. Raises UploadError."""
        with self.transactions() as store:
            upload = self._find(store, upload_id, {UploadState.MAPPING})
            content = store.upload_content(upload_id)
        with _on_disk(upload.file_name, content or b"") as path:
            return _top_of(self.open_file(path))

    def name_columns(self, upload_id: int, by: int, given: Mapping[str, str]) -> None:
        """Say what columns hold (header → field) and queue the reading.

        Raises UnusableFileError when that cannot be, UploadError.
        """
        mapping = parse_mapping(f"{header}={field}" for header, field in given.items())
        with self.transactions() as store:
            upload = self._find(store, upload_id, {UploadState.MAPPING, UploadState.CHECKED})
            content = store.upload_content(upload_id)
        with _on_disk(upload.file_name, content or b"") as path:
            find_sheet(self.open_file(path), mapping, self.words)
        named = {header: column.value for header, column in mapping.items()}
        self._go(upload_id, by, UploadState.CHECKING, {upload.state}, "columns_named", named)

    def rename(self, upload_id: int, by: int) -> None:
        """Back to naming the columns. Raises UploadError."""
        self._move(upload_id, by, UploadState.MAPPING, {UploadState.CHECKED})

    def confirm(self, upload_id: int, by: int) -> None:
        """Import what the report showed. Raises UploadError."""
        state = {UploadState.CHECKED}
        self._go(upload_id, by, UploadState.IMPORTING, state, "ledger_confirmed", None)

    def cancel(self, upload_id: int, by: int) -> None:
        """Do not import it; the file is forgotten. Raises UploadError."""
        waiting = {UploadState.MAPPING, UploadState.CHECKED}
        self._move(upload_id, by, UploadState.CANCELLED, waiting)

    def look(self, upload_id: int) -> tuple[Upload, UploadReport | None]:
        """Where it stands. Raises UploadError."""
        with self.transactions() as store:
            upload = store.upload(upload_id)
            if upload is None:
                raise UploadError("unknown")
            return upload, store.upload_report(upload_id)

    def run(self, upload_id: int) -> bool:
        """The job: read or import. A job that comes twice finds nothing to do and gives False."""
        with self.transactions() as store:
            upload = store.upload(upload_id)
            if upload is None or upload.state not in UNDER_WAY:
                return False
            content = store.upload_content(upload_id)
        with _on_disk(upload.file_name, content or b"") as path:
            self._read(upload, path)
        return True

    def sweep(self) -> int:
        """Forget files nobody went on with; returns how many."""
        now = self.clock.real()
        with self.transactions() as store:
            return store.forget_uploads(before=now - KEPT, at=now)

    def _read(self, upload: Upload, path: Path) -> None:
        dry = upload.state is UploadState.CHECKING
        mapping = {header: Column(field) for header, field in upload.mapping.items()}
        order = ImportOrder(upload.code, mapping, dry, upload.full_balance, upload.settle_missing)
        try:
            with self.importer(self._progress(upload.upload_id)) as kit:
                file, at = self.open_file(path), self.clock.now(livemode=upload.livemode)
                report = _report(kit.run(file, order, at), kit.stage.notes())
        except UnusableFileError as wrong:
            self._failed(upload, wrong)
            return
        with self.transactions() as store:
            after = UploadState.CHECKED if dry else UploadState.DONE
            store.save_upload_report(upload.upload_id, report)
            store.move_upload(upload.upload_id, after, at=self.clock.real(), trouble={})

    def _failed(self, upload: Upload, wrong: UnusableFileError) -> None:
        """A reading that another import keeps out may be tried again; anything else is the end."""
        trouble = {"code": wrong.code, "details": dict(wrong.details)}
        again = wrong.code == "import_running" and upload.state is UploadState.IMPORTING
        state = UploadState.CHECKED if again else UploadState.FAILED
        with self.transactions() as store:
            store.move_upload(upload.upload_id, state, at=self.clock.real(), trouble=trouble)

    def _progress(self, upload_id: int) -> Progress:
        def told(step: str, done: int, total: int | None) -> None:
            with self.transactions() as store:
                store.upload_progress(upload_id, step, done, total)

        return told

    def _go(
        self,
        upload_id: int,
        by: int,
        to: UploadState,
        wanted: set[UploadState],
        action: str,
        mapping: Mapping[str, str] | None,
    ) -> None:
        now = self.clock.real()
        with self.transactions() as store:
            self._find(store, upload_id, wanted, lock=True)
            store.move_upload(upload_id, to, at=now, mapping=mapping, trouble={})
            store.queue_upload(upload_id)
            store.audit(by, action, None, {"upload": upload_id}, at=now)

    def _move(self, upload_id: int, by: int, to: UploadState, wanted: set[UploadState]) -> None:
        now = self.clock.real()
        with self.transactions() as store:
            self._find(store, upload_id, wanted, lock=True)
            store.move_upload(upload_id, to, at=now)
            store.audit(by, f"ledger_{to.value}", None, {"upload": upload_id}, at=now)

    def _find(
        self, store: UploadStore, upload_id: int, wanted: set[UploadState], *, lock: bool = False
    ) -> Upload:
        upload = store.upload(upload_id, lock=lock)
        if upload is None:
            raise UploadError("unknown")
        if upload.state not in wanted:
            raise UploadError("moved_on")
        return upload

    def _header_known(self, path: Path, mapping: Mapping[str, Column]) -> bool:
        """Whether the columns speak for themselves. Raises UnusableFileError for a broken file."""
        try:
            find_sheet(self.open_file(path), mapping, self.words)
        except (UnusableFileError, HeaderError) as wrong:
            if wrong.code in _MENDED_BY_NAMING:
                return False
            raise
        return True


@contextmanager
def _on_disk(name: str, content: bytes) -> Iterator[Path]:
    """The file where readers can open it, for as long as they do."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name or "ledger")
        path.write_bytes(content)
        yield path


def _top_of(file: LedgerFile) -> Top:
    """The first filled rows of the first sheet that has any."""
    for _, rows in file.sheets():
        filled = (raw for raw in rows if any(cell.strip() for cell in raw.cells))
        top = [
            (raw.line, [clean(cell) for cell in raw.cells[:_WIDTH]]) for raw in islice(filled, _TOP)
        ]
        if top:
            return Top(top, max(range(len(top)), key=lambda place: _headerlike(top[place][1])))
    return Top((), 0)


def _headerlike(cells: Sequence[str]) -> int:
    """Different words without figures; a header has more of them than a title or a row."""
    return len({key_of(cell) for cell in cells if cell and not any(c.isdigit() for c in cell)})


def _report(result: ImportResult, notes: Iterator[Note]) -> UploadReport:
    worth = (note for note in notes if note.outcome is not Outcome.PASSED_OVER)
    kept = [
        {
            "line": note.line,
            "column": note.column,
            "value": note.value,
            "outcome": note.outcome.value,
            "code": note.code,
            "details": dict(note.details),
        }
        for note in islice(worth, MOST_NOTES)
    ]
    return UploadReport(
        figures=asdict(result.figures),
        notes=list(kept),
        more_notes=sum(1 for _ in worth),
        unused=list(result.layout.unused),
        refused=list(result.refused_columns),
        refusal=result.refusal,
        unnamed=result.unnamed,
    )
