"""Plans against the real database: by rule, by people, kept, missed, broken."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from desk_kit import DeskInHand, shanghai
from plan_kit import LIMITS, events, opened, parts, pay, person, plan_state, promises

from bot.app.granting import instalments
from bot.domain.instalments import Limits, Wish
from bot.flows.instalments import PlanError, Proposed


def ask(desk: DeskInHand, case: int, **wish: object) -> Proposed:
    asked = Wish(**wish)  # type: ignore[arg-type]
    return instalments(desk.product).ask(case, asked, source="page", reply_id=None)


def agree(desk: DeskInHand, case: int) -> int:
    """Three instalments of the 12th, agreed by a lead."""
    given = parts((3, 12, 80_000), (4, 12, 60_000), (5, 12, 60_000))
    return instalments(desk.product).agree(case, person(desk, "lead", "lead"), given)


def live_to(desk: DeskInHand, day: date) -> None:
    """Every day at eleven and at half past four up to `day`."""
    while desk.now.date() < day:
        desk.step(desk.now.replace(hour=3, minute=0) + timedelta(days=1))
        desk.step(desk.now.replace(hour=8, minute=30))


def test_a_wish_within_the_limits_is_accepted_by_rule(desk: DeskInHand) -> None:
    case = opened(desk)
    found = ask(desk, case, periods=3)
    assert found.active
    assert [part.due_on.isoformat() for part in found.parts] == ["2026-03-17", "2026-04-17", "2026-05-17"]  # fmt: skip
    assert (desk.state(case), plan_state(desk, case)) == ("promised", "active")
    assert promises(desk, case) == [("open", 0)] * 3
    assert "plan_active" in events(desk, case)


def test_a_wish_that_names_nothing_is_the_longest_plan(desk: DeskInHand) -> None:
    found = ask(desk, opened(desk))
    assert len(found.parts) == 4
    assert sum(part.amount_minor for part in found.parts) == 200_000


@pytest.mark.parametrize(
    "wish",
    [
        {"periods": 5},
        {"periods": 2, "first_on": date(2026, 4, 20)},
        {"periods": 2, "first_minor": 5},
    ],
)
def test_a_wish_beyond_the_limits_waits_for_a_human(
    desk: DeskInHand, wish: dict[str, object]
) -> None:
    case = opened(desk)
    found = ask(desk, case, **wish)
    assert not found.active
    assert (desk.state(case), plan_state(desk, case)) == ("active", "proposed")
    assert promises(desk, case) == []


def test_without_the_rule_even_a_wish_within_the_limits_waits(desk: DeskInHand) -> None:
    case = opened(desk, replace(LIMITS, accept_by_rule=False))
    assert not ask(desk, case, periods=3).active


def test_a_portfolio_without_terms_offers_no_plan(desk: DeskInHand) -> None:
    case = opened(desk, None)
    with pytest.raises(PlanError, match="not_offered"):
        ask(desk, case)
    assert instalments(desk.product).offer(case) == (Limits(), ())


def test_what_is_offered_is_read_while_somebody_works_on_the_case(desk: DeskInHand) -> None:
    case = opened(desk)
    with (
        psycopg.connect(desk.product.pool.conninfo) as held,
        ThreadPoolExecutor(1) as reader,
    ):
        held.execute("SELECT 1 FROM debtor FOR UPDATE")
        try:
            limits, widest = reader.submit(instalments(desk.product).offer, case).result(60)
        finally:
            held.rollback()
    assert limits == LIMITS
    assert sum(part.amount_minor for part in widest) == 200_000


def test_one_plan_at_a_time_and_none_on_a_paid_case(desk: DeskInHand) -> None:
    case = opened(desk)
    ask(desk, case, periods=3)
    with pytest.raises(PlanError, match="has_plan"):
        ask(desk, case, periods=2)
    pay(desk, case, 200_000)
    with pytest.raises(PlanError, match="nothing_owed"):
        ask(desk, case, periods=2)


def test_a_collector_accepts_what_waits_and_the_case_comes_back(desk: DeskInHand) -> None:
    case = opened(desk, replace(LIMITS, accept_by_rule=False))
    desk.step(shanghai("2026-03-10 10:00"))
    desk.reply(case, "能分期吗")
    assert desk.state(case) == "handed_off"
    if desk.one("SELECT count(*) FROM instalment_plan") == 0:
        ask(desk, case, periods=3)
    plan = desk.one("SELECT id FROM instalment_plan")
    who = person(desk, "lin")
    instalments(desk.product).accept(plan, who)
    assert (desk.state(case), plan_state(desk, case)) == ("promised", "active")
    assert desk.one("SELECT count(*) FROM handoff WHERE state IN ('open', 'claimed')") == 0
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'plan_accepted'") == 1
    with pytest.raises(PlanError, match="moved_on"):
        instalments(desk.product).accept(plan, who)


def test_a_proposal_of_another_sum_than_is_owed_now_is_not_accepted(desk: DeskInHand) -> None:
    case = opened(desk, replace(LIMITS, accept_by_rule=False))
    found = ask(desk, case, periods=3)
    pay(desk, case, 1_000)
    with pytest.raises(PlanError, match="owed_changed"):
        instalments(desk.product).accept(found.plan_id, person(desk, "lin"))
    instalments(desk.product).decline(found.plan_id, person(desk, "wu"))
    assert plan_state(desk, case) == "declined"
    assert ask(desk, case, periods=3).parts


def test_beyond_the_limits_only_a_lead_may_agree(desk: DeskInHand) -> None:
    case = opened(desk)
    given = parts(
        (3, 12, 40_000), (4, 12, 40_000), (5, 12, 40_000), (6, 12, 40_000), (7, 12, 40_000)
    )
    with pytest.raises(PlanError, match="too_many"):
        instalments(desk.product).agree(case, person(desk, "lin"), given)
    instalments(desk.product).agree(case, person(desk, "wu", "lead"), given)
    assert plan_state(desk, case) == "active"


def test_nobody_may_agree_what_does_not_add_up(desk: DeskInHand) -> None:
    case = opened(desk)
    lead, given = person(desk, "wu", "lead"), parts((3, 12, 40_000), (4, 12, 40_000))
    with pytest.raises(PlanError, match="sum_differs"):
        instalments(desk.product).agree(case, lead, given)


def test_each_instalment_is_reminded_and_kept_by_its_money(desk: DeskInHand) -> None:
    case = opened(desk)
    agree(desk, case)
    live_to(desk, date(2026, 3, 12))
    assert any("800" in text and "约定" in text for text in desk.texts(case))
    pay(desk, case, 80_000)
    assert promises(desk, case) == [("kept", 80_000), ("open", 0), ("open", 0)]
    assert desk.state(case) == "promised"
    quiet = len(desk.texts(case))
    live_to(desk, date(2026, 4, 10))
    assert len(desk.texts(case)) == quiet + 1  # the thank-you
    live_to(desk, date(2026, 4, 12))
    assert any("600" in text and "约定" in text for text in desk.texts(case)[quiet:])
    pay(desk, case, 120_000)
    assert (desk.state(case), plan_state(desk, case)) == ("closed", "completed")
    assert [state for state, _ in promises(desk, case)] == ["kept"] * 3


def test_one_missed_instalment_is_told_of_and_the_plan_goes_on(desk: DeskInHand) -> None:
    case = opened(desk)
    agree(desk, case)
    live_to(desk, date(2026, 3, 14))
    assert promises(desk, case)[0] == ("broken", 0)
    assert (desk.state(case), plan_state(desk, case)) == ("promised", "active")
    assert "instalment_missed" in events(desk, case)
    live_to(desk, date(2026, 3, 16))
    told = [text for text in desk.texts(case) if "还没收到" in text]
    assert len(told) == 1
    assert "分期" in told[0]
    assert "3月12日" in told[0]
    assert "800" in told[0]


def test_a_missed_instalment_is_made_good_before_the_next(desk: DeskInHand) -> None:
    case = opened(desk)
    agree(desk, case)
    live_to(desk, date(2026, 3, 20))
    pay(desk, case, 90_000)
    assert promises(desk, case) == [("kept", 80_000), ("open", 10_000), ("open", 0)]
    assert "instalment_made_good" in events(desk, case)
    live_to(desk, date(2026, 4, 15))
    assert plan_state(desk, case) == "active"  # one in arrears, not two


def test_the_second_missed_instalment_breaks_the_plan(desk: DeskInHand) -> None:
    case = opened(desk)
    agree(desk, case)
    live_to(desk, date(2026, 4, 14))
    assert plan_state(desk, case) == "broken"
    assert [state for state, _ in promises(desk, case)] == ["broken", "broken", "superseded"]
    assert "promise_broken" in events(desk, case)
    assert desk.state(case) == "handed_off"  # two broken promises are for a human


def test_the_last_instalment_missed_breaks_the_plan(desk: DeskInHand) -> None:
    case = opened(desk)
    agree(desk, case)
    pay(desk, case, 140_000)
    live_to(desk, date(2026, 5, 14))
    assert plan_state(desk, case) == "broken"
    assert desk.state(case) in {"active", "handed_off"}


def test_money_paid_in_time_but_known_late_misses_no_instalment(desk: DeskInHand) -> None:
    case = opened(desk)
    agree(desk, case)
    live_to(desk, date(2026, 3, 16))
    pay(desk, case, 80_000, shanghai("2026-03-12 15:00"))
    assert promises(desk, case)[0] == ("kept", 80_000)
    assert "promise_repaired" in events(desk, case)


def test_a_plan_that_is_withdrawn_gives_the_case_back_to_the_cadence(desk: DeskInHand) -> None:
    case = opened(desk)
    plan = agree(desk, case)
    instalments(desk.product).withdraw(plan, person(desk, "wu"))
    assert (desk.state(case), plan_state(desk, case)) == ("active", "withdrawn")
    assert [state for state, _ in promises(desk, case)] == ["superseded"] * 3


#: What the debtor writes on 11 March, within a plan of 800 on the 12th and 600 twice; what is noted
#: (day, minor units), and what of the answer matters.
WITHIN_A_PLAN = [
    ("13号先还500", ("2026-03-13", 50_000), ["3月13日还500元", "照旧", "3月12日"]),
    ("13号全部还清", ("2026-03-13", 200_000), ["3月13日还2000元", "照旧"]),
    ("明天还", ("2026-03-12", 80_000), ["3月12日还800元", "照旧"]),
    ("我会还的", None, ["照旧", "3月12日还800元"]),
]


@pytest.mark.parametrize(("text", "noted", "answer"), WITHIN_A_PLAN)
def test_a_promise_within_a_plan_is_noted_beside_it_and_the_plan_stands(
    desk: DeskInHand, text: str, noted: tuple[str, int] | None, answer: list[str]
) -> None:
    case = opened(desk)
    agree(desk, case)
    live_to(desk, date(2026, 3, 11))
    desk.reply(case, text)
    assert (plan_state(desk, case), desk.state(case)) == ("active", "promised")
    assert promises(desk, case) == [("open", 0)] * 3
    assert desk.one("SELECT count(*) FROM promise") == 3
    query = "SELECT data FROM case_event WHERE case_id = %s AND event = 'plan_noted'"
    told = [(row[0]["date"], row[0]["amount_minor"]) for row in desk.sql(query, case)]
    assert told == ([noted] if noted else [])
    assert all(part in desk.texts(case)[-1] for part in answer), desk.texts(case)[-1]


def test_money_as_it_was_told_within_a_plan_counts_for_the_oldest_part(desk: DeskInHand) -> None:
    case = opened(desk)
    agree(desk, case)
    live_to(desk, date(2026, 3, 11))
    desk.reply(case, "13号先还500")
    live_to(desk, date(2026, 3, 13))
    pay(desk, case, 50_000)
    assert promises(desk, case) == [("open", 50_000), ("open", 0), ("open", 0)]
    assert plan_state(desk, case) == "active"


def test_who_wants_another_plan_gets_a_human(desk: DeskInHand) -> None:
    case = opened(desk)
    agree(desk, case)
    live_to(desk, date(2026, 3, 11))
    desk.reply(case, "人工")
    assert desk.state(case) == "handed_off"
    assert plan_state(desk, case) == "active"


def test_without_a_plan_a_promise_takes_the_place_of_the_one_before(desk: DeskInHand) -> None:
    case = opened(desk)
    desk.step(shanghai("2026-03-10 10:00"))
    desk.reply(case, "12号还500")
    desk.reply(case, "改成13号还600")
    rows = desk.sql("SELECT amount_minor, state FROM promise ORDER BY id")
    assert rows == [(50_000, "superseded"), (60_000, "open")]


def test_a_disputed_case_gets_no_plan(desk: DeskInHand) -> None:
    case = opened(desk)
    desk.step(shanghai("2026-03-10 10:00"))
    desk.reply(case, "这笔钱不是我借的")
    with pytest.raises(PlanError, match="held"):
        ask(desk, case, periods=3)


@pytest.mark.parametrize(("text", "parts_of_it"), [("能分3期还吗", 3), ("能不能分期还", 4)])
def test_a_reply_that_asks_for_a_plan_leaves_a_proposal_for_the_human(
    desk: DeskInHand, text: str, parts_of_it: int
) -> None:
    case = opened(desk)
    desk.step(shanghai("2026-03-10 10:00"))
    desk.reply(case, text)
    assert (desk.state(case), plan_state(desk, case)) == ("handed_off", "proposed")
    schedule = desk.one("SELECT schedule FROM instalment_plan")
    assert len(schedule) == parts_of_it
    assert sum(part["amount_minor"] for part in schedule) == 200_000


def test_a_reply_that_asks_where_no_plan_is_offered_is_for_the_human_alone(
    desk: DeskInHand,
) -> None:
    case = opened(desk, None)
    desk.step(shanghai("2026-03-10 10:00"))
    desk.reply(case, "能分3期还吗")
    assert desk.state(case) == "handed_off"
    assert desk.one("SELECT count(*) FROM instalment_plan") == 0
