"""The commands as a desk types them: output, report files, exit codes."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from desk_kit import DeskInHand
from statement_kit import credit, write

from bot.app.cli import run
from bot.domain.transfer_reference import reference_of
from bot.flows.ports.money import NoticeKind, PaymentNotice


@pytest.fixture
def case(
    desk: DeskInHand, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> int:
    """A case, and the commands on this test's database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    for name, value in (("FIELD_KEY", KEY), ("HASH_KEY", KEY), ("SECRET_KEY", "s" * 40)):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("YUEHUAN_DATA", str(tmp_path / "data"))
    return desk.case(desk.portfolio(), due_on=date(2026, 3, 1))


KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def bank(*words: str) -> int:
    return run(["bank", *words])


def test_a_statement_goes_in_and_its_report_says_why(
    case: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [credit("20260305", "500", "马敏", reference_of(case)), credit("20260305", "7", "路人")]
    write(tmp_path / "b.csv", rows, "gb18030")
    words = ("import", "b.csv", "--portfolio", "loans", "--report", "r.csv")
    assert bank(*words, "--dry-run") == 0
    assert "dry run, nothing written" in capsys.readouterr().out
    assert bank(*words) == 0
    said = capsys.readouterr().out
    assert "the remark names the reference we gave for this case" in said
    assert "500.00 CNY" in said
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        report = list(csv.DictReader(file))
    assert [row["outcome"] for row in report] == ["applied", "review"]
    assert report[0]["case"] == str(case)
    assert bank("waiting") == 0
    assert "no case fits" in capsys.readouterr().out


def test_rejected_rows_are_exit_code_one_and_stand_in_the_report(case: int, tmp_path: Path) -> None:
    write(tmp_path / "b.csv", [credit("20260305", "-5", "马敏")])
    assert bank("import", "b.csv", "--portfolio", "loans", "--report", "r.json") == 1
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert report["figures"]["rejected"] == 1
    assert "负数" in report["rows"][0]["reason_zh"]


def test_a_header_nobody_knows_is_mapped(case: int, tmp_path: Path) -> None:
    text = f"哪天,进了多少,说了什么\n2026-03-05,500,{reference_of(case)}\n"
    (tmp_path / "b.csv").write_text(text, "utf-8")
    words = ("import", "b.csv", "--portfolio", "loans")
    assert bank(*words) == 2
    maps = ("--map", "哪天=date", "--map", "进了多少=credit", "--map", "说了什么=remark")
    assert bank(*words, *maps) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "none.csv", "--portfolio", "loans"), "none.csv"),
        (("import", "b.csv", "--portfolio", "nowhere"), "nowhere"),
        (("import", "b.csv", "--portfolio", "loans", "--map", "x=y"), "y"),
        (("import", "b.csv", "--portfolio", "loans", "--report", "r.doc"), "r.doc"),
    ],
)
def test_what_cannot_be_done_is_exit_code_two(
    case: int, tmp_path: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "b.csv", [credit("20260305", "5")])
    assert bank(*words) == 2
    assert said in capsys.readouterr().err


def test_limits_are_set_one_by_one(case: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["limits", "set", "loans", "--periods", "6", "--minimum", "100.00"]) == 0
    assert run(["limits", "set", "loans", "--accept-by-rule", "--reduction", "50"]) == 0
    capsys.readouterr()
    assert run(["limits", "show", "loans"]) == 0
    said = capsys.readouterr().out
    assert "most instalments: 6" in said
    assert "100.00 CNY" in said
    assert "accepted by rule: yes" in said
    for words in (["--periods", "99"], ["--minimum", "x"], ["--reduction", "-1"]):
        assert run(["limits", "set", "loans", *words]) == 2
    assert run(["limits", "show", "nowhere"]) == 2


def test_a_line_a_notice_and_a_fee_are_settled_at_the_terminal_by_somebody(
    desk: DeskInHand, case: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.product.collectors.add("wu", "wu", "lead", "a long password")
    write(tmp_path / "b.csv", [credit("20260305", "500", "", reference_of(case))])
    bank("import", "b.csv", "--portfolio", "loans")
    line = str(desk.one("SELECT id FROM bank_line"))
    assert bank("undo", line, "--reason", "wrong_case", "--by", "nobody") == 2
    assert bank("undo", line, "--reason", "because", "--by", "wu") == 2
    assert bank("undo", line, "--reason", "wrong_case", "--by", "wu") == 0
    assert bank("undo", line, "--reason", "wrong_case", "--by", "wu") == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert desk.one("SELECT state FROM bank_line") == "review"

    refund = PaymentNotice("stripe", "e1", NoticeKind.REFUNDED, "", 5, "CNY", desk.now, "pi_1")
    assert desk.product.settler.notice(refund) == "waiting"
    assert run(["money", "notices"]) == 0
    assert "waiting" in capsys.readouterr().out
    notice = str(desk.one("SELECT id FROM payment_notice"))
    settled = ["money", "dismiss", notice, "--reason", "known_elsewhere", "--by", "wu"]
    assert [run(settled), run(settled)] == [0, 1]

    words = [str(case), "--debt", "1", "--amount", "5.00", "--by", "wu"]
    assert run(["fee", "charge", *words, "--reason", "late_payment"]) == 1
    assert "the policy pack allows no fees cn.fees" in capsys.readouterr().err
    assert run(["limits", "set", "loans", "--fee", "20.00"]) == 0
    assert "20.00 CNY" in capsys.readouterr().out
