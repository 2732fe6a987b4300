"""Money that was paid in time and only became known late breaks no promise."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from desk_kit import DeskInHand, shanghai
from statement_kit import credit, take, write

from bot.domain.transfer_reference import reference_of


@pytest.fixture
def broken(desk: DeskInHand) -> int:
    """A case whose promise of 2026-03-12 was broken on the 14th."""
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 1))
    desk.step(shanghai("2026-03-10 10:00"))
    desk.reply(case, "12号还500")
    assert desk.state(case) == "promised"
    for day in ("11", "12", "13", "14"):
        desk.step(shanghai(f"2026-03-{day} 11:00"))
    assert promise(desk, case) == ("broken", 0)
    return case


def promise(desk: DeskInHand, case: int) -> tuple[str, int]:
    rows = desk.sql(
        "SELECT state, paid_minor FROM promise WHERE case_id = %s AND state <> 'superseded' "
        "ORDER BY id DESC LIMIT 1",
        case,
    )
    return tuple(rows[0])


def events(desk: DeskInHand, case: int) -> list[str]:
    rows = desk.sql("SELECT event FROM case_event WHERE case_id = %s ORDER BY seq", case)
    return [row[0] for row in rows]


def bring(desk: DeskInHand, case: int, path: Path, day: str, amount: str) -> object:
    return take(desk, write(path / f"{day}.csv", [credit(day, amount, "", reference_of(case))]))


def test_money_paid_before_the_day_repairs_a_broken_promise(
    desk: DeskInHand, broken: int, tmp_path: Path
) -> None:
    found = bring(desk, broken, tmp_path, "20260311", "500")
    assert promise(desk, broken) == ("kept", 50_000)
    assert found.figures.repaired == 1
    assert "promise_repaired" in events(desk, broken)


def test_money_paid_within_the_grace_repairs_it_too(
    desk: DeskInHand, broken: int, tmp_path: Path
) -> None:
    bring(desk, broken, tmp_path, "20260313", "500")
    assert promise(desk, broken) == ("kept", 50_000)


def test_money_paid_after_the_grace_repairs_nothing(
    desk: DeskInHand, broken: int, tmp_path: Path
) -> None:
    found = bring(desk, broken, tmp_path, "20260314", "500")
    assert promise(desk, broken) == ("broken", 0)
    assert found.figures.repaired == 0


def test_a_part_paid_in_time_makes_it_partly_kept(
    desk: DeskInHand, broken: int, tmp_path: Path
) -> None:
    bring(desk, broken, tmp_path, "20260311", "200")
    assert promise(desk, broken) == ("partial", 20_000)
    bring(desk, broken, tmp_path, "20260312", "300")
    assert promise(desk, broken) == ("kept", 50_000)


def test_contacts_after_paying_are_told_and_what_was_planned_stops(
    desk: DeskInHand, broken: int, tmp_path: Path
) -> None:
    sent = desk.one(
        "SELECT count(*) FROM attempt WHERE case_id = %s AND at > %s AND purpose <> 'answer'",
        broken,
        shanghai("2026-03-11 12:00"),
    )
    assert sent
    found = bring(desk, broken, tmp_path, "20260311", "500")
    assert found.figures.contacted == sent
    assert "contacted_after_paying" in events(desk, broken)
    waiting = "SELECT count(*) FROM touch WHERE case_id = %s AND state = 'planned' AND purpose <> 'thanks'"
    assert desk.one(waiting, broken) == 0


def test_a_repaired_promise_is_no_longer_counted_as_broken(
    desk: DeskInHand, broken: int, tmp_path: Path
) -> None:
    bring(desk, broken, tmp_path, "20260311", "500")
    with desk.product.transactions() as store:
        facts = store.facts([broken], desk.now)[0]
    assert facts.broken_promises == 0
    desk.step(shanghai("2026-03-15 11:00"))
    assert desk.state(broken) == "active"


def test_money_for_an_open_promise_keeps_it_as_before(desk: DeskInHand, tmp_path: Path) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 1))
    desk.step(shanghai("2026-03-10 10:00"))
    desk.reply(case, "12号还500")
    bring(desk, case, tmp_path, "20260310", "500")
    assert promise(desk, case) == ("kept", 50_000)
    assert desk.state(case) == "active"
