"""`yuehuan scripts …` as an operator uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from script_folder import GOOD, entry, folder

from bot.app.cli import run
from bot.scripts import load_scripts
from bot.scripts.lock import NAME


def test_lint_of_the_products_texts_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scripts", "lint"]) == 0
    assert "0 errors" in capsys.readouterr().out


def test_lint_exits_1_on_a_finding_and_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = folder(tmp_path, entry(cn="您看着办"))
    assert run(["scripts", "lint", str(root)]) == 1
    shown = capsys.readouterr().out
    assert "sms/test.yaml" in shown
    assert "forbidden" in shown


def test_lint_as_json_lists_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = folder(tmp_path, entry(purpose="nothing"))
    assert run(["scripts", "lint", str(root), "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["scripts"] == 1
    errors = [each for each in report["findings"] if each["level"] == "error"]
    assert errors[0]["rule"] == "purpose"
    assert errors[0]["line"] == 5


def test_lint_speaks_chinese_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = folder(tmp_path, entry(purpose="nothing"))
    assert run(["scripts", "lint", str(root), "--language", "zh", "--format", "json"]) == 1
    assert "不认识用途 nothing" in capsys.readouterr().out


def test_lint_of_one_file_looks_at_that_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = folder(tmp_path, entry(purpose="nothing"))
    (root / "sms" / "other.yaml").write_text("audience: person\nscripts: []\n")
    assert run(["scripts", "lint", str(root / "sms" / "other.yaml")]) == 0
    assert run(["scripts", "lint", str(root / "sms" / "test.yaml")]) == 1


def test_a_path_that_is_not_there_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scripts", "lint", "no/such/folder"]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_show_previews_the_text_with_its_segments(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scripts", "show", "answer.wrong_person", "--locale", "zh-TW"]) == 0
    shown = capsys.readouterr().out
    assert "1 segment" in shown
    assert "抱歉打擾您了" in shown


def test_show_of_an_unknown_id_lists_the_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scripts", "show", "welcom"]) == 2
    assert "welcome" in capsys.readouterr().err


def test_lock_approves_a_raised_version(tmp_path: Path) -> None:
    root = folder(tmp_path, entry())
    before = (root / NAME).read_text("utf-8")
    folder(root, entry(version=2, cn=GOOD["zh-CN"].replace("您好，", "您好，请留意")))
    (root / NAME).write_text(before, "utf-8")
    assert run(["scripts", "lint", str(root)]) == 1
    assert run(["scripts", "lock", str(root)]) == 0
    assert load_scripts(root).pick("reminder.test", "zh-CN").version == 2


def test_lock_refuses_a_text_changed_under_the_same_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = folder(tmp_path, entry())
    before = (root / NAME).read_text("utf-8")
    folder(root, entry(cn=GOOD["zh-CN"].replace("您好，", "您好，请留意")))
    (root / NAME).write_text(before, "utf-8")
    assert run(["scripts", "lock", str(root)]) == 1
    assert "set version: 2" in capsys.readouterr().err
    assert (root / NAME).read_text("utf-8") == before
