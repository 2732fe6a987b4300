"""`yuehuan collector`: adding and disabling people from the terminal."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from bot.app import cli
from bot.app.passwords import ArgonPasswords


@pytest.fixture(autouse=True)
def desk_settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YUEHUAN_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LOG_LEVEL", "WARNING")


def stored(database_url: str) -> tuple[str, bool, str]:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT role, disabled, password_hash FROM collector").fetchone()
    assert row is not None
    return row


def test_a_generated_password_is_printed_once_and_works(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        cli.run(["collector", "add", "chen", "--name", "陈静", "--role", "lead", "--generate"]) == 0
    )
    [password] = re.findall(r"password: (\S+)", capsys.readouterr().out)
    role, disabled, hashed = stored(database_url)
    assert (role, disabled) == ("lead", False)
    assert ArgonPasswords().matches(password, hashed)
    assert cli.run(["collector", "reset-password", "chen", "--generate"]) == 0
    assert not ArgonPasswords().matches(password, stored(database_url)[2])


def test_disabling_shows_in_the_list_and_enabling_takes_it_back(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.run(["collector", "add", "chen", "--name", "陈静", "--generate"])
    assert cli.run(["collector", "disable", "chen"]) == 0
    capsys.readouterr()
    assert cli.run(["collector", "list"]) == 0
    assert "disabled" in capsys.readouterr().out
    assert cli.run(["collector", "enable", "chen"]) == 0
    assert stored(database_url)[1] is False


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add", "C h", "--name", "x", "--generate"], "use 2 to 32 of"),
        (
            ["add", "chen", "--name", "x", "--role", "boss", "--generate"],
            "collector, lead, compliance, operations or admin",
        ),
        (["disable", "nobody"], "see yuehuan collector list"),
        (["role", "nobody", "boss"], "collector, lead, compliance, operations or admin"),
        (["portfolios", "nobody", "none"], "see yuehuan portfolio list"),
        (["end-sessions", "nobody"], "see yuehuan collector list"),
        (["reset-password", "nobody", "--generate"], "see yuehuan collector list"),
    ],
)
def test_what_cannot_be_done_is_one_line_with_its_remedy(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["collector", *words]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert told in line


def test_role_portfolios_and_sessions_are_set_at_the_terminal(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.run(["collector", "add", "chen", "--name", "陈静", "--generate"])
    assert cli.run(["collector", "role", "chen", "compliance"]) == 0
    assert stored(database_url)[0] == "compliance"
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO session (collector_id, token_hash, begun_at, seen_at, address_sealed) "
            "SELECT id, 'x', now(), now(), 'x' FROM collector"
        )
    assert cli.run(["collector", "end-sessions", "chen"]) == 0
    assert "sessions ended: 1" in capsys.readouterr().out
    assert cli.run(["collector", "portfolios", "chen"]) == 0
    assert "sees all portfolios" in capsys.readouterr().out


def test_what_was_typed_stands_on_the_trail_as_the_command_lines(database_url: str) -> None:
    cli.run(["collector", "add", "chen", "--name", "陈静", "--generate"])
    done = (
        ["phone", "chen", "13800138000"],
        ["duty", "chen", "--on"],
        ["role", "chen", "lead"],
        ["portfolios", "chen"],
        ["end-sessions", "chen"],
        ["reset-password", "chen", "--generate"],
        ["disable", "chen"],
        ["enable", "chen"],
    )
    for words in done:
        assert cli.run(["collector", *words]) == 0
    assert cli.run(["collector", "role", "nobody", "lead"]) == 2
    with psycopg.connect(database_url) as connection:
        lines = connection.execute(
            "SELECT action, collector_id, data ->> 'by', (data ->> 'person')::bigint = "
            "(SELECT id FROM collector), data ->> 'to' FROM audit ORDER BY id"
        ).fetchall()
    assert [line[0] for line in lines] == [
        *("add_person", "set_phone", "on_duty", "set_role", "set_portfolios", "end_sessions"),
        *("reset_password", "disable_person", "enable_person"),
    ]
    assert {line[1:4] for line in lines} == {(None, "command", True)}
    assert lines[3][4] == "lead"
    assert "138" not in str(lines)
