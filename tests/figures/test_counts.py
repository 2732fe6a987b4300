"""Every measure on a world small enough to count by hand, through the real database."""

from __future__ import annotations

from datetime import date

import pytest
from desk_kit import DeskInHand
from world import MARCH, World

from bot.domain.figures import (
    collect_days,
    complaints,
    compliance,
    contact,
    coverage,
    cure,
    funnel,
    handoff_sla,
    keeping_word,
    promising,
    receivables,
    recovery,
    reply_rate,
    right_party,
    roll,
    understanding,
)
from bot.domain.figures.ratio import Ratio


@pytest.fixture
def world(desk: DeskInHand) -> World:
    return World(desk)


def test_sent_and_delivered_placed_and_answered_stand_apart(world: World) -> None:
    a, b = world.case(), world.case()
    world.sms(a, "2026-03-09 10:00", segments=2)
    world.sms(a, "2026-03-10 10:00", "undelivered")
    world.sms(b, "2026-03-10 10:05", "unknown")
    world.sms(b, "2026-03-10 10:06", "refused")
    world.call(a, "2026-03-11 14:00", seconds=61)
    world.call(b, "2026-03-11 14:00", "no_answer")
    sums = world.counted("2026-03-12 09:00").sums(*MARCH)
    assert contact.contact(sums, "sms") == Ratio(1, 3)
    assert contact.contact(sums, "voice") == Ratio(1, 2)
    assert (sums.amount("left", channel="sms"), sums.amount("left", channel="voice")) == (4, 2)


def test_a_case_counts_once_in_a_period_however_many_days_it_is_contacted(world: World) -> None:
    a, b, _ = world.case(), world.case(), world.case()
    for day in ("02", "05", "09", "10", "11"):
        world.sms(a, f"2026-03-{day} 10:00")
    world.sms(a, "2026-03-11 16:00")
    world.sms(b, "2026-03-10 10:00")
    world.counted("2026-03-12 09:00")
    for first, last, cases, attempts, debtor_days in (
        (1, 31, 2, 7, 6),
        (9, 11, 2, 5, 4),
        (11, 11, 1, 2, 1),
        (2, 9, 1, 3, 3),
        (6, 8, 0, 0, 0),
    ):
        period = date(2026, 3, first), date(2026, 3, last)
        sums, stock = world.sums(*period), world.stock(*period)
        assert coverage.coverage(sums, stock) == Ratio(cases, 3)
        assert coverage.per_day(sums) == Ratio(attempts, debtor_days)
    assert coverage.per_week(world.sums(*MARCH), 31) == Ratio(49, 62)


def test_reached_right_party_replied_promised(world: World) -> None:
    a, b, c, d = (world.case() for _ in range(4))
    for case in (a, b, c):
        world.sms(case, "2026-03-09 10:00")
    world.sms(d, "2026-03-09 10:00", "undelivered")
    world.reply(a, "2026-03-09 10:30")
    world.promise(a, "2026-03-09 10:30", date(2026, 3, 12))
    world.reply(b, "2026-03-09 11:00", "wrong_person")
    world.reply(c, "2026-03-09 11:00", "other", "third_party")
    world.call(d, "2026-03-09 15:00", verified=True)
    sums = world.counted("2026-03-10 09:00").sums(*MARCH)
    assert right_party.right_party(sums) == Ratio(2, 4)
    assert reply_rate.reply_rate(sums) == Ratio(3, 4)
    assert promising.promising(sums) == Ratio(1, 2)


def test_promises_due_are_kept_partial_broken_or_still_waiting(world: World) -> None:
    case = world.case()
    due = date(2026, 3, 10)
    for state, paid in (("kept", 50_000), ("kept", 50_000), ("partial", 10_000), ("broken", 0)):
        world.promise(case, "2026-03-09 10:00", due, state, paid=paid)
    world.promise(case, "2026-03-09 10:00", due)
    world.promise(case, "2026-03-09 10:00", due, "superseded")
    world.promise(case, "2026-03-09 10:00", date(2026, 4, 10), "kept")
    sums = world.counted("2026-03-11 09:00").sums(*MARCH)
    assert keeping_word.ended(sums, "kept") == Ratio(2, 4)
    assert keeping_word.ended(sums, "partial") == Ratio(1, 4)
    assert keeping_word.ended(sums, "broken") == Ratio(1, 4)
    assert keeping_word.waiting(sums) == 1
    assert keeping_word.paid_of_promised(sums, "CNY") == Ratio(110_000, 250_000)
    assert sums.n("promise_made") == 7


def test_recovery_counts_what_stayed_of_what_was_there_or_came(world: World) -> None:
    a, b = world.case("2026-02-20 09:00"), world.case("2026-03-02 09:00")
    world.paid(a, "2026-02-25 10:00", 50_000)
    world.paid(a, "2026-03-05 10:00", 60_000)
    world.paid(b, "2026-03-06 10:00", 20_000)
    world.moved(b, "2026-03-07 10:00", 5_000, ("debt", "refunded"))
    world.desk.sql("UPDATE debt SET paid_minor = paid_minor - 5000 WHERE case_id = %s", b)
    world.counted("2026-03-10 09:00")
    period = date(2026, 3, 1), date(2026, 3, 10)
    sums, stock = world.sums(*period), world.stock(*period)
    assert recovery.recovery(sums, stock, "CNY") == Ratio(75_000, 150_000 + 200_000)
    assert collect_days.collect_days(sums, "CNY") == Ratio(60_000 * 13 + 20_000 * 4, 80_000)
    assert stock.closing.amount("CNY") == 275_000


def test_delinquencies_begin_end_and_end_without_a_human(world: World) -> None:
    late_before = world.case("2026-02-20 09:00", date(2026, 2, 25))
    late_within = world.case(due=date(2026, 3, 8))
    came_late = world.case("2026-03-09 09:00", date(2026, 3, 1))
    world.case(due=date(2026, 3, 20))
    paid_in_time = world.case(due=date(2026, 3, 8))
    world.paid(paid_in_time, "2026-03-08 20:00", 200_000)
    world.handoff(late_before, "2026-03-02 10:00", "2026-03-02 10:10")
    world.paid(late_before, "2026-03-10 10:00", 200_000)
    world.paid(late_within, "2026-03-11 10:00", 200_000)
    world.paid(came_late, "2026-03-11 10:00", 199_999)
    world.counted("2026-03-12 09:00")
    period = date(2026, 3, 1), date(2026, 3, 12)
    sums, stock = world.sums(*period), world.stock(*period)
    assert cure.cure(sums, stock) == Ratio(2, 1 + 2)
    assert cure.cure(sums, stock, alone=True) == Ratio(1, 3)


def test_balances_roll_from_tier_to_tier(world: World) -> None:
    world.case("2026-02-20 09:00", date(2026, 3, 7), amount=100_000)
    gone = world.case("2026-02-20 09:00", date(2026, 3, 6), amount=300_000)
    world.paid(gone, "2026-03-12 10:00", 100_000)
    world.counted("2026-03-20 09:00")
    stock = world.stock(date(2026, 3, 10), date(2026, 3, 19))
    tiers = ["pre_due", "d1_5", "d6_20"]
    assert roll.rolls(stock, tiers, "CNY") == [
        roll.Roll("pre_due", "d1_5", Ratio(0, 0)),
        roll.Roll("d1_5", "d6_20", Ratio(300_000, 400_000)),
    ]


def test_a_past_balance_comes_out_the_same_whenever_it_is_counted(world: World) -> None:
    case = world.case("2026-02-20 09:00", date(2026, 3, 7))
    world.counted("2026-03-09 23:00")
    before = world.stock(date(2026, 3, 9), date(2026, 3, 9))
    world.paid(case, "2026-03-12 10:00", 200_000)
    world.desk.sql(
        "UPDATE cases SET state = 'closed', closed_at = '2026-03-12T02:00Z' WHERE id = %s", case
    )
    world.counted("2026-03-20 09:00")
    again = world.stock(date(2026, 3, 9), date(2026, 3, 19))
    assert before.closing.amount("CNY") == world.stock(
        date(2026, 3, 10), date(2026, 3, 10)
    ).opening.amount("CNY")
    assert again.opening.amount("CNY") == 200_000
    assert again.closing.amount("CNY") == 0


def test_disputes_complaints_stops_and_wrong_numbers_by_debtors_contacted(world: World) -> None:
    cases = [world.case() for _ in range(4)]
    for case in cases:
        world.sms(case, "2026-03-09 10:00")
    a, b, c, d = cases
    for seq, at in enumerate(("2026-03-09 11:00", "2026-03-10 11:00"), 2):
        world.desk.sql(
            "INSERT INTO case_event (case_id, seq, at, event, state_before, state_after, actor) "
            "VALUES (%s, %s, %s::timestamp AT TIME ZONE 'Asia/Shanghai', 'dispute_raised', 'active', "
            "'disputed', 'reply')",
            *(a, seq, at),
        )
    world.handoff(b, "2026-03-09 12:00", reason="complaint")
    for at in ("2026-03-09T05:00Z", "2026-03-10T05:00Z"):
        world.desk.sql(
            "INSERT INTO complaint (portfolio_id, case_id, source, received_at, due_at, rule, "
            "registered_at) SELECT portfolio_id, id, 'telephone', %s, %s, 'cn', %s FROM cases "
            "WHERE id = %s",
            *(at, at, at, b),
        )
    world.desk.sql(
        "INSERT INTO suppression (creditor_key, phone_hash, channel, source, at) "
        "SELECT 'chenguang', q.phone_hash, 'sms', 'reply', '2026-03-09T05:00Z' FROM contact_point q "
        "JOIN cases c ON c.debtor_id = q.debtor_id WHERE c.id = %s",
        c,
    )
    world.desk.sql(
        "UPDATE contact_point SET disabled = 'wrong_person', disabled_at = '2026-03-09T05:00Z' "
        "WHERE debtor_id = (SELECT debtor_id FROM cases WHERE id = %s)",
        d,
    )
    sums = world.counted("2026-03-12 09:00").sums(*MARCH)
    assert [complaints.rate(sums, kind) for kind in complaints.KINDS] == [Ratio(1, 4)] * 4


def test_rules_hold_back_and_nothing_goes_out_past_them(world: World) -> None:
    case = world.case()
    for rule, outcome in (("cn.hours", "defer"), ("cn.hours", "defer"), ("base.paused", "deny")):
        world.verdict(case, "2026-03-10 22:00", outcome, None, rule)
    world.sms(case, "2026-03-10 10:00")
    sums = world.counted("2026-03-11 09:00").sums(*MARCH)
    assert compliance.held_back(sums) == [
        compliance.Rule("cn.hours", 2, 0),
        compliance.Rule("base.paused", 0, 1),
    ]
    assert compliance.outside(sums) == 0
    world.sms(case, "2026-03-11 10:00", allowed=False)
    assert compliance.outside(world.counted("2026-03-11 12:00").sums(*MARCH)) == 1


def test_handoffs_claimed_in_time_late_and_still_waiting(world: World) -> None:
    a, b, c = (world.case() for _ in range(3))
    world.handoff(a, "2026-03-10 10:00", "2026-03-10 10:30")
    world.handoff(b, "2026-03-10 10:00", "2026-03-10 11:30")
    world.handoff(c, "2026-03-10 10:00")
    sums = world.counted("2026-03-10 10:45").sums(*MARCH)
    assert (handoff_sla.claimed_in_time(sums), sums.n("handoff_late")) == (Ratio(1, 3), 1)
    assert world.counted("2026-03-10 12:45").sums(*MARCH).n("handoff_late") == 2


def test_replies_by_intent_alone_and_corrected(world: World) -> None:
    a, b = world.case(), world.case()
    right, wrong = world.reply(a, "2026-03-10 10:00"), world.reply(b, "2026-03-10 10:00", "refuse")
    world.handoff(b, "2026-03-10 10:00", "2026-03-10 10:10")
    world.desk.sql(
        "INSERT INTO case_event (case_id, seq, at, event, state_before, state_after, actor) "
        "VALUES (%s, 2, '2026-03-10T02:00Z', 'handed_off', 'active', 'handed_off', 'reply')",
        b,
    )
    who = world.desk.one("SELECT id FROM collector")
    for reply, intent in ((right, "promise_to_pay"), (wrong, "hardship")):
        world.desk.sql(
            'INSERT INTO correction (reply_id, collector_id, at, "after") '
            "VALUES (%s, %s, now(), jsonb_build_object('intents', jsonb_build_array(%s::text)))",
            *(reply, who, intent),
        )
    sums = world.counted("2026-03-10 12:00").sums(*MARCH)
    assert understanding.acted_alone(sums) == Ratio(1, 2)
    assert understanding.corrected(sums) == Ratio(1, 2)
    assert understanding.corrected(sums, detail="refuse") == Ratio(1, 1)


def test_the_funnel_narrows_from_held_to_paid(world: World) -> None:
    a, b, _ = world.case(), world.case(), world.case()
    for case in (a, b):
        world.sms(case, "2026-03-09 10:00")
    world.reply(a, "2026-03-09 10:30")
    world.paid(a, "2026-03-10 10:00", 200_000)
    world.counted("2026-03-11 09:00")
    steps = funnel.funnel(world.sums(*MARCH), world.stock(*MARCH))
    assert [(step.name, step.of_held.part) for step in steps] == [
        ("held", 3),
        ("contacted", 2),
        ("met", 2),
        ("right_party", 1),
        ("promised", 0),
        ("paid", 1),
    ]


def test_sales_outstanding_and_effectiveness(world: World) -> None:
    a = world.case("2026-03-02 09:00", date(2026, 3, 5), amount=300_000)
    world.case("2026-03-02 09:00", date(2026, 3, 25), amount=100_000)
    world.paid(a, "2026-03-06 10:00", 100_000)
    world.counted("2026-03-10 09:00")
    period = date(2026, 3, 1), date(2026, 3, 10)
    sums, stock = world.sums(*period), world.stock(*period)
    assert receivables.sales_outstanding(sums, stock, "CNY", 10) == Ratio(3_000_000, 400_000)
    assert receivables.effectiveness(sums, stock, "CNY") == Ratio(100_000, 300_000)


def test_hours_and_responses_are_those_of_contacts_the_desk_began(world: World) -> None:
    a, b = world.case(), world.case()
    world.sms(a, "2026-03-09 23:30")
    world.sms(b, "2026-03-10 10:00")
    world.sms(b, "2026-03-10 10:01", purpose="answer")
    world.reply(a, "2026-03-10 23:00")
    world.reply(b, "2026-03-11 10:00")
    sums = world.counted("2026-03-12 09:00").sums(*MARCH)
    assert sums.n("hour_left", weekday=1, number=23) == 1
    assert sums.n("hour_left", weekday=2, number=10) == 1
    assert sums.n("hour_responded") == 1
    assert sums.n("responded", detail="answer") == 1


def test_money_that_was_undone_is_no_response_and_no_payment(world: World) -> None:
    undone, given_back = world.case(), world.case()
    for case in (undone, given_back):
        world.sms(case, "2026-03-09 10:00")
        world.paid(case, "2026-03-09 12:00", 50_000)
    world.desk.sql("UPDATE payment SET undone_minor = amount_minor WHERE case_id = %s", undone)
    world.desk.sql(
        "UPDATE payment SET refunded_minor = amount_minor WHERE case_id = %s", given_back
    )
    sums = world.counted("2026-03-11 09:00").sums(*MARCH)
    told = sums.n("responded"), sums.n("hour_responded"), sums.n("paid")
    assert told == (1, 1, 1)


def test_counting_twice_changes_nothing_and_counting_anew_comes_out_the_same(world: World) -> None:
    a = world.case()
    world.sms(a, "2026-03-09 10:00")
    world.reply(a, "2026-03-09 11:00")
    world.paid(a, "2026-03-10 10:00", 70_000)
    first = world.counted("2026-03-12 09:00").rows()
    assert first
    assert world.counted("2026-03-12 09:00").rows() == first
    from bot.app.counting import figures

    figures(world.desk.product).recount(*MARCH, livemode=False)
    assert world.rows() == first


def test_live_and_test_mode_and_zones_are_counted_apart(world: World) -> None:
    taipei = World(world.desk, world.desk.portfolio("auckland", zone="Pacific/Auckland"))
    case = taipei.case("2026-03-09 09:00")
    taipei.sms(case, "2026-03-09 20:00")
    live = World(world.desk, world.desk.portfolio("live", livemode=True))
    live.case("2026-03-09 09:00")
    taipei.counted("2026-03-12 09:00")
    assert taipei.sums(date(2026, 3, 10), date(2026, 3, 10)).n("left") == 1
    assert taipei.sums(date(2026, 3, 9), date(2026, 3, 9)).n("left") == 0
    assert live.sums(*MARCH).cells == {}
