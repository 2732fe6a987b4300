"""Reductions against the real database: limits, the second person, conditions, the books."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from desk_kit import KEY, DeskInHand, shanghai
from plan_kit import events, opened, pay, person

from bot.app.cli import run
from bot.app.granting import instalments, reductions
from bot.domain.instalments import Wish
from bot.flows.ports.concessions import NewReduction
from bot.flows.reductions import ReductionError


def asked(case: int, amount: int, **more: object) -> NewReduction:
    return NewReduction(case, amount, "hardship", **more)  # type: ignore[arg-type]


def owed(desk: DeskInHand, case: int) -> int:
    return int(desk.one("SELECT sum(owed_minor) FROM debt WHERE case_id = %s", case))


def waived(desk: DeskInHand, case: int) -> int:
    query = (
        "SELECT coalesce(sum(amount_minor), 0) FROM entry WHERE case_id = %s AND kind = 'waiver'"
    )
    return int(desk.one(query, case))


def state(desk: DeskInHand) -> str:
    return str(desk.one("SELECT state FROM reduction ORDER BY id DESC LIMIT 1"))


def test_within_the_limit_it_is_posted_at_once_and_on_the_trail(desk: DeskInHand) -> None:
    case = opened(desk)
    found = reductions(desk.product).ask(person(desk, "lin"), asked(case, 10_000))
    assert found.state == "applied"
    assert (owed(desk, case), waived(desk, case)) == (190_000, 10_000)
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'reduction_asked'") == 1
    assert "reduction_applied" in events(desk, case)


@pytest.mark.parametrize("amount", [10_001, 200_000])
def test_above_the_limit_nothing_happens_until_a_second_person_approves(
    desk: DeskInHand, amount: int
) -> None:
    case, flow = opened(desk), reductions(desk.product)
    found = flow.ask(person(desk, "lin"), asked(case, amount))
    assert found.state == "asked"
    assert (owed(desk, case), waived(desk, case)) == (200_000, 0)
    assert flow.approve(found.reduction_id, person(desk, "wu", "lead")) == "applied"
    assert (owed(desk, case), waived(desk, case)) == (200_000 - amount, amount)
    assert desk.state(case) == ("closed" if amount == 200_000 else "active")
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'reduction_approved'") == 1


def test_nobody_approves_their_own_request_whatever_their_role(desk: DeskInHand) -> None:
    case, flow, admin = opened(desk), reductions(desk.product), person(desk, "boss", "admin")
    found = flow.ask(admin, asked(case, 50_000))
    with pytest.raises(ReductionError, match="same_person"):
        flow.approve(found.reduction_id, admin)
    with pytest.raises(ReductionError, match="may_not"):
        flow.approve(found.reduction_id, person(desk, "lin"))
    assert waived(desk, case) == 0


def test_the_database_itself_refuses_one_person_in_both_roles(desk: DeskInHand) -> None:
    case, admin = opened(desk), person(desk, "boss", "admin")
    found = reductions(desk.product).ask(admin, asked(case, 50_000))
    with pytest.raises(Exception, match="reduction_second_person"):
        desk.sql("UPDATE reduction SET decided_by = %s WHERE id = %s", admin, found.reduction_id)


def test_what_was_decided_is_not_decided_again(desk: DeskInHand) -> None:
    case, flow, lead = opened(desk), reductions(desk.product), person(desk, "wu", "lead")
    found = flow.ask(person(desk, "lin"), asked(case, 50_000))
    flow.decline(found.reduction_id, lead)
    with pytest.raises(ReductionError, match="moved_on"):
        flow.approve(found.reduction_id, lead)
    assert (state(desk), waived(desk, case)) == ("declined", 0)


@pytest.mark.parametrize(
    ("amount", "more", "code"),
    [
        (0, {}, "not_positive"),
        (-5, {}, "not_positive"),
        (200_001, {}, "more_than_owed"),
        (5, {"pay_by": date(2026, 3, 20)}, "condition_missing"),
        (5, {"condition_minor": 5}, "condition_missing"),
        (5, {"pay_by": date(2026, 3, 9), "condition_minor": 5}, "bad_date"),
        (150_000, {"pay_by": date(2026, 3, 20), "condition_minor": 50_001}, "condition_too_large"),
    ],
)
def test_what_cannot_be_granted_is_refused(
    desk: DeskInHand, amount: int, more: dict[str, object], code: str
) -> None:
    case = opened(desk)
    desk.set_now(shanghai("2026-03-10 10:00"))
    with pytest.raises(ReductionError, match=code):
        reductions(desk.product).ask(person(desk, "lin"), asked(case, amount, **more))
    assert desk.one("SELECT count(*) FROM reduction") == 0


def granted(desk: DeskInHand, case: int) -> int:
    """500 off if 1,500 are paid by 2026-03-20."""
    flow = reductions(desk.product)
    wanted = asked(case, 50_000, pay_by=date(2026, 3, 20), condition_minor=150_000)
    found = flow.ask(person(desk, "lin"), wanted)
    assert flow.approve(found.reduction_id, person(desk, "wu", "lead")) == "granted"
    return found.reduction_id


def test_a_condition_that_is_met_closes_the_case(desk: DeskInHand) -> None:
    case = opened(desk)
    granted(desk, case)
    pay(desk, case, 100_000)
    assert (state(desk), waived(desk, case)) == ("granted", 0)
    pay(desk, case, 50_000)
    assert (state(desk), waived(desk, case), desk.state(case)) == ("applied", 50_000, "closed")


def test_a_condition_that_is_not_met_by_its_day_is_void(desk: DeskInHand) -> None:
    case, flow = opened(desk), reductions(desk.product)
    granted(desk, case)
    pay(desk, case, 100_000)
    desk.set_now(shanghai("2026-03-20 23:00"))
    assert flow.sweep(livemode=False) == 0
    desk.set_now(shanghai("2026-03-21 00:30"))
    assert flow.sweep(livemode=False) == 1
    assert flow.sweep(livemode=False) == 0
    assert "reduction_void" in events(desk, case)
    pay(desk, case, 50_000)
    assert (state(desk), waived(desk, case), owed(desk, case)) == ("void", 0, 50_000)


def test_money_paid_in_time_and_known_late_makes_it_valid_again(desk: DeskInHand) -> None:
    case, flow = opened(desk), reductions(desk.product)
    granted(desk, case)
    desk.set_now(shanghai("2026-03-25 10:00"))
    flow.sweep(livemode=False)
    pay(desk, case, 150_000, shanghai("2026-03-19 10:00"))
    assert (state(desk), desk.state(case)) == ("applied", "closed")


def test_money_from_before_the_grant_meets_no_condition(desk: DeskInHand) -> None:
    case = opened(desk)
    granted(desk, case)
    pay(desk, case, 150_000, desk.now - timedelta(days=2))
    assert (state(desk), waived(desk, case)) == ("granted", 0)


def test_a_condition_after_everything_is_paid_gives_nothing(desk: DeskInHand) -> None:
    case = opened(desk)
    granted(desk, case)
    pay(desk, case, 200_000)
    assert (state(desk), waived(desk, case), desk.state(case)) == ("needless", 0, "closed")


def test_planned_touches_stop_when_nothing_is_owed_any_more(desk: DeskInHand) -> None:
    case, flow = opened(desk), reductions(desk.product)
    desk.set_now(shanghai("2026-03-10 07:00"))
    while not desk.one("SELECT count(*) FROM touch WHERE state = 'planned'"):
        desk.set_now(desk.now + timedelta(days=1))
        desk.plan()
    found = flow.ask(person(desk, "lin"), asked(case, 200_000))
    flow.approve(found.reduction_id, person(desk, "wu", "lead"))
    assert desk.one("SELECT count(*) FROM touch WHERE state = 'planned'") == 0
    desk.step(desk.now + timedelta(hours=5))
    assert desk.texts(case) == []


def test_the_case_shows_its_plans_and_reductions_in_the_terminal(
    desk: DeskInHand,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = opened(desk)
    granted(desk, case)
    instalments(desk.product).ask(case, Wish(2), source="page", reply_id=None)
    for name, value in (("DATABASE_URL", database_url), ("YUEHUAN_DATA", str(tmp_path))):
        monkeypatch.setenv(name, value)
    for name, value in (("FIELD_KEY", KEY), ("HASH_KEY", KEY), ("SECRET_KEY", "s" * 40)):
        monkeypatch.setenv(name, value)
    assert run(["case", "show", str(case)]) == 0
    said = capsys.readouterr().out
    assert "reduction 1 · granted · 500.00 · hardship if 1500.00 by 2026-03-20" in said
    assert "plan 1 · active · 2026-03-17 1000.00 open" in said
