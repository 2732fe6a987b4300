"""How a case is spoken of: figures read out, whom we ask for, what the debtor is known by."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from call_cast import NOW, case, context, library
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.call import CallKind, OutcomeKind
from bot.domain.call.entry import day_of, minor_of, spoken_digits
from bot.domain.facts import DebtFacts
from bot.domain.understanding.values import DisputeKind
from bot.scripts.calls.context import identity_of
from bot.scripts.calls.spoken import asked_for

MAINLAND = library().language("zh-CN")


@pytest.mark.parametrize(
    ("minor", "currency", "language", "said"),
    [
        (204_750, "CNY", "zh-CN", "2047元5角"),
        (204_705, "CNY", "zh-CN", "2047元零5分"),
        (204_755, "CNY", "zh-CN", "2047元5角5分"),
        (204_700, "CNY", "zh-CN", "2047元"),
        (204_750, "HKD", "yue-HK", "港幣2047元5毫"),
        (204_700, "TWD", "zh-TW", "2047元"),
        (204_750, "SGD", "zh-CN", "新加坡币2047元5角"),
        (204_750, "SGD", "zh-TW", "新加坡幣2047元5角"),
        (204_750, "USD", "yue-HK", "美金2047元5毫"),
        (204_750, "MYR", "zh-CN", "马币2047令吉5角"),
        (204_750, "EUR", "zh-CN", "2047.50欧元"),
    ],
)
def test_a_sum_is_said_in_spoken_units(minor, currency, language, said):
    assert library().language(language).amount(minor, currency) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("400-000-1234", "四零零，零零零，幺二三四"),
        ("4000001234", "四零零零零零幺二三四"),
        ("12356（全国统一心理援助热线）", "幺二三五六（全国统一心理援助热线）"),
        ("120或110", "幺二零或幺幺零"),
        ("+852 2345 6789", "八五二，二三四五，六七八九"),
    ],
)
def test_a_number_is_read_digit_by_digit_with_a_breath_where_it_is_written_apart(written, said):
    assert MAINLAND.phone(written) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("马敏", "马先生或马女士"),
        ("欧阳娜娜", "欧阳先生或欧阳女士"),
        ("宏远五金制品（深圳）有限公司", "宏远五金制品（深圳）有限公司"),
        ("John Smith", "机主本人"),
    ],
)
def test_the_person_is_asked_for_by_surname_and_title(name, said):
    assert asked_for(name, MAINLAND) == said


def test_a_debtor_of_hong_kong_is_spoken_to_in_cantonese():
    script = library().pick(CallKind.D1_5, "zh-HK")
    assert script.voice.language == "yue-HK"
    assert script.voice.speech_language == "yue-Hant-HK"
    assert library().pick(CallKind.D1_5, "en-US").language == "zh-CN"


def test_the_identity_document_is_asked_for_before_the_contract():
    assert identity_of(case(), "123x")[0].accepts == {"123X"}
    contract = identity_of(case(), "")[0]
    assert contract.kind == "contract_last4"
    assert contract.accepts == {"0112", "0001"}  # with the instalment's number and without


def test_a_company_is_known_by_its_contract():
    debtor = replace(case().debtor, name="宏远五金制品（深圳）有限公司")
    assert identity_of(case(debtor=debtor), "123X")[0].kind == "contract_last4"


def test_without_either_there_is_nothing_to_know_the_debtor_by():
    bare = DebtFacts(1, "A-1", date(2026, 3, 9), 100, 0)
    assert identity_of(case(debts=(bare,)), "") == ()


def test_values_of_a_call_hold_no_link():
    assert context().values["link"] == ""


def test_a_case_without_a_promise_can_still_be_called_about_one():
    script = library().pick(CallKind.BROKEN_PROMISE)
    values = dict(context(facts=case(promises=())).values)
    said = script.steps["facts"].say.fill(values)
    assert "2047元5角" in said


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_month_and_day_in_keys_are_a_day_from_half_a_year_back_to_half_a_year_on(today):
    keys = f"{today.month:02d}{today.day:02d}"
    assert day_of(keys, today) == today


@given(st.text(alphabet="0123456789*#", max_size=5), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_any_keys_are_a_day_within_the_year_or_none(keys, today):
    day = day_of(keys, today)
    assert day is None or -180 <= (day - today).days <= 366


def test_keys_that_are_no_sum_are_none():
    assert minor_of("", 2) is None
    assert minor_of("000", 2) is None
    assert minor_of("12*", 2) is None
    assert minor_of("800", 2) == 80_000
    assert minor_of("800", 0) == 800


def test_spoken_digits_leave_out_the_words_around_them():
    digits = MAINLAND.words.digits
    assert spoken_digits("尾号是幺二三叉", digits) == "123X"
    assert spoken_digits("我不知道", digits) == ""


def test_hours_are_read_back_in_the_zone_of_the_portfolio():
    here = replace(context(), now=NOW)
    assert here.spoken.time(NOW.astimezone(here.zone)) == "3月12日中午12点"


def test_every_language_names_the_same_things_to_the_collector():
    kinds = [set(library().language(name).words.labels) for name in ("zh-CN", "zh-TW", "yue-HK")]
    assert kinds[0] == kinds[1] == kinds[2]
    silent = {"verified", "opt_out", "wrong_person", "third_party", "deceased", "self_harm"}
    silent |= {"machine", "unverified_end", "no_response"}
    assert {kind.value for kind in OutcomeKind} <= kinds[0] | silent
    assert {f"dispute.{kind}" for kind in get_args(DisputeKind)} | {"promise.open"} <= kinds[0]
