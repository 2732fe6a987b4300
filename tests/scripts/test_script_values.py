"""What the placeholders hold for a case on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.facts import CaseFacts, DebtFacts, DebtorFacts, PortfolioFacts, PromiseFacts
from bot.domain.vocabulary import CaseState, PromiseState
from bot.scripts import day_text, missing_from, money_text, scripts_root, time_text, values_for
from bot.scripts.rulebook import load_rulebook
from bot.scripts.values import AGENCY, OPT_OUT_NOTICE

TODAY = date(2026, 12, 1)
DESK = PortfolioFacts(
    1, "demo", "东升金融", "东升", "Asia/Shanghai", "CN", "CNY", "consumer", ("cn",), False,
    phone="400-000-1234", complaint_phone="400-000-5678", payee_account="尾号8866",
)  # fmt: skip


def debt(number: int, due: date, amount: int = 100000, paid: int = 0) -> DebtFacts:
    return DebtFacts(number, f"DS-{number}", due, amount, paid)


def promise(due: date, amount: int | None, state: PromiseState, made: int) -> PromiseFacts:
    return PromiseFacts(made, due, amount, state, datetime(2026, 11, made, tzinfo=UTC))


NOV, DEC, JAN = (
    debt(1, date(2026, 11, 1), paid=40050),
    debt(2, date(2026, 12, 1)),
    debt(3, date(2027, 1, 1)),
)
CASE = CaseFacts(
    1, CaseState.ACTIVE, DESK, DebtorFacts(1, "马冬梅"), "CNY",
    datetime(2026, 10, 1, tzinfo=UTC), (JAN, NOV, DEC),
)  # fmt: skip


def test_what_is_due_now_is_apart_from_what_comes_later() -> None:
    values = values_for(CASE, TODAY)
    assert values["amount_due"] == "1599.50元"
    assert values["later_amount"] == "1000元"
    assert values["total_owed"] == "2599.50元"
    assert values["earliest_amount"] == "599.50元"
    assert (values["debt_count"], values["due_count"]) == ("3", "2")
    assert values["due_phrase"] == "自11月1日起到期"
    assert values["days_past_due"] == "30"
    assert values["debt_ref"] == "DS-1"


def test_before_anything_is_due_the_next_due_day_counts() -> None:
    values = values_for(CASE, date(2026, 10, 20))
    assert values["amount_due"] == "599.50元"
    assert values["due_phrase"] == "11月1日到期"
    assert values["days_past_due"] == ""


def test_debts_of_one_day_are_one_date() -> None:
    same = replace(CASE, debts=(debt(1, TODAY), debt(2, TODAY)))
    assert values_for(same, TODAY)["due_phrase"] == "12月1日到期"
    assert values_for(same, TODAY)["later_amount"] == ""


def test_nothing_owed_leaves_the_debt_values_out() -> None:
    values = values_for(replace(CASE, debts=()), TODAY)
    assert "amount_due" not in values
    assert "due_date" not in values
    assert values["phone"] == "400-000-1234"


def test_the_open_promise_counts_and_else_the_latest() -> None:
    broken = promise(date(2026, 11, 20), 50000, PromiseState.BROKEN, 2)
    still = promise(date(2026, 12, 5), 30000, PromiseState.OPEN, 1)
    older = promise(date(2026, 11, 10), 10000, PromiseState.KEPT, 1)
    values = values_for(replace(CASE, promises=(broken, still)), TODAY)
    assert (values["promise_date"], values["promise_amount"]) == ("12月5日", "300元")
    values = values_for(replace(CASE, promises=(older, broken)), TODAY)
    assert (values["promise_date"], values["promise_amount"]) == ("11月20日", "500元")


def test_a_promise_without_a_figure_is_what_is_due_now() -> None:
    whole = promise(date(2026, 12, 5), None, PromiseState.OPEN, 1)
    assert values_for(replace(CASE, promises=(whole,)), TODAY)["promise_amount"] == "1599.50元"


def test_extra_values_win() -> None:
    values = values_for(CASE, TODAY, link="https://a.example", extra={"promise_date": "今天"})
    assert (values["link"], values["promise_date"]) == ("https://a.example", "今天")


def test_every_value_is_a_known_placeholder() -> None:
    known = load_rulebook(scripts_root()).placeholders
    with_promise = replace(CASE, promises=(promise(TODAY, 1, PromiseState.OPEN, 1),))
    assert values_for(with_promise, TODAY).keys() <= known.keys()


def test_only_an_agency_under_the_us_pack_tells_in_every_message_how_to_stop() -> None:
    for desk in (DESK, replace(DESK, packs=("us",)), replace(DESK, collector_kind="third_party")):
        assert OPT_OUT_NOTICE not in values_for(replace(CASE, portfolio=desk), TODAY)
    agency = replace(DESK, packs=("base", "us"), collector_kind="third_party")
    american = replace(CASE, portfolio=agency)
    assert values_for(american, TODAY)[OPT_OUT_NOTICE] == "退订请回复STOP"


def test_only_an_agency_is_marked_as_one() -> None:
    assert AGENCY not in values_for(CASE, TODAY)
    agency = replace(CASE, portfolio=replace(DESK, collector_kind="third_party"))
    assert values_for(agency, TODAY)[AGENCY]


def test_the_debtors_locale_decides_the_words() -> None:
    case = replace(CASE, debtor=replace(CASE.debtor, locale="zh-HK"), currency="HKD")
    values = values_for(case, TODAY)
    assert values["amount_due"] == "1599.50港元"
    assert values["help_line"].startswith("2389 2222")


def test_another_year_is_named() -> None:
    assert day_text(date(2027, 1, 5), TODAY) == "2027年1月5日"
    assert day_text(date(2026, 1, 5), TODAY) == "1月5日"


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(0, 0, "凌晨0点"), (9, 0, "上午9点"), (12, 5, "中午12点05分"), (13, 0, "下午1点"), (15, 30, "下午3点30分"), (18, 0, "晚上6点")],
)  # fmt: skip
def test_times_are_said_as_people_say_them(hour: int, minute: int, expected: str) -> None:
    at = datetime(2026, 12, 1, hour, minute, tzinfo=UTC)
    assert time_text(at, TODAY) == "12月1日" + expected


def test_a_currency_is_named_in_the_locales_characters() -> None:
    assert money_text(100, "GBP", "zh-TW") == "1英鎊"
    assert money_text(100, "GBP", "zh-CN") == "1英镑"


def test_an_open_promise_is_known_apart_from_a_broken_one() -> None:
    broken = promise(date(2026, 11, 20), 50000, PromiseState.BROKEN, 2)
    still = promise(date(2026, 12, 5), 30000, PromiseState.OPEN, 1)
    assert values_for(replace(CASE, promises=(broken,)), TODAY)["open_promise_date"] == ""
    with_open = replace(CASE, promises=(broken, still))
    assert values_for(with_open, TODAY)["open_promise_date"] == "12月5日"


def test_a_complete_portfolio_has_no_gaps() -> None:
    assert missing_from(DESK) == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [("signature", "东"), ("signature", "【东升】"), ("creditor", " "), ("phone", ""), ("complaint_phone", "")],
)  # fmt: skip
def test_a_gap_of_the_portfolio_is_named(field: str, value: str) -> None:
    (gap,) = missing_from(replace(DESK, **{field: value}))
    assert gap.startswith(field)


def test_a_name_for_machines_is_missed_only_where_messages_may_be_left() -> None:
    assert missing_from(DESK) == ()
    (gap,) = missing_from(DESK, leaves_messages=True)
    assert gap.startswith("contact_name")
    assert missing_from(replace(DESK, contact_name="陈专员"), leaves_messages=True) == ()
