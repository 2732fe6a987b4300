"""The command line: one line for what a person can put right, and honest exit codes."""

from pathlib import Path

import pytest

from bot.app import cli


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, and no settings from outside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YUEHUAN_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("LOG_LEVEL", "WARNING")
    for name in ("DATABASE_URL", "PORT", "PUBLIC_BASE_URL", "TWILIO_ACCOUNT_SID"):
        monkeypatch.delenv(name, raising=False)


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["remind"]) == 2
    assert capsys.readouterr().err == "yuehuan: No such command 'remind'.\n"


def test_an_unknown_option_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["web", "--prot", "80"]) == 2
    assert "--prot" in capsys.readouterr().err


def test_wrong_settings_are_told_one_to_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "many")
    monkeypatch.setenv("LOG_FORMAT", "xml")
    assert cli.run(["db", "upgrade"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[1].strip() for line in lines] == ["PORT", "LOG_FORMAT"]


@pytest.mark.parametrize("command", [["db", "upgrade"], ["worker"], ["clock"], ["web"]])
def test_a_database_that_is_away_is_one_line_and_no_password(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://desk:secret@127.0.0.1:1/yuehuan")
    monkeypatch.setenv("PORT", "18431")
    assert cli.run(command) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("yuehuan: the database cannot be reached: ")
    assert "secret" not in line


def test_upgrade_says_from_where_to_where(
    empty_database_url: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    assert cli.run(["db", "upgrade"]) == 0
    assert capsys.readouterr().out.startswith("empty → ")
    assert cli.run(["db", "upgrade"]) == 0
    assert "nothing to do" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["worker", "clock", "web"])
def test_no_process_starts_on_a_database_of_another_release(
    command: str,
    empty_database_url: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    monkeypatch.setenv("PORT", "18432")
    assert cli.run([command]) == 1
    assert "run `yuehuan db upgrade`" in capsys.readouterr().err


def test_doctor_fails_when_something_is_in_the_way(
    database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PUBLIC_BASE_URL", "http://127.0.0.1:1")
    assert cli.run(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "migrations" in shown
    assert "start `yuehuan web`" in shown


def test_help_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0
    assert "doctor" in capsys.readouterr().out
