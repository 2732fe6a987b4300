"""The money report: every figure can be made again from the books."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from desk_kit import shanghai
from paying_desk import CHARGED_BACK, REFUNDED, REINSTATED, SUCCEEDED, PayingDesk

from bot.app.cli import run
from bot.app.money_table import as_csv, as_json, rows, save_xlsx, totals
from bot.flows.bookkeeping import Adjustment, charge_fee, waive
from bot.flows.ports.money import IncomingPayment
from bot.store.money_report import MoneyLine, MoneyReports, UnmatchedLine

FIRST, LAST = date(2026, 3, 10), date(2026, 3, 12)


def lived(paying: PayingDesk) -> list[int]:
    """One case reminded and paid, one paid unasked, money back and forth, a fee and a waiver."""
    desk = paying.desk
    reminded, unasked, other = (paying.case() for _ in range(3))
    desk.sql("UPDATE cases SET next_check_at = %s WHERE id <> %s", shanghai("2026-04-01"), reminded)
    desk.step(shanghai("2026-03-10 13:40"))
    assert len(desk.texts(reminded)) == 1
    desk.set_now(shanghai("2026-03-10 23:59"))
    paying.paid(reminded, 50_000)
    desk.set_now(shanghai("2026-03-11 00:01"))
    reference = paying.paid(unasked)
    paying.tell(REFUNDED, reference, 30_000)
    paying.tell(CHARGED_BACK, reference, 170_000)
    paying.tell(REINSTATED, reference, 100_000)
    payment = IncomingPayment(other, 70_000, "CNY", "bank", "b-1", desk.now)
    desk.product.settler.receive(payment, livemode=False)
    debt = desk.one("SELECT id FROM debt WHERE case_id = %s", other)
    with desk.product.transactions() as store:
        charge_fee(store, Adjustment(other, debt, 500, "late", "collector:1"), at=desk.now)
        waive(store, Adjustment(other, debt, 700, "kind", "reduction:1"), at=desk.now)
    return [reminded, unasked, other]


def reported(paying: PayingDesk, code: str = "loans") -> list[MoneyLine]:
    with paying.desk.product.pool.connection() as connection:
        return MoneyReports(connection).money(code, FIRST, LAST)


def test_money_is_told_by_day_provider_and_what_brought_it(paying: PayingDesk) -> None:
    lived(paying)
    tenth, eleventh = date(2026, 3, 10), date(2026, 3, 11)
    assert reported(paying) == [
        MoneyLine(tenth, "stripe", "sms", "CNY", 1, 50_000, 0, 0, 0, 0, 0),
        MoneyLine(eleventh, "", "", "CNY", 0, 0, 0, 0, 0, 500, 700),
        MoneyLine(eleventh, "bank", "none", "CNY", 1, 70_000, 0, 0, 0, 0, 0),
        MoneyLine(eleventh, "stripe", "none", "CNY", 1, 200_000, 30_000, 170_000, 100_000, 0, 0),
    ]
    assert sum(line.net for line in reported(paying)) == 220_000


def test_every_figure_is_in_the_books_and_in_the_payments(paying: PayingDesk) -> None:
    lived(paying)
    lines = reported(paying)
    [(received, refunded, charged_back)] = paying.desk.sql(
        "SELECT sum(amount_minor)::bigint, sum(refunded_minor)::bigint, "
        "sum(charged_back_minor)::bigint FROM payment"
    )
    assert sum(line.received for line in lines) == received
    assert sum(line.refunded for line in lines) == refunded
    assert sum(line.charged_back - line.reinstated for line in lines) == charged_back
    assert paying.breaches() == []


def test_days_and_portfolios_that_were_not_asked_for_stay_out(paying: PayingDesk) -> None:
    lived(paying)
    paying.desk.portfolio("more")
    with paying.desk.product.pool.connection() as connection:
        reports = MoneyReports(connection)
        assert [line.day for line in reports.money("loans", FIRST, FIRST)] == [FIRST]
        assert reports.money("more", FIRST, LAST) == []


def test_a_message_of_more_than_two_weeks_ago_brought_nothing(paying: PayingDesk) -> None:
    case = paying.case()
    paying.desk.step(shanghai("2026-03-10 13:40"))
    paying.desk.sql("UPDATE attempt SET at = at - interval '14 days'")
    paying.paid(case)
    assert [line.channel for line in reported(paying)] == ["none"]


def test_notices_nobody_matched_are_listed_with_their_portfolio_or_with_all(
    paying: PayingDesk,
) -> None:
    real = paying.desk.product.clock.real().date()
    mine = paying.checkout(paying.case())
    paying.desk.portfolio("more")
    paying.tell(SUCCEEDED, mine, 1)
    paying.tell(SUCCEEDED, "nobody's", 70)
    days = (real - timedelta(days=1), real + timedelta(days=1))
    with paying.desk.product.pool.connection() as connection:
        found = {
            code: MoneyReports(connection).unmatched(code, *days) for code in ("loans", "more")
        }
    assert [(line.outcome, line.total) for line in found["loans"]] == [
        ("amount_differs", 1),
        ("unknown_reference", 70),
    ]
    assert [line.outcome for line in found["more"]] == ["unknown_reference"]


def test_the_same_figures_in_every_format(paying: PayingDesk, tmp_path: Path) -> None:
    lived(paying)
    lines = reported(paying)
    unmatched = [UnmatchedLine(FIRST, "stripe", "succeeded", "waiting", "CNY", 2, 1234)]
    table = rows(lines, unmatched)
    read = list(csv.DictReader(io.StringIO(as_csv(table).decode("utf-8-sig"))))
    assert [row["what"] for row in read] == ["money", "claims", "money", "money", "unmatched"]
    assert read[3]["net"] == "1000.00"
    assert (read[4]["received"], read[4]["outcome"]) == ("12.34", "waiting")
    document = json.loads(as_json(lines, unmatched))
    assert [line["net"] for line in document["money"]] == [line.net for line in lines]
    save_xlsx(table, tmp_path / "money.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "money.xlsx").active
    assert sheet["K5"].value == 1000
    [total] = totals(lines)
    assert total[:6] == ("total", "", "", "", "CNY", "3")
    assert total[10] == "2200.00"


def test_the_command_says_what_is_wrong(
    paying: PayingDesk,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("YUEHUAN_DATA", str(tmp_path / "data"))
    lived(paying)

    def report(code: str, first: str, last: str, *more: str) -> int:
        words = ("--portfolio", code, "--from", first, "--to", last, *more)
        return run(("money", "report", *words))

    assert report("loans", "2026-03-10", "2026-03-12") == 0
    assert "2200.00" in capfd.readouterr().out
    assert report("loans", "2026-03-10", "2026-03-12", "--format", "csv") == 0
    assert "2026-03-11,stripe,none,CNY,1,2000.00" in capfd.readouterr().out
    assert report("none", "2026-03-10", "2026-03-12") == 2
    assert report("loans", "2026-03-12", "2026-03-10") == 2
    assert report("loans", "2026-03-10", "2026-03-12", "--format", "xlsx") == 2
    assert report("loans", "10.3.2026", "2026-03-12") == 2
    assert "--out" in capfd.readouterr().err
