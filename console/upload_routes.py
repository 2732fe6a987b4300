"""Ledgers through the console: upload, name the columns, read the report, confirm."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.ledger.header import HeaderError, bare_header
from bot.domain.ledger.words import Column
from bot.domain.money import plain
from bot.domain.rights import Right
from bot.flows.ports.ledger import UnusableFileError
from bot.flows.ports.uploading import UNDER_WAY, NewUpload, Upload, UploadReport, UploadState
from bot.flows.uploads import UploadError
from bot.policy.ledger_columns import ledger_sentences, ledger_words
from console.guard import needs
from console.moments import moment
from console.own_books import own_book, own_books
from console.parts import ConsoleParts
from console.spreadsheets import csv_file
from console.words import ENGLISH, language, t, word

#: Bytes of a ledger; some 200,000 rows.
LARGEST_LEDGER = 32 << 20

#: Notes on the page; the report file has them all.
SHOWN_NOTES = 200

_FIGURES = (
    "rows",
    "new",
    "updated",
    "unchanged",
    "duplicates",
    "superseded",
    "rejected",
    "warnings",
    "new_debtors",
    "new_cases",
    "new_phones",
    "payments",
    "missing",
    "settled",
)
_REPORT_COLUMNS = ("line", "column", "value", "outcome", "said", "remedy")
_ALWAYS = frozenset({"rows", "new", "rejected"})
_TONES = {"rejected": "bad", "superseded": "warn", "warning": "warn", "settled": "intent"}

_DIGITS = re.compile(r"\d(?:[ -]?\d){6,}")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}( .*)?")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")


def allow_ledgers(pages: Blueprint) -> None:
    """Before anything reads the form: a ledger may be larger than other requests."""

    @pages.before_request
    def room_for_ledgers() -> None:
        if request.endpoint == "console.ledger_take":
            request.max_content_length = LARGEST_LEDGER


def add_upload_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/ledgers` and `/console/ledgers/<upload>`."""

    @pages.get("/ledgers")
    @needs(Right.OPERATE)
    def ledgers() -> str:
        return _overview(parts)

    @pages.post("/ledgers")
    @needs(Right.OPERATE)
    def ledger_take() -> AnyResponse | tuple[str, int]:
        given, code = request.files.get("file"), request.form.get("code", "")
        if given is None or not given.filename or not code:
            flash(t("ledger.choose"), "bad")
            return _overview(parts), 422
        own_book(parts, code, Right.OPERATE)
        full = request.form.get("full") == "1"
        settle = full and request.form.get("settle") == "1"
        # The name is shown and logged: only its last part, and not too much of it.
        name = PurePath(given.filename.replace("\\", "/")).name[-120:]
        new = NewUpload(code, name, given.read(), full, settle)
        try:
            upload_id = parts.operations.uploads.take(new, g.person.collector_id)
        except (UnusableFileError, HeaderError) as wrong:
            flash(_sentence(wrong.code, wrong.details), "bad")
            return _overview(parts), 422
        return redirect(url_for("console.ledger", ledger_id=upload_id), 303)

    @pages.get("/ledgers/<int:ledger_id>")
    @needs(Right.OPERATE)
    def ledger(ledger_id: int) -> str:
        return _page(parts, ledger_id)

    @pages.post("/ledgers/<int:ledger_id>")
    @needs(Right.OPERATE)
    def ledger_act(ledger_id: int) -> AnyResponse | tuple[str, int]:
        try:
            _act(parts, ledger_id)
        except UploadError as refused:
            flash(word("upload_error", refused.code), "warn")
        except (UnusableFileError, HeaderError) as wrong:
            flash(_sentence(wrong.code, wrong.details), "bad")
            return _page(parts, ledger_id), 422
        return redirect(url_for("console.ledger", ledger_id=ledger_id), 303)

    @pages.get("/ledgers/<int:ledger_id>/report.csv")
    @needs(Right.OPERATE)
    def ledger_report(ledger_id: int) -> Response:
        _, report = _look(parts, ledger_id)
        if report is None:
            abort(404)
        header = [t(f"report.{name}") for name in _REPORT_COLUMNS]
        return csv_file(f"report-{ledger_id}.csv", header, map(_told_row, report.notes))


def _act(parts: ConsoleParts, upload_id: int) -> None:
    """Raises UploadError, UnusableFileError, HeaderError."""
    uploads, who = parts.operations.uploads, g.person.collector_id
    match request.form.get("do"):
        case "columns":
            uploads.name_columns(upload_id, who, _named(request.form))
        case "rename":
            uploads.rename(upload_id, who)
        case "import":
            uploads.confirm(upload_id, who)
        case "cancel":
            uploads.cancel(upload_id, who)


def _named(form: Mapping[str, str]) -> dict[str, str]:
    """Header → field, of the columns that somebody named."""
    headers = {key.removeprefix("h"): value for key, value in form.items() if key[:1] == "h"}
    return {
        header: form[f"f{place}"]
        for place, header in headers.items()
        if place.isdigit() and header and form.get(f"f{place}")
    }


def _look(parts: ConsoleParts, upload_id: int) -> tuple[Upload, UploadReport | None]:
    try:
        return parts.operations.uploads.look(upload_id)
    except UploadError:
        abort(404)


def _overview(parts: ConsoleParts) -> str:
    books, now = own_books(parts), parts.clock.real()
    own = {book["code"] for book in books}
    with parts.operations.views() as views:
        uploads = [each for each in views.uploads(None, limit=50) if each.code in own]
    return render_template(
        "console/ledgers.html",
        books=books,
        asked=request.values.get("code", ""),
        most=LARGEST_LEDGER >> 20,
        uploads=[
            {"upload": each, "at": moment(each.uploaded_at, each.zone, now)} for each in uploads
        ],
    )


def _page(parts: ConsoleParts, upload_id: int) -> str:
    upload, report = _look(parts, upload_id)
    trouble = dict(upload.trouble)
    return render_template(
        "console/ledger.html",
        upload=upload,
        at=moment(upload.uploaded_at, upload.zone, parts.clock.real()),
        under_way=upload.state in UNDER_WAY,
        waiting=upload.state is UploadState.CHECKED,
        naming=_naming(parts, upload) if upload.state is UploadState.MAPPING else None,
        report=_report(report) if report else None,
        trouble=_sentence(trouble["code"], trouble.get("details", {})) if trouble else "",
        share=round(100 * upload.done / upload.total) if upload.total else None,
    )


def _naming(parts: ConsoleParts, upload: Upload) -> dict[str, Any] | None:
    """The columns of the row taken for the header, with what stands below it, covered."""
    top = parts.operations.uploads.top(upload.upload_id)
    if not top.rows:
        return None
    lines = [line for line, _ in top.rows]
    asked = request.values.get("row", type=int)
    place = lines.index(asked) if asked in lines else top.header
    line, headers = top.rows[place]
    below = [cells for _, cells in top.rows[place + 1 : place + 4]]
    known = ledger_words()
    columns = [
        {
            "place": at,
            "header": header,
            "field": request.form.get(f"f{at}") or known.columns.get(bare_header(header), ""),
            "refused": bare_header(header) in known.refused,
            "samples": [covered(row[at]) for row in below if at < len(row) and row[at]],
        }
        for at, header in enumerate(headers)
        if header
    ]
    rows = [(each, _told_cells(cells)) for each, cells in top.rows]
    return {
        "line": line,
        "rows": rows,
        "columns": columns,
        "fields": [each.value for each in Column],
    }


def _told_cells(cells: Sequence[str]) -> str:
    """A row in short. One without a figure holds words about columns, not a debt."""
    bare = not any(character.isdigit() for cell in cells for character in cell)
    return " · ".join(cell if bare else covered(cell) for cell in cells if cell)[:60]


def covered(cell: str) -> str:
    """A cell that lets a column be recognised without telling whose it is."""
    if _NAME.fullmatch(cell):
        return cell[0] + "*" * (len(cell) - 1)
    if _DATE.fullmatch(cell):
        return cell
    return _DIGITS.sub(lambda found: f"{found[0][:3]}****{found[0][-2:]}", cell)[:24]


def _report(report: UploadReport) -> dict[str, Any]:
    figures = report.figures
    return {
        "figures": [
            (word("import_figure", name), figures.get(name, 0), name)
            for name in _FIGURES
            if figures.get(name) or name in _ALWAYS
        ],
        "paid": [f"{plain(minor, code)} {code}" for code, minor in figures["paid_minor"].items()],
        "rejected": figures.get("rejected", 0),
        "notes": [_note(note) for note in report.notes[:SHOWN_NOTES]],
        "more": len(report.notes) - SHOWN_NOTES + report.more_notes,
        "unused": [
            (
                header,
                header in report.refused and _sentence("third_party_column", {"header": header}),
            )
            for header in report.unused
        ],
        "refusal": _sentence(report.refusal, {"count": str(report.unnamed)})
        if report.refusal
        else "",
    }


def _note(note: Mapping[str, Any]) -> dict[str, Any]:
    said, remedy = _both(note["code"], {"column": note["column"], **note["details"]})
    outcome = note["outcome"]
    return {**note, "tone": _TONES.get(outcome, "plain"), "said": said, "remedy": remedy}


def _told_row(note: Mapping[str, Any]) -> tuple[object, ...]:
    told = _note(note)
    outcome = word("import_outcome", note["outcome"])
    return note["line"] or "", note["column"], note["value"], outcome, told["said"], told["remedy"]


def _sentence(code: str, details: Mapping[str, str]) -> str:
    said, remedy = _both(code, details)
    return f"{said} {remedy}" if language() == ENGLISH else f"{said}。{remedy}"


def _both(code: str, details: Mapping[str, str]) -> tuple[str, str]:
    filled = ledger_sentences()[code].filled(details)
    if language() == ENGLISH:
        return filled.en, filled.remedy
    return filled.zh, filled.remedy_zh
