"""The dashboard over HTTP: who may see it, whose figures it shows, what files hold."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import psycopg
import pytest
from console_browser import Browser, add_person
from desk_kit import DeskInHand
from openpyxl import load_workbook
from world import World


@pytest.fixture
def world(desk: DeskInHand) -> World:
    """Two portfolios with figures, and people to look at them."""
    world = World(desk)
    other = World(desk, desk.portfolio("other", name="<b>别家</b>"))
    a, b = world.case(), world.case()
    c = other.case()
    for case in (a, b):
        world.sms(case, "2026-03-09 10:00")
    other.sms(c, "2026-03-09 10:00", "undelivered")
    world.reply(a, "2026-03-09 11:00")
    world.paid(a, "2026-03-10 09:00", 50_000)
    world.handoff(b, "2026-03-10 09:00", "2026-03-10 09:10")
    world.counted("2026-03-10 18:00")
    add_person(desk, "lin", "林组长", role="lead")
    add_person(desk, "zhou", "周文", role="collector")
    return world


def seen_by(world: World, login: str) -> Browser:
    browser = Browser(world.desk, login)
    browser.log_in()
    return browser


def lines(answer: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.decode("utf-8-sig"))))


def test_rates_stand_with_both_their_numbers(world: World) -> None:
    page = seen_by(world, "lin").get("/dashboard").text
    assert "短信送达率" in page
    assert re.search(r"66\.7%</b><small>2 ÷ 3</small>", page)
    assert "500.00元" in page
    assert "&lt;b&gt;别家" in page
    assert "<b>别家" not in page


def test_a_collector_is_refused_and_that_is_written_down(world: World) -> None:
    browser = seen_by(world, "zhou")
    assert browser.get("/dashboard").status_code == 403
    assert browser.get("/dashboard/all.xlsx").status_code == 403
    assert world.desk.one("SELECT count(*) FROM audit WHERE action = 'refused'") == 2


def test_one_portfolio_is_shown_alone(world: World) -> None:
    page = seen_by(world, "lin").get("/dashboard?portfolio=other").text
    assert re.search(r"0\.0%</b><small>0 ÷ 1</small>", page)


def test_a_person_sees_only_the_portfolios_granted(world: World) -> None:
    who = world.desk.one("SELECT id FROM collector WHERE login = 'lin'")
    world.desk.sql(
        "INSERT INTO collector_portfolio (collector_id, portfolio_id) VALUES (%s, %s)",
        *(who, world.book),
    )
    world.desk.sql("UPDATE collector SET all_portfolios = false WHERE id = %s", who)
    page = seen_by(world, "lin").get("/dashboard?portfolio=other").text
    assert "没有这个资产包" in page
    assert "别家" not in page
    assert re.search(r"100\.0%</b><small>2 ÷ 2</small>", page)


def test_a_file_adds_up_to_the_page_and_leaves_a_line(world: World) -> None:
    browser = seen_by(world, "lin")
    funnel = lines(browser.get("/dashboard/funnel.csv?period=7d").content)
    assert [line["案件"] for line in funnel] == ["3", "3", "2", "1", "0", "1"]
    book = load_workbook(io.BytesIO(browser.get("/dashboard/all.xlsx?period=7d").content))
    assert book["逐日数字"]["B2"].value == 0
    assert sum(row[1].value for row in book["逐日数字"].iter_rows(min_row=2)) == 3
    told = world.desk.sql("SELECT data FROM audit WHERE action = 'export' ORDER BY id")
    assert [(row[0]["table"], row[0]["form"]) for row in told] == [
        ("funnel", "csv"),
        ("all", "xlsx"),
    ]
    assert browser.get("/dashboard/nothing.csv").status_code == 404
    assert browser.get("/dashboard/all.csv").status_code == 404


def test_the_page_asks_the_database_the_same_number_of_questions_whatever_it_shows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = seen_by(world, "lin")
    asked: list[str] = []
    execute = psycopg.Cursor.execute

    def counting(self: object, query: object, *rest: object, **more: object) -> object:
        asked.append(str(query))
        return execute(self, query, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg.Cursor, "execute", counting)

    def questions(path: str) -> int:
        asked.clear()
        assert browser.get(path).ok
        return len(asked)

    questions("/dashboard")
    few = questions("/dashboard?portfolio=other&period=today")
    for number in range(5):
        more = World(world.desk, world.desk.portfolio(f"more{number}"))
        more.sms(more.case(due=date(2026, 3, 1)), "2026-03-10 10:00")
    world.counted("2026-03-11 18:00")
    assert questions("/dashboard?period=90d") == few


def test_no_question_of_the_page_reads_a_large_table_from_end_to_end(world: World) -> None:
    with world.desk.product.pool.connection() as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        from bot.store.figures import reading

        values = {
            "books": [world.book],
            "first": date(2026, 3, 1),
            "last": date(2026, 3, 10),
            "days": [date(2026, 3, 1)],
            "day": date(2026, 3, 10),
            "now": world.desk.now,
            "until": world.desk.now,
        }
        for query in (reading._SUMS, reading._HELD, reading._DAYS, reading._USED, reading._WORK):
            plan = connection.execute(f"EXPLAIN {query}", values).fetchall()
            scanned = [row[0] for row in plan if "Seq Scan" in row[0]]
            assert not [each for each in scanned if "sender" not in each], query


def test_before_anything_is_counted_the_page_says_so(desk: DeskInHand) -> None:
    add_person(desk, "lin", "林组长", role="lead")
    browser = Browser(desk, "lin")
    browser.log_in()
    assert "还没有资产包" in browser.get("/dashboard").text
    desk.portfolio()
    assert "还没有统计过" in browser.get("/dashboard").text
