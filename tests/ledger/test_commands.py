"""The commands as a desk types them: output, report files, exit codes."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from bot.app.cli import run
from bot.flows.ports.portfolios import NewPortfolio
from bot.flows.set_up import Offered, SetUpError, open_portfolio
from bot.store.portfolios import PortfolioRows

LEDGER = """合同编号,客户姓名,手机号,期次,应还日期,应还金额,紧急联系人电话,备注
HT1,马敏,13800138000,1,2026-03-09,4180.55,13800138009,=1+1
HT2,苏玲,12345,1,2026-03-09,4180.55,,
"""

Command = Callable[..., int]


@pytest.fixture
def command(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`yuehuan …` in a folder with ledger.csv, on this test's database, a portfolio ready."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("YUEHUAN_DATA", str(tmp_path / "data"))
    (tmp_path / "ledger.csv").write_text(LEDGER, encoding="utf-8")

    def call(*words: str) -> int:
        return run(words)

    assert call("sender", "add", "main", "--kind", "sandbox", "--address", "+8613800139999") == 0
    assert call(*portfolio("loans")) == 0
    return call


def portfolio(code: str, **other: str) -> list[str]:
    values = {
        "creditor": "示例消费金融",
        "signature": "示例消金",
        "sender": "main",
        "cadence": "consumer_loan",
        "pack": "cn",
        "phone": "400 812 3456",
        **other,
    }
    return ["portfolio", "add", code, *(f"--{k}={v}" for k, v in values.items())]


def imported(command: Command, *words: str) -> int:
    return command("import", "ledger.csv", "--portfolio", "loans", *words)


def count(database_url: str, table: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


def test_rejected_rows_make_exit_1_and_the_rest_is_imported(
    command: Command, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(command) == 1
    said = capsys.readouterr().out
    assert "第 3 行 line 3 · 手机号" in said
    assert "12345" not in said
    assert "紧急联系人电话" in said
    assert count(database_url, "debt") == 1
    Path("ledger.csv").write_text("".join(LEDGER.splitlines(True)[:2]), encoding="utf-8")
    assert imported(command) == 0


def test_a_dry_run_writes_nothing(command: Command, database_url: str) -> None:
    assert imported(command, "--dry-run") == 1
    assert count(database_url, "debtor") == 0
    assert count(database_url, "ledger_import") == 0


def test_the_csv_report_names_line_column_value_and_remedy(command: Command) -> None:
    imported(command, "--report", "r.csv")
    with Path("r.csv").open(encoding="utf-8-sig", newline="") as file:
        (line,) = csv.DictReader(file)
    assert list(line)[:6] == ["line", "column", "value", "outcome", "reason", "remedy"]
    assert (line["line"], line["column"], line["value"]) == ("3", "手机号", "1***")
    assert line["outcome"] == "rejected"
    assert "位数" in line["remedy_zh"]
    assert "digits" in line["remedy"]


def test_a_report_cell_is_never_a_formula(command: Command) -> None:
    text = LEDGER.replace("2026-03-09", "=HYPERLINK(1)", 1).replace("4180.55", "-5", 1)
    Path("ledger.csv").write_text(text, encoding="utf-8")
    imported(command, "--report", "r.csv")
    with Path("r.csv").open(encoding="utf-8-sig", newline="") as file:
        values = [line["value"] for line in csv.DictReader(file)]
    assert values == ["'=HYPERLINK(1)", "-5", "1***"]


def test_the_json_report_has_figures_and_rows(command: Command) -> None:
    imported(command, "--report", "r.json")
    report = json.loads(Path("r.json").read_text("utf-8"))
    assert (report["portfolio"], report["figures"]["rejected"]) == ("loans", 1)
    assert [row["line"] for row in report["rows"]] == [3]


@pytest.mark.parametrize(
    "words",
    [
        ["import", "none.csv", "--portfolio", "loans"],
        ["import", "ledger.csv", "--portfolio", "nowhere"],
        ["import", "ledger.csv"],
        ["import", "ledger.csv", "--portfolio", "loans", "--settle-missing"],
        ["import", "ledger.csv", "--portfolio", "loans", "--map", "备注=telegram"],
        ["import", "ledger.csv", "--portfolio", "loans", "--map", "无此列=phone"],
        ["import", "ledger.csv", "--portfolio", "loans", "--map", "紧急联系人电话=phone"],
        ["import", "ledger.csv", "--portfolio", "loans", "--map", "手机号=ignore"],
        ["import", "ledger.csv", "--portfolio", "loans", "--report", "r.txt"],
        ["import", "ledger.csv", "--portfolio", "loans", "--report", "no/such/r.csv"],
    ],
)
def test_what_cannot_be_used_is_exit_2_with_a_remedy_and_changes_nothing(
    command: Command,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
) -> None:
    assert command(*words) == 2
    assert capsys.readouterr().err.startswith("yuehuan: ")
    assert count(database_url, "debt") == 0


def test_portfolios_are_listed_and_shown(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(command)
    capsys.readouterr()
    assert command("portfolio", "list") == 0
    assert "4180.55 CNY" in capsys.readouterr().out
    assert command("portfolio", "show", "loans") == 0
    assert "示例消金" in capsys.readouterr().out
    assert command("portfolio", "show", "nowhere") == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("creditor", ""),
        ("signature", "【示例】"),
        ("signature", "例"),
        ("sender", "none"),
        ("cadence", "none"),
        ("pack", "none"),
        ("zone", "Mars/Base"),
        ("region", "China"),
        ("currency", "RMBX"),
        ("collector-kind", "friend"),
        ("grace-days", "99"),
        ("phone", "见官网"),
    ],
)
def test_a_portfolio_that_could_not_work_is_refused_naming_the_field(
    command: Command, capsys: pytest.CaptureFixture[str], field: str, value: str
) -> None:
    capsys.readouterr()
    assert command(*portfolio("other", **{field: value})) == 2
    assert f"yuehuan: {field}: " in capsys.readouterr().err
    command("portfolio", "list")
    assert "other" not in capsys.readouterr().out


def test_a_code_is_taken_once(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(*portfolio("loans")) == 2
    assert "loans exists already" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--kind", "sandbox", "--address", "12345"],
        ["--kind", "pigeon", "--address", "+8613800139998"],
        ["--kind", "sandbox", "--address", "+8613800139998", "--live"],
        ["--kind", "twilio", "--address", "+12025550123"],
        ["--kind", "sandbox", "--address", "+8613800139998", "--per-second", "0"],
    ],
)
def test_a_sender_that_could_not_work_is_refused(command: Command, words: list[str]) -> None:
    assert command("sender", "add", "second", *words) == 2


def test_a_test_portfolio_never_gets_a_live_sender(command: Command, database_url: str) -> None:
    sender = ["sender", "add", "real", "--kind", "twilio", "--address", "+12025550123", "--live"]
    assert command(*sender) == 0
    assert command(*portfolio("other", sender="real")) == 2
    new = NewPortfolio(
        "x",
        "x",
        "x",
        "x",
        "示例",
        "Asia/Shanghai",
        "CN",
        "CNY",
        "c",
        ("cn",),
        "main",
        livemode=True,
    )
    offered = Offered({"c"}, {"cn"}, {"CNY"})
    with psycopg.connect(database_url) as connection:
        store = PortfolioRows(connection)
        with pytest.raises(SetUpError) as wrong:
            open_portfolio(store, new, offered, datetime(2026, 3, 5, tzinfo=UTC))
    assert {problem.field for problem in wrong.value.problems} == {
        "sender",
        "phone",
        "complaint_phone",
    }


def test_what_debtors_read_and_hear_of_a_portfolio_can_be_changed(
    command: Command, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO alarm (kind, subject, message, at) "
            "VALUES ('portfolio_incomplete', 'loans', 'phone is empty', now())"
        )
    assert command("portfolio", "set", "loans", "--contact-name", " 陈专员 ") == 0
    assert count(database_url, "portfolio WHERE contact_name = '陈专员'") == 1
    assert count(database_url, "alarm WHERE cleared_at IS NULL") == 0
    assert command("portfolio", "set", "loans", "--contact-name", "") == 0
    assert count(database_url, "portfolio WHERE contact_name = ''") == 1
    capsys.readouterr()
    assert command("portfolio", "set", "loans") == 2
    assert "--contact-name" in capsys.readouterr().err
    assert command("portfolio", "set", "nowhere", "--phone", "400 812 3456") == 2


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--contact-name", "催收一部", "催"),
        ("--contact-name", "逾期账款组陈专员", "逾期"),
        ("--contact-name", "陈" * 21, "no name"),
        ("--contact-name", "陈专员\n欠款两千", "no name"),
        ("--contact-name", "陈专员13800138000", "1"),
        ("--phone", "call us", "no number"),
        ("--creditor", "", "empty"),
        ("--signature", "【东升】", "no signature"),
    ],
)
def test_a_change_that_could_not_work_or_tells_too_much_changes_nothing(
    command: Command,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
    option: str,
    value: str,
    said: str,
) -> None:
    assert command("portfolio", "set", "loans", "--payee-account", "尾号1", option, value) == 2
    assert said in capsys.readouterr().err
    assert count(database_url, "portfolio WHERE payee_account = '尾号1'") == 0
    assert command(*portfolio("other", contact_name="法务催收")) == 2


def test_a_stopped_sender_starts_again_and_its_alarm_clears(
    command: Command, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE sender SET stopped_reason = '30002', stopped_at = now()")
        connection.execute(
            "INSERT INTO alarm (kind, subject, message, at) "
            "SELECT 'sender_stopped', id::text, '30002', now() FROM sender"
        )
    command("sender", "list")
    assert "30002" in capsys.readouterr().out
    assert command("sender", "start", "main") == 0
    assert count(database_url, "sender WHERE stopped_reason IS NOT NULL") == 0
    assert count(database_url, "alarm WHERE cleared_at IS NULL") == 0
    assert command("sender", "start", "nobody") == 2
