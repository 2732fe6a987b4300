"""Ledgers through the console: read first, import after a yes, keep the file no longer than needed."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from console_browser import Browser, add_person
from desk_kit import DeskInHand

from bot.app.operating import uploads
from bot.flows.ports.ledger import UnusableFileError
from bot.flows.ports.uploading import NewUpload, UploadState
from bot.flows.uploads import UploadError
from console.upload_routes import covered

KNOWN = "合同编号,姓名,手机号,到期日,应还金额\nHT-1,马敏,13800138001,2026-03-08,1200.50\n"
WITHOUT_FILE = "SELECT count(*) FROM ledger_upload WHERE content_sealed IS NULL"


def take(desk: DeskInHand, text: str, code: str = "loans") -> int:
    who = desk.one("SELECT id FROM collector LIMIT 1") or add_person(desk, role="operations")
    return uploads(desk.product).take(NewUpload(code, "三月.csv", text.encode()), who)


def test_a_file_is_read_without_writing_and_imported_after_a_yes(desk: DeskInHand) -> None:
    desk.portfolio()
    flow, upload_id = uploads(desk.product), take(desk, KNOWN)
    assert flow.run(upload_id) is True
    upload, report = flow.look(upload_id)
    assert upload.state is UploadState.CHECKED
    assert report is not None
    assert report.figures["new"] == 1
    assert desk.one("SELECT count(*) FROM cases") == 0
    flow.confirm(upload_id, 1)
    flow.run(upload_id)
    assert flow.run(upload_id) is False
    assert desk.one("SELECT count(*) FROM cases") == 1
    assert desk.one(WITHOUT_FILE) == 1
    assert desk.sql("SELECT action FROM audit WHERE action LIKE 'ledger%%' ORDER BY id") == [
        ("ledger_uploaded",),
        ("ledger_confirmed",),
    ]


def test_unknown_columns_are_named_by_a_person(desk: DeskInHand) -> None:
    desk.portfolio()
    upload_id = take(desk, "编号X,户主,联络号,截止,尾款\nHT-1,马敏,13800138001,2026-03-08,12\n")
    flow = uploads(desk.product)
    assert flow.look(upload_id)[0].state is UploadState.MAPPING
    assert list(flow.top(upload_id).rows[0][1])[:2] == ["编号X", "户主"]
    names = {"编号X": "contract", "户主": "name", "联络号": "phone", "截止": "due_on"}
    with pytest.raises(UnusableFileError, match="columns_missing"):
        flow.name_columns(upload_id, 1, names)
    flow.name_columns(upload_id, 1, {**names, "尾款": "amount"})
    flow.run(upload_id)
    report = flow.look(upload_id)[1]
    assert report is not None
    assert report.figures["new"] == 1


def test_a_file_nobody_can_read_is_refused_and_not_kept(desk: DeskInHand) -> None:
    desk.portfolio()
    with pytest.raises(UnusableFileError, match="file_old_excel"):
        uploads(desk.product).take(NewUpload("loans", "a.xls", b"\xd0\xcf\x11\xe0rest"), 1)
    assert desk.one("SELECT count(*) FROM ledger_upload") == 0


def test_a_file_nobody_goes_on_with_is_forgotten(desk: DeskInHand) -> None:
    desk.portfolio()
    upload_id = take(desk, KNOWN)
    assert uploads(desk.product).sweep() == 0
    desk.sql("UPDATE ledger_upload SET changed_at = changed_at - %s", timedelta(hours=25))
    assert uploads(desk.product).sweep() == 1
    assert desk.one(WITHOUT_FILE) == 1
    with pytest.raises(UploadError, match="moved_on"):
        uploads(desk.product).confirm(upload_id, 1)


def test_the_file_is_not_stored_in_the_clear(desk: DeskInHand) -> None:
    desk.portfolio()
    take(desk, KNOWN)
    stored = bytes(desk.one("SELECT content_sealed FROM ledger_upload"))
    assert "马敏".encode() not in stored
    assert b"13800138001" not in stored


def test_the_report_is_a_csv_without_formulas_and_the_name_is_harmless(desk: DeskInHand) -> None:
    desk.portfolio()
    add_person(desk, role="operations")
    browser = Browser(desk)
    browser.log_in()
    browser.get("/ledgers")
    rows = KNOWN + '"=HYPERLINK(1)",马敏,13800138002,2026-03-08,"=1+1"\n'
    name = "../<script>alert(1)</script>.csv"
    browser.send("/ledgers", {"file": (name, io.BytesIO(rows.encode()))}, code="loans")
    upload_id = desk.one("SELECT max(id) FROM ledger_upload")
    uploads(desk.product).run(upload_id)
    browser.get(f"/ledgers/{upload_id}")
    assert "<script>alert" not in browser.page
    report = browser.get(f"/ledgers/{upload_id}/report.csv")
    assert report.status_code == 200
    cells = report.content.decode("utf-8-sig").replace("\n", ",").split(",")
    assert not [cell for cell in cells if cell.strip('"')[:1] in {"=", "@"}]


def test_a_role_without_the_right_is_refused_and_the_try_is_kept(desk: DeskInHand) -> None:
    desk.portfolio()
    add_person(desk, role="collector")
    browser = Browser(desk)
    browser.log_in()
    for page in ("/ledgers", "/portfolios", "/senders", "/alerts", "/complaints", "/live"):
        assert browser.get(page).status_code == 403, page
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'refused'") == 6


def test_samples_tell_a_column_and_not_a_person() -> None:
    assert covered("马敏") == "马*"
    assert covered("13800138001") == "138****01"
    assert covered("138 0013 8002") == "138****02"
    assert covered("2026-03-08") == "2026-03-08"
    assert covered("1200.50") == "1200.50"
