"""What uploading a ledger through the console needs: a place for the file, its state, its job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.flows.ports.trail import Trail


class UploadState(StrEnum):
    """Where an upload stands. The last three are its end; the file is gone then."""

    MAPPING = "mapping"  #: columns have to be named by a person
    CHECKING = "checking"  #: a job reads it without writing
    CHECKED = "checked"  #: the report waits for a person's yes
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: A job is at work, or waits to be.
UNDER_WAY = frozenset({UploadState.CHECKING, UploadState.IMPORTING})
ENDED = frozenset({UploadState.DONE, UploadState.FAILED, UploadState.CANCELLED})


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file as it arrived. `code` is the portfolio's."""

    code: str
    file_name: str
    content: bytes
    full_balance: bool = False
    settle_missing: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload without its file and report."""

    upload_id: int
    code: str
    portfolio_name: str
    zone: str
    livemode: bool
    file_name: str
    size: int
    state: UploadState
    mapping: Mapping[str, str]
    full_balance: bool
    settle_missing: bool
    step: str
    done: int
    total: int | None
    trouble: Mapping[str, Any]
    by: str
    uploaded_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class UploadReport:
    """What the import did, or would do: figures as counted, notes as texts of a report."""

    figures: Mapping[str, Any]
    notes: list[Mapping[str, Any]] = field(default_factory=list)
    more_notes: int = 0  #: that did not fit
    unused: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    refusal: str | None = None
    unnamed: int = 0


class UploadStore(Trail, Protocol):
    """One transaction."""

    def add_upload(self, upload: NewUpload, state: UploadState, by: int, *, at: datetime) -> int:
        """Keep the file, sealed; returns the upload's id. Raises LookupError: no such portfolio."""
        ...

    def upload(self, upload_id: int, *, lock: bool = False) -> Upload | None:
        """One upload."""
        ...

    def upload_content(self, upload_id: int) -> bytes | None:
        """The file; None when it is gone."""
        ...

    def upload_report(self, upload_id: int) -> UploadReport | None:
        """The latest report."""
        ...

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
        ...

    def save_upload_report(self, upload_id: int, report: UploadReport) -> None:
        """Keep the report, sealed."""
        ...

    def upload_progress(self, upload_id: int, step: str, done: int, total: int | None) -> None:
        """How far the job is."""
        ...

    def queue_upload(self, upload_id: int) -> None:
        """The job that reads or imports it."""
        ...

    def forget_uploads(self, *, before: datetime, at: datetime) -> int:
        """End what nobody went on with since `before`; returns how many."""
        ...
