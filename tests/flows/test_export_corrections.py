"""Corrected replies become benchmark rows that tell nobody who wrote them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from desk_kit import KEY, DeskInHand, shanghai

from bench.understanding.rows import _reply
from bot.app import cli
from bot.domain.correction import Instead, Reads
from bot.flows.export_corrections import CorrectionExport, Export
from bot.policy.lexicon import understand
from bot.policy.stand_ins import load_stand_ins


@pytest.fixture
def case(desk: DeskInHand) -> int:
    desk.product.collectors.add("chen", "陈静", "collector", "correct horse battery")
    opened = desk.case(
        desk.portfolio(),
        due_on=date(2026, 3, 8),
        phone="+8613800137001",
        name="欧阳倩",
    )
    desk.step(shanghai("2026-03-10 13:40"))
    return opened


def correct(desk: DeskInHand, case: int, text: str, said: Instead | Reads) -> None:
    desk.reply(case, text)
    reply = desk.one("SELECT max(id) FROM reply WHERE case_id = %s", case)
    person = desk.one("SELECT id FROM collector")
    desk.product.corrections.correct(case, int(reply), int(person), said)


def export(desk: DeskInHand, *, livemode: bool = False) -> Export:
    maker = CorrectionExport(desk.product.transactions, understand, load_stand_ins())
    return maker.run(livemode=livemode)


def test_a_row_holds_what_the_collector_says_and_no_name_or_number(
    desk: DeskInHand, case: int
) -> None:
    text = "陈静你好，我是欧阳倩，周五还500，打13800137001"
    said = Reads(["promise_to_pay", "call_later"], date(2026, 3, 13), 30_000)
    correct(desk, case, text, said)
    made = export(desk)
    assert made.withheld == {}
    [row] = made.rows
    assert row["text"] == "林沐你好，我是林沐宸，周五还500，打13800138000"
    assert row["reference_datetime"].endswith("+08:00")
    assert row["expect"]["promise_date"] == "2026-03-13"
    assert row["expect"]["promise_amount"] == "300.00"
    assert row["expect"]["harm"] is False
    checked = _reply("desk", json.loads(json.dumps(row)))
    assert checked.intents == ["promise_to_pay", "call_later"]


@pytest.mark.parametrize(
    ("text", "said", "reason"),
    [
        ("1", Instead("promise_to_pay"), "context"),
        ("好", Instead("promise_to_pay"), "context"),
        ("ouyang qian pays friday", Instead("promise_to_pay"), "personal"),
        ("钱给你们向经理的，找向经理", Instead("complaint"), None),
    ],
)
def test_what_may_not_leave_is_withheld_and_counted(
    desk: DeskInHand, case: int, text: str, said: Instead, reason: str | None
) -> None:
    correct(desk, case, text, said)
    made = export(desk)
    assert made.withheld == ({reason: 1} if reason else {})
    assert len(made.rows) == (0 if reason else 1)
    assert "向经理" not in str(made.rows)


def test_a_text_that_reads_differently_with_stand_ins_is_withheld(desk: DeskInHand) -> None:
    desk.product.collectors.add("chen", "陈静", "collector", "correct horse battery")
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8), name="周五")
    desk.step(shanghai("2026-03-10 13:40"))
    correct(desk, case, "周五还500", Instead("hardship"))
    assert export(desk).withheld == {"altered": 1}


def test_a_correction_taken_back_is_not_exported(desk: DeskInHand, case: int) -> None:
    correct(desk, case, "周五还500", Instead("hardship"))
    reply, first = desk.sql("SELECT reply_id, id FROM correction")[0]
    person = desk.one("SELECT id FROM collector")
    back = Reads(["promise_to_pay"], date(2026, 3, 13), 50_000)
    desk.product.corrections.correct(case, reply, person, back, seen=first)
    assert export(desk) == Export((), {})


def test_a_stop_that_was_missed_is_a_harmful_row(desk: DeskInHand, case: int) -> None:
    correct(desk, case, "晚点再说吧，开会呢", Instead("opt_out"))
    [row] = export(desk).rows
    assert row["expect"]["harm"] is True
    assert row["expect"]["intents"][0] == "opt_out"


def test_test_and_live_portfolios_are_kept_apart(desk: DeskInHand, case: int) -> None:
    correct(desk, case, "周五还500", Instead("hardship"))
    assert export(desk, livemode=True).rows == ()


def test_the_payday_goes_along_only_where_the_reading_needs_it(desk: DeskInHand, case: int) -> None:
    desk.sql("UPDATE debtor SET payday = 15")
    correct(desk, case, "发工资就还500", Instead("hardship"))
    correct(desk, case, "周五还500", Instead("hardship"))
    paid, plain = export(desk).rows
    assert paid["context"] == {"payday": 15}
    assert "context" not in plain


@pytest.fixture
def command_settings(
    desk: DeskInHand, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    values = {
        "YUEHUAN_DATA": str(tmp_path),
        "DATABASE_URL": database_url,
        "FIELD_KEY": KEY,
        "HASH_KEY": KEY,
        "LOG_LEVEL": "WARNING",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("command_settings")
def test_the_commands_write_the_rows_and_tell_the_rate(
    desk: DeskInHand, case: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(desk, case, "周五还500", Instead("hardship"))
    file = tmp_path / "rows.jsonl"
    assert cli.run(["corrections", "export", str(file), "--mode", "test"]) == 0
    rows: list[dict[str, Any]] = [json.loads(line) for line in file.read_text().splitlines()]
    assert [row["text"] for row in rows] == ["周五还500"]
    assert file.stat().st_mode & 0o077 == 0
    assert "1 rows of test portfolios" in capsys.readouterr().out
    assert cli.run(["corrections", "export", str(file)]) == 0
    assert "add --mode test" in capsys.readouterr().out
    assert cli.run(["corrections", "rate", "--mode", "test"]) == 0
    assert "1 ÷ 1 = 100.0%" in capsys.readouterr().out
    assert cli.run(["corrections", "export", str(tmp_path / "no" / "rows.jsonl")]) == 1
    assert "cannot be written" in capsys.readouterr().err
