"""What stops the desk: payment, a stop, a dispute, a wrong number, a shared cap."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from desk_kit import DeskInHand, shanghai

from bot.app.verify.breach import Evidence
from bot.app.verify.checks import run_checks
from bot.app.verify.log import read_log
from bot.domain.understanding import Intent, Understanding
from bot.flows.ports.money import IncomingPayment

DUE = date(2026, 3, 8)
PLANNING, SENDING = "2026-03-10 09:00", "2026-03-10 13:40"


def pay(desk: DeskInHand, case: int, amount: int = 200_000, reference: str = "b-1") -> None:
    """Money by bank file."""
    payment = IncomingPayment(case, amount, "CNY", "bank", reference, desk.now)
    desk.product.settler.receive(payment, livemode=False)


def plan(desk: DeskInHand) -> None:
    """In the morning the reminders of the afternoon are planned."""
    desk.set_now(shanghai(PLANNING))
    desk.plan()
    assert desk.one("SELECT count(*) FROM touch WHERE state = 'planned'") > 0


def month(desk: DeskInHand, hours: tuple[int, ...] = (0, 10, 13, 15, 19)) -> None:
    """Four weeks, looked at often enough for every window."""
    for days in range(28):
        for hour in hours:
            desk.step(shanghai(f"2026-03-10 {hour:02}:40") + timedelta(days=days))


def purposes(desk: DeskInHand, case: int) -> list[str]:
    """Purposes of what went out, in order."""
    rows = desk.sql(
        "SELECT purpose FROM attempt WHERE case_id = %s AND state <> 'refused' ORDER BY id", case
    )
    return [row[0] for row in rows]


def breaches(desk: DeskInHand) -> list[str]:
    """What the checker finds."""
    log = read_log(desk.sandbox.url, None)
    with desk.product.pool.connection() as connection:
        findings = run_checks(Evidence(connection, log))
    return [f"{f.invariant.name} {b.where} {b.what}" for f in findings for b in f.breaches]


def test_twenty_payments_at_random_between_planning_and_sending_leave_no_reminder(
    desk: DeskInHand,
) -> None:
    chance = random.Random(20260310)
    portfolio = desk.portfolio()
    cases = [desk.case(portfolio, due_on=DUE) for _ in range(20)]
    plan(desk)
    desk.sandbox.faults({"effect": "rate_limit", "every": 3})  # some are put back meanwhile
    order = chance.sample(cases, len(cases))
    for number, case in enumerate(order):
        desk.set_now(shanghai(PLANNING) + timedelta(seconds=chance.uniform(1, 13_000)))
        if chance.random() < 0.3:
            desk.plan()
        pay(desk, case, reference=f"b-{number}")
    desk.sandbox.faults()
    for minutes in (0, 10, 30, 60, 300):
        desk.step(shanghai(SENDING) + timedelta(minutes=minutes))
    assert [purposes(desk, case) for case in cases] == [["thanks"]] * 20
    assert {desk.state(case) for case in cases} == {"closed"}
    assert breaches(desk) == []


def test_a_part_payment_between_planning_and_sending_drops_the_reminder_of_that_moment(
    desk: DeskInHand,
) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    plan(desk)
    pay(desk, case, 50_000)
    desk.step(shanghai(SENDING))
    assert purposes(desk, case) == ["thanks"]
    assert "1500" in "".join(desk.texts(case))


@pytest.mark.parametrize("word", ["退订", "TD", "R", "STOP", "请别再给我发短信了"])
def test_a_stop_between_planning_and_sending_lets_nothing_out_but_its_confirmation(
    desk: DeskInHand, word: str
) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    desk.set_now(shanghai("2026-03-10 13:20"))
    desk.plan()
    desk.sandbox.say(desk.phones[case], word)
    desk.read_replies()
    desk.step(shanghai(SENDING))
    confirmed = [] if word == "STOP" else ["opt_out_confirmation"]  # the carrier confirms STOP
    assert purposes(desk, case) == confirmed
    month(desk, (10, 13, 15))
    assert purposes(desk, case) == confirmed
    assert breaches(desk) == []


def test_a_reminder_that_outlived_a_stop_is_refused_at_the_moment_of_sending(
    desk: DeskInHand,
) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    plan(desk)
    desk.sandbox.say(desk.phones[case], "退订")
    desk.read_replies()
    desk.set_now(shanghai(SENDING))
    desk.sql("UPDATE touch SET state = 'planned' WHERE purpose = 'reminder'")  # as if not cancelled
    desk.send()
    assert desk.sql("SELECT state, reason FROM touch WHERE purpose = 'reminder'") == [
        ("denied", "cn.optout.channel")
    ]


def stop_everything(desk: DeskInHand, phone: str) -> None:
    """The debtor asks for no contact at all, and is understood so."""
    desk.sandbox.say(phone, "停止一切联系")
    reading = Understanding((Intent.opt_out,), flags=frozenset({"stop_all"}), confidence=0.9)
    receiver = replace(desk.product.receiver, understand=lambda *_: reading)
    assert receiver.run(desk.one("SELECT id FROM reply WHERE state = 'stored'"))
    desk.send()


def test_a_stop_of_all_contact_silences_every_case_and_number_of_the_debtor(
    desk: DeskInHand,
) -> None:
    phone = "+8613800137901"
    debtor = desk.debtor("马敏", phone)
    desk.point(debtor, "+8613800137911")
    first, second = (
        desk.case(desk.portfolio(code), due_on=DUE, debtor_id=debtor, phone=phone)
        for code in ("loans", "more")
    )
    plan(desk)
    stop_everything(desk, phone)
    month(desk, (10, 13, 15))
    assert [*purposes(desk, first), *purposes(desk, second)] in ([], ["opt_out_confirmation"])
    assert breaches(desk) == []


def test_an_opt_in_after_an_opt_out_lets_reminders_go_out_again(desk: DeskInHand) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    desk.step(shanghai(SENDING))
    desk.reply(case, "退订")
    words = desk.product.receiver.opt_in_words - {"UNSTOP"}
    own = sorted(words - {"START"})[0]
    desk.set_now(shanghai("2026-03-11 10:00"))
    desk.reply(case, own)
    assert desk.one("SELECT count(*) FROM suppression WHERE lifted_at IS NULL") == 0
    assert purposes(desk, case) == ["reminder", "opt_out_confirmation", "answer"]
    month(desk, (13, 15))
    assert purposes(desk, case).count("reminder") >= 2
    assert breaches(desk) == []


def test_after_a_stop_of_all_contact_a_bare_opt_in_word_starts_nothing(desk: DeskInHand) -> None:
    """One word may be a slip; a gap is better than a contact nobody wanted."""
    case = desk.case(desk.portfolio(), due_on=DUE)
    desk.step(shanghai(SENDING))
    stop_everything(desk, desk.phones[case])
    before = purposes(desk, case)
    desk.set_now(shanghai("2026-03-11 10:00"))
    desk.reply(case, "START")
    month(desk, (10, 13, 15))
    assert purposes(desk, case) == before
    assert breaches(desk) == []


def test_a_dispute_on_one_case_leaves_the_debtor_s_other_case_running(desk: DeskInHand) -> None:
    phone = "+8613800137902"
    debtor = desk.debtor("马敏", phone)
    disputed = desk.case(desk.portfolio(), due_on=DUE, debtor_id=debtor, phone=phone)
    desk.step(shanghai(SENDING))
    other = desk.case(
        desk.portfolio("more"), due_on=date(2026, 3, 10), debtor_id=debtor, phone=phone
    )
    desk.reply(disputed, "这笔金额不对，我没借这么多")
    assert (desk.state(disputed), desk.state(other)) == ("disputed", "active")
    month(desk, (13, 15, 19))
    assert purposes(desk, disputed) == ["reminder", "answer"]
    assert purposes(desk, other).count("reminder") >= 2
    assert breaches(desk) == []


def test_a_wrong_person_on_a_phone_of_two_debtors_hears_of_neither_again(desk: DeskInHand) -> None:
    """Whoever holds the number is a stranger: the other debtor's debt is none of theirs either."""
    phone = "+8613800137903"
    portfolio = desk.portfolio()
    first, second = (
        desk.case(portfolio, due_on=DUE, debtor_id=desk.debtor(name, phone), phone=phone)
        for name in ("马敏", "李强")
    )
    plan(desk)
    desk.set_now(shanghai(SENDING))
    desk.sql("UPDATE touch SET due_at = due_at + interval '30 minutes' WHERE case_id = %s", second)
    desk.send()
    assert (len(purposes(desk, first)), len(purposes(desk, second))) == (1, 0)
    desk.reply(first, "打错了，我不认识这个人")
    assert desk.sql("SELECT DISTINCT disabled FROM contact_point") == [("wrong_person",)]
    month(desk, (0, 10, 13, 15))
    assert purposes(desk, second) == []
    assert purposes(desk, first)[1:] in ([], ["answer"], ["opt_out_confirmation"])
    assert {desk.state(first), desk.state(second)} == {"handed_off"}
    reasons = desk.sql("SELECT DISTINCT reason FROM handoff")
    assert reasons == [("wrong_number",)]
    assert breaches(desk) == []


def test_a_wrong_number_gives_way_to_the_debtor_s_other_number(desk: DeskInHand) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    desk.step(shanghai(SENDING))
    other = "+8613800137904"
    desk.point(desk.one("SELECT debtor_id FROM cases"), other)
    desk.reply(case, "打错了，我不认识这个人")
    month(desk, (0, 13, 15))
    sent = [m["to"] for m in desk.sandbox.messages()]
    assert sent.count(desk.phones[case]) <= 2  # the reminder and an apology
    assert desk.state(case) == "handed_off" or other in sent
    assert breaches(desk) == []


def test_two_cases_of_one_debtor_share_one_message_a_day_and_three_in_seven_days(
    desk: DeskInHand,
) -> None:
    phone = "+8613800137905"
    debtor = desk.debtor("马敏", phone)
    for number, code in enumerate(("loans", "more", "third")):
        due = DUE + timedelta(days=number - 1)
        desk.case(desk.portfolio(code), due_on=due, debtor_id=debtor, phone=phone)
    month(desk)
    days = [row[0] + timedelta(hours=8) for row in desk.sql("SELECT at FROM attempt ORDER BY at")]
    assert len(days) >= 6
    assert len({day.date() for day in days}) == len(days)
    for first, fourth in zip(days, days[3:], strict=False):
        assert fourth - first >= timedelta(days=7)
    assert breaches(desk) == []


def test_the_same_person_at_another_creditor_has_caps_of_their_own(desk: DeskInHand) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    other_book = desk.portfolio(
        "other", creditor="远山商贸", creditor_key="yuanshan", signature="远山商贸"
    )
    debtor = desk.debtor("马小敏", desk.phones[case])
    desk.sql("UPDATE debtor SET creditor_key = 'yuanshan' WHERE id = %s", debtor)
    other = desk.case(other_book, due_on=DUE, debtor_id=debtor, phone=desk.phones[case])
    desk.step(shanghai(SENDING))
    assert (purposes(desk, case), purposes(desk, other)) == (["reminder"], ["reminder"])


def test_a_wrong_person_who_goes_on_writing_gets_one_apology_and_no_more(
    desk: DeskInHand,
) -> None:
    case = desk.case(desk.portfolio(), due_on=DUE)
    desk.step(shanghai(SENDING))
    for words in ("打错了，我不认识这个人", "你是谁", "我要投诉你们", "退订", "嗯嗯嗯"):
        desk.reply(case, words)
    assert purposes(desk, case) == ["reminder", "answer"]
    desk.set_now(shanghai("2026-03-25 10:00"))
    desk.reply(case, "打错了，我不认识这个人")
    assert purposes(desk, case) == ["reminder", "answer"]
    assert breaches(desk) == []
