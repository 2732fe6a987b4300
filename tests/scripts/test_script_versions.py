"""One version always means the same words."""

from __future__ import annotations

from pathlib import Path

from script_folder import GOOD, entry, examine, folder

from bot.scripts.lock import NAME

CHANGED = {"texts": {"zh-CN": GOOD["zh-CN"].replace("您好，", "您好，提醒您")}}


def relocked_as_before(root: Path, *changed: dict[str, object]) -> list[str]:
    """Findings when the texts change and versions.yaml stays."""
    folder(root, entry())
    lock = (root / NAME).read_text("utf-8")
    folder(root, *changed)
    (root / NAME).write_text(lock, "utf-8")
    return [finding.message for finding in examine(root) if finding.rule == "version"]


def test_a_text_changed_without_a_new_version_is_found(tmp_path: Path) -> None:
    (message,) = relocked_as_before(tmp_path, entry(**CHANGED))
    assert "set version: 2" in message


def test_a_new_version_must_be_locked(tmp_path: Path) -> None:
    (message,) = relocked_as_before(tmp_path, entry(version=2, **CHANGED))
    assert "scripts lock" in message


def test_a_version_never_goes_back(tmp_path: Path) -> None:
    folder(tmp_path, entry(version=3))
    lock = (tmp_path / NAME).read_text("utf-8")
    folder(tmp_path, entry(version=2))
    (tmp_path / NAME).write_text(lock, "utf-8")
    assert "only grow" in examine(tmp_path)[0].message


def test_a_changed_meaning_of_a_key_needs_a_new_version(tmp_path: Path) -> None:
    assert relocked_as_before(tmp_path, entry(offers={"R": "opt_out"}))


def test_a_changed_note_needs_no_new_version(tmp_path: Path) -> None:
    assert relocked_as_before(tmp_path, entry(when="改了说明")) == []


def test_a_script_that_is_not_locked_is_found(tmp_path: Path) -> None:
    folder(tmp_path, entry())
    (tmp_path / NAME).unlink()
    assert [finding.rule for finding in examine(tmp_path)] == ["version"]
