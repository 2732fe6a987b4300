"""`yuehuan policy check` as an operator sees it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.app import cli
from bot.policy.pack_loader import packs_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the packs that may be spoiled."""
    return Path(shutil.copytree(packs_folder(), tmp_path / "packs"))


def spoil(file: Path, was: str, now: str) -> None:
    """Change a pack."""
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, now, 1), "utf-8")


def test_the_products_own_rules_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["policy", "check"]) == 0
    said = capsys.readouterr().out
    assert "cn.hours" in said
    assert "未核实" in said
    assert "NOT ENFORCED" in said
    assert ", 0 failed" in said


def test_a_case_that_fails_is_told_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folder / "cn.yaml", 'to: "22:00"', 'to: "21:30"')
    assert cli.run(["policy", "check", "--brief", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "packs/cn.yaml:" in said
    assert "cn.hours: the last second: expected allow, got defer" in said


def test_a_pack_that_cannot_be_read_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folder / "tw.yaml", "at_most: 1", "at_most: one")
    assert cli.run(["policy", "check", str(folder)]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("yuehuan: packs/tw.yaml:")
    assert "expected a whole number" in line


@pytest.mark.parametrize("missing", ["base.yaml", None])
def test_a_folder_without_packs_is_refused(
    missing: str | None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if missing:
        (folder / missing).unlink()
    else:
        shutil.rmtree(folder)
    assert cli.run(["policy", "check", str(folder)]) in {1, 2}
    assert "→" in capsys.readouterr().err
