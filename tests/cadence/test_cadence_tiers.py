"""The tier is read off the facts, never counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cadence_cast import BY_NAME, CHINA, CONSUMER, CONSUMER_D18, DUE, TRADE, case, debt
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Cadence, anchor_of, decide, furthest_promise, tier_of


@pytest.mark.parametrize(
    ("cadence", "spans"),
    [
        (
            CONSUMER,
            "pre_due ..0 | d1_5 1..5 | d6_20 6..20 | d21_29 21..29 | m2 30..59 | m3 60..89"
            " | d90_plus 90..",
        ),
        (
            CONSUMER_D18,
            "pre_due ..0 | d1_5 1..5 | d6_18 6..18 | d19_28 19..28 | m2 29..59 | m3 60..89"
            " | d90_plus 90..",
        ),
        (TRADE, "pre_due ..0 | d1_30 1..30 | d31_90 31..90 | d91_180 91..180 | legal 181.."),
    ],
)
def test_the_shipped_tiers_are_the_ones_of_practice(cadence: Cadence, spans: str) -> None:
    def end(day: int | None) -> str:
        return "" if day is None else str(day)

    found = (f"{tier.key} {end(tier.from_day)}..{end(tier.to_day)}" for tier in cadence.tiers)
    assert " | ".join(found) == spans


@given(st.sampled_from(sorted(BY_NAME)), st.integers(-2000, 4000))
def test_every_day_past_due_belongs_to_exactly_one_tier(name: str, dpd: int) -> None:
    cadence = BY_NAME[name]
    holding = [tier for tier in cadence.tiers if tier.holds(dpd)]
    assert holding == [cadence.tier_at(dpd)]
    assert tier_of(case(), cadence, DUE + timedelta(days=dpd)) is holding[0]


@pytest.mark.parametrize(
    ("due", "today", "tier"),
    [
        (date(2024, 2, 29), date(2024, 2, 28), "pre_due"),
        (date(2024, 2, 29), date(2024, 3, 1), "d1_5"),
        (date(2024, 2, 28), date(2024, 2, 29), "d1_5"),
        (date(2024, 2, 28), date(2024, 3, 5), "d6_20"),
        (date(2023, 2, 28), date(2023, 3, 5), "d1_5"),
        (date(2024, 2, 29), date(2025, 2, 28), "d90_plus"),
    ],
)
def test_leap_days_count_like_any_other_day(due: date, today: date, tier: str) -> None:
    found = tier_of(case(debt(due)), CONSUMER, today)
    assert found is not None
    assert found.key == tier


def test_a_payment_moves_the_tier_back_by_itself() -> None:
    today = DUE + timedelta(days=40)
    old, new = debt(DUE), debt(DUE + timedelta(days=31), number=2)
    before = tier_of(case(old, new), CONSUMER, today)
    after = tier_of(case(replace(old, paid_minor=old.amount_minor), new), CONSUMER, today)
    assert before is not None
    assert after is not None
    assert (before.key, after.key) == ("m2", "d6_20")


@given(
    owed=st.lists(st.integers(1, 500_000), min_size=1, max_size=6),
    paid=st.integers(0, 2_000_000),
    dpd=st.integers(-10, 250),
)
def test_paying_never_moves_a_case_to_a_later_tier(owed: list[int], paid: int, dpd: int) -> None:
    debts = [
        debt(DUE + timedelta(days=30 * n), amount, number=n + 1) for n, amount in enumerate(owed)
    ]
    settled, left = [], paid
    for each in debts:  # oldest first, as money is applied
        part = min(left, each.amount_minor)
        settled.append(replace(each, paid_minor=part))
        left -= part
    today = DUE + timedelta(days=dpd)
    before = tier_of(case(*debts), CONSUMER, today)
    after = tier_of(case(*settled), CONSUMER, today)
    assert before is not None or sum(owed) <= 100
    if before is not None and after is not None:
        assert CONSUMER.tiers.index(after) <= CONSUMER.tiers.index(before)


@pytest.mark.parametrize(
    ("left", "code"), [(0, "nothing_owed"), (100, "trivial_balance"), (101, "no_touch_today")]
)
def test_a_balance_within_the_tolerance_is_not_chased(left: int, code: str) -> None:
    owing = debt(DUE, 100_000, paid=100_000 - left)
    decision = decide(case(owing), CONSUMER, CHINA, DUE + timedelta(days=9))
    assert decision.quiet == code
    assert (decision.tier is None) == (left <= 100)


def test_cents_left_on_an_old_instalment_do_not_make_the_next_one_look_late() -> None:
    today = DUE + timedelta(days=35)
    old = debt(DUE, 100_000, paid=99_950)
    new = debt(DUE + timedelta(days=31), number=2)
    assert anchor_of(case(old, new), CONSUMER) == new.due_on
    assert anchor_of(case(replace(old, paid_minor=99_000), new), CONSUMER) == DUE
    found = tier_of(case(old, new), CONSUMER, today)
    assert found is not None
    assert found.key == "d1_5"


def test_small_remainders_add_up_to_a_debt() -> None:
    cents = [debt(DUE + timedelta(days=n), 60, number=n + 1) for n in range(3)]
    assert anchor_of(case(*cents), CONSUMER) == DUE + timedelta(days=1)


def test_debts_may_come_in_any_order() -> None:
    debts = [debt(DUE + timedelta(days=30 * n), number=n + 1) for n in range(4)]
    assert anchor_of(case(*reversed(debts)), CONSUMER) == DUE


def test_a_currency_without_tolerance_has_none() -> None:
    assert anchor_of(case(debt(DUE, 1), currency="JPY"), CONSUMER) == DUE


@pytest.mark.parametrize(
    ("cadence", "dpd", "days_from_due"),
    [
        (CONSUMER, -20, 3),  # counted from the due date while it lies ahead
        (CONSUMER, 0, 3),
        (CONSUMER, 1, 1 + 7),
        (CONSUMER, 6, 6 + 10),
        (CONSUMER, 25, 25 + 7),
        (TRADE, 31, 31 + 30),
        (TRADE, 100, 100 + 14),
    ],
)
def test_the_furthest_acceptable_promise_depends_on_the_tier(
    cadence: Cadence, dpd: int, days_from_due: int
) -> None:
    today = DUE + timedelta(days=dpd)
    assert furthest_promise(case(), cadence, today) == DUE + timedelta(days=days_from_due)


def test_nobody_who_owes_nothing_need_promise_anything() -> None:
    assert furthest_promise(case(debt(paid=100_000)), CONSUMER, DUE) == DUE
