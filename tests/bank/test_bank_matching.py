"""Whose debt a line pays, and when that is sure enough to act on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank.claimants import Claimant, Directory, KnownPayment, OwedDebt
from bot.domain.bank.lines import BankLine, identities
from bot.domain.bank.matching import Match, match
from bot.domain.transfer_reference import reference_of
from bot.policy.bank import bank_policy, bank_sentences

POLICY = bank_policy()
DAY = date(2026, 3, 5)
MA = Claimant(
    1,
    11,
    "马敏",
    phones=("138****8000",),
    contracts=("HT000001",),
    owed=(OwedDebt("HT000001", "1", 120_000), OwedDebt("HT000001", "2", 80_000)),
)
TRADE = Claimant(
    2,
    12,
    "上海晨光贸易有限公司",
    contracts=("INV-2026-0088",),
    owed=(OwedDebt("INV-2026-0088", "INV-2026-0088", 500_000),),
)
LINE = BankLine(2, DAY, None, 200_000, "CNY")


def matched(line: BankLine, *claimants: Claimant) -> Match:
    return match(line, Directory(POLICY.names).put_all(claimants), POLICY.weights)


def codes(found: Match) -> list[str]:
    return [reason.code for reason in found.candidates[0].reasons]


def test_a_reference_is_enough() -> None:
    found = matched(replace(LINE, amount_minor=1, remark=f"还款{reference_of(1)}"), MA, TRADE)
    assert (found.case_id, codes(found)) == (1, ["reference"])


def test_a_contract_number_is_enough() -> None:
    found = matched(replace(LINE, amount_minor=500, remark="HT-000001 还款"), MA, TRADE)
    assert (found.case_id, codes(found)) == (1, ["contract"])


def test_a_name_and_the_whole_sum_are_enough() -> None:
    found = matched(replace(LINE, payer="馬敏"), MA, TRADE)
    assert (found.case_id, codes(found)) == (1, ["name_equal", "sum_all"])


def test_a_name_and_one_debt_are_enough() -> None:
    found = matched(replace(LINE, payer="马敏", amount_minor=80_000), MA, TRADE)
    assert (found.case_id, codes(found)) == (1, ["name_equal", "sum_debt"])


def test_a_name_alone_or_a_sum_alone_waits_for_a_human() -> None:
    name = matched(replace(LINE, payer="马敏", amount_minor=777), MA, TRADE)
    sum_alone = matched(LINE, MA, TRADE)
    assert (name.case_id, codes(name)) == (None, ["name_equal"])
    assert (sum_alone.case_id, codes(sum_alone)) == (None, ["sum_all"])


def test_a_namesake_makes_the_name_unsure() -> None:
    other = Claimant(3, 13, "马敏", owed=(OwedDebt("HT000003", "1", 999),))
    found = matched(replace(LINE, payer="马敏"), MA, other)
    assert found.case_id is None
    assert codes(found) == ["name_shared", "sum_all"]


def test_two_cases_of_one_debtor_are_told_apart_by_the_sum() -> None:
    second = Claimant(4, 11, "马敏", owed=(OwedDebt("HT000004", "1", 33_300),))
    found = matched(replace(LINE, payer="马敏", amount_minor=33_300), MA, second)
    assert found.case_id == 4


def test_cases_that_fit_alike_wait_for_a_human() -> None:
    second = Claimant(4, 11, "马敏", owed=(OwedDebt("HT000004", "1", 200_000),))
    found = matched(replace(LINE, payer="马敏"), MA, second)
    assert found.case_id is None
    assert [doubt.code for doubt in found.doubts] == ["several_fit"]


def test_more_than_is_owed_and_nothing_owed_wait_for_a_human() -> None:
    remark = f"{reference_of(1)}"
    more = matched(replace(LINE, amount_minor=200_001, remark=remark), MA)
    none = matched(replace(LINE, remark=remark), replace(MA, owed=()))
    assert [doubt.code for doubt in more.candidates[0].doubts] == ["more_than_owed"]
    assert [doubt.code for doubt in none.candidates[0].doubts] == ["nothing_owed"]
    assert more.case_id is None
    assert none.case_id is None


def test_money_the_ledger_told_of_is_not_booked_twice() -> None:
    known = KnownPayment(80_000, "ledger", date(2026, 3, 9))
    line = replace(LINE, payer="马敏", amount_minor=80_000)
    held = matched(line, replace(MA, payments=(known,)))
    late = matched(line, replace(MA, payments=(replace(known, received_on=date(2026, 6, 1)),)))
    assert held.case_id is None
    assert [doubt.code for doubt in held.candidates[0].doubts] == ["known_already"]
    assert late.case_id == 1


def test_a_phone_and_the_sum_wait_a_phone_a_name_and_a_sum_do_not() -> None:
    tail = replace(LINE, remark="手机尾号8000")
    assert matched(tail, MA, TRADE).case_id is None
    assert matched(replace(tail, payer="马*", remark="13800138000"), MA, TRADE).case_id == 1


def test_who_pays_for_another_is_found_by_the_remark() -> None:
    found = matched(replace(LINE, payer="王芳", remark="代马敏还款13800138000"), MA, TRADE)
    assert codes(found) == ["name_in_remark", "phone", "sum_all"]
    assert found.case_id == 1


def test_nothing_that_fits_gives_no_candidate() -> None:
    assert matched(replace(LINE, payer="王芳", amount_minor=7), MA, TRADE) == Match((), None)


@given(st.integers(1, 10**9), st.text(max_size=12), st.text(max_size=40))
def test_confidences_lie_between_zero_and_one_and_every_reason_has_words(
    amount: int, payer: str, remark: str
) -> None:
    found = matched(replace(LINE, amount_minor=amount, payer=payer, remark=remark), MA, TRADE)
    assert all(0 <= candidate.confidence < 1 for candidate in found.candidates)
    for candidate in found.candidates:
        for reason in (*candidate.reasons, *candidate.doubts):
            assert bank_sentences()[reason.code].filled(reason.details).zh


@given(st.integers(1, 300_000), st.integers(1, 300_000))
def test_what_was_paid_is_owed_no_longer(first: int, second: int) -> None:
    total = MA.outstanding_minor
    assert MA.less(first).less(second).outstanding_minor == max(total - first - second, 0)


PLAIN = st.builds(
    BankLine,
    line=st.integers(1, 99),
    paid_on=st.just(DAY),
    paid_at=st.none(),
    amount_minor=st.integers(1, 3),
    currency=st.just("CNY"),
    payer=st.sampled_from(["马敏", "王芳"]),
    serial=st.sampled_from(["", "", "S1", "S2"]),
)


@given(st.lists(PLAIN, max_size=12), st.integers(0, 12))
def test_a_file_that_overlaps_gives_the_same_lines_the_same_identity(
    lines: list[BankLine], cut: int
) -> None:
    whole = [key for _, key in identities(lines, "icbc")]
    again = [key for _, key in identities([*lines[:cut], *lines[cut:]], "icbc")]
    assert whole == again
    plain = [key for line, key in identities(lines, "icbc") if not line.serial]
    assert len(set(plain)) == len(plain)  # equal payments of one day are two
    assert {key for _, key in identities(lines[:cut], "icbc")} <= set(whole)


@given(PLAIN)
def test_another_bank_is_another_line(line: BankLine) -> None:
    [(_, one)], [(_, other)] = identities([line], "icbc"), identities([line], "cmb")
    assert one != other
