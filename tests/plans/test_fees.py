"""The desk's own fees: by who may, where the packs allow them, within the limit; and given up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desk_kit import DeskInHand
from plan_kit import DUE, LIMITS, events, pay, person

from bot.app.granting import fees
from bot.domain.gate.rules import FeeDuty
from bot.flows.fees import FeeError, FeeOrder
from bot.policy.fees import refused_by
from bot.policy.rulebook import packs

MOST = 20_000


def opened(desk: DeskInHand, pack: str = "uk", most: int = MOST) -> int:
    """A case of 2,000.00 under a pack."""
    book = desk.portfolio(packs=[pack])
    with desk.product.transactions() as store:
        store.save_limits(book, replace(LIMITS, fee_minor=most))
    return desk.case(book, due_on=DUE)


def order(desk: DeskInHand, case: int, amount: int, key: str = "k1", **changed: object) -> FeeOrder:
    debt = desk.one("SELECT id FROM debt WHERE case_id = %s", case)
    asked = FeeOrder(case, debt, amount, key, "late_payment")
    return replace(asked, **changed)  # type: ignore[arg-type]


def owed(desk: DeskInHand, case: int) -> tuple[int, int]:
    """All that is owed, and the fees within it."""
    return tuple(
        desk.sql("SELECT owed_minor, fee_owed_minor FROM debt WHERE case_id = %s", case)[0]
    )


def refused(desk: DeskInHand, who: int, asked: FeeOrder) -> str:
    with pytest.raises(FeeError) as found:
        fees(desk.product).charge(who, asked)
    return found.value.code


def test_a_lead_charges_a_fee_once_and_it_is_told(desk: DeskInHand) -> None:
    case, lead = opened(desk), person(desk, "wu", "lead")
    assert fees(desk.product).charge(lead, order(desk, case, 1_500))
    assert not fees(desk.product).charge(lead, order(desk, case, 1_500))
    assert owed(desk, case) == (201_500, 1_500)
    assert "fee_charged" in events(desk, case)
    told = desk.one("SELECT data FROM audit WHERE action = 'fee_charged'")
    assert (told["amount_minor"], told["reason"]) == (1_500, "late_payment")


def test_all_fees_of_a_debt_stay_within_the_limit(desk: DeskInHand) -> None:
    case, lead = opened(desk), person(desk, "wu", "lead")
    fees(desk.product).charge(lead, order(desk, case, MOST))
    assert refused(desk, lead, order(desk, case, 1, "k2")) == "above_limit"
    fees(desk.product).waive(lead, order(desk, case, MOST, "w1"))
    assert refused(desk, lead, order(desk, case, 1, "k3")) == "above_limit"


def test_without_a_limit_no_fee_is_charged(desk: DeskInHand) -> None:
    case = opened(desk, most=0)
    assert refused(desk, person(desk, "wu", "lead"), order(desk, case, 1)) == "no_limit"


def test_a_pack_that_refuses_fees_is_named(desk: DeskInHand) -> None:
    case, lead = opened(desk, "cn"), person(desk, "wu", "lead")
    with pytest.raises(FeeError, match=r"pack_refuses cn\.fees"):
        fees(desk.product).charge(lead, order(desk, case, 100))
    assert owed(desk, case) == (200_000, 0)


@pytest.mark.parametrize("role", ["collector"])
def test_only_leads_and_admins_charge_and_waive(desk: DeskInHand, role: str) -> None:
    case, who = opened(desk), person(desk, "lin", role)
    assert refused(desk, who, order(desk, case, 100)) == "may_not"
    with pytest.raises(FeeError, match="may_not"):
        fees(desk.product).waive(who, order(desk, case, 100))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"amount_minor": 0}, "not_positive"),
        ({"amount_minor": -5}, "not_positive"),
        ({"debt_id": 999_999}, "unknown_debt"),
        ({"case_id": 999_999}, "unknown_case"),
        ({"reason": "because"}, "bad_reason"),
    ],
)
def test_what_cannot_be_charged_gets_a_clear_answer(
    desk: DeskInHand, changed: dict[str, object], code: str
) -> None:
    case, lead = opened(desk), person(desk, "wu", "lead")
    assert refused(desk, lead, replace(order(desk, case, 100), **changed)) == code  # type: ignore[arg-type]
    assert owed(desk, case) == (200_000, 0)


def test_a_paid_and_a_disputed_case_get_no_fee(desk: DeskInHand) -> None:
    case, lead = opened(desk), person(desk, "wu", "lead")
    desk.sql("UPDATE cases SET state = 'disputed' WHERE id = %s", case)
    assert refused(desk, lead, order(desk, case, 100)) == "held"
    desk.sql("UPDATE cases SET state = 'active' WHERE id = %s", case)
    pay(desk, case, 200_000)
    assert refused(desk, lead, order(desk, case, 100)) == "held"


def test_a_fee_is_given_up_and_never_more_than_it(desk: DeskInHand) -> None:
    case, lead = opened(desk), person(desk, "wu", "lead")
    fees(desk.product).charge(lead, order(desk, case, 1_500))
    with pytest.raises(FeeError, match="no_such_fee"):
        fees(desk.product).waive(lead, order(desk, case, 1_501, "w1"))
    assert fees(desk.product).waive(lead, order(desk, case, 1_000, "w1"))
    assert not fees(desk.product).waive(lead, order(desk, case, 1_000, "w1"))
    assert owed(desk, case) == (200_500, 500)
    assert "fee_waived" in events(desk, case)


def test_money_pays_the_fee_before_the_principal(desk: DeskInHand) -> None:
    case, lead = opened(desk), person(desk, "wu", "lead")
    fees(desk.product).charge(lead, order(desk, case, 1_500))
    pay(desk, case, 2_000)
    assert owed(desk, case) == (199_500, 0)
    pay(desk, case, 199_500)
    assert desk.state(case) == "closed"


@pytest.mark.parametrize(
    ("chosen", "refuses"),
    [(["cn"], "cn.fees"), (["uk"], None), (["uk", "tw"], "tw.fees"), ([], "")],
)
def test_one_pack_that_refuses_is_enough_and_silence_allows_nothing(
    chosen: list[str], refuses: str | None
) -> None:
    assert refused_by(packs().chosen(chosen), "third_party") == refuses


def test_every_jurisdiction_says_what_it_thinks_of_fees() -> None:
    for pack in packs().by_id.values():
        said = {rule.fees for rule in pack.rules} - {None}
        assert pack.id == "base" or len(said) == 1, pack.id
        assert said <= set(FeeDuty)
