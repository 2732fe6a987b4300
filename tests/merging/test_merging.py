"""Two cases of one person become one: what is alive goes over, whatever still comes finds it."""

from __future__ import annotations

import re
import threading
from datetime import date
from pathlib import Path

import requests
from desk_kit import DeskInHand, shanghai, wait_until
from merge_kit import DUE, NEW_PHONE, OLD_PHONE, Twins

from bot.app.granting import bank_import, instalments, statement_of
from bot.app.ledger_import import ledger_import
from bot.domain.instalments import Part
from bot.domain.transfer_reference import reference_of
from bot.flows.import_ledger import ImportOrder
from bot.flows.merging import Merged
from bot.flows.ports.bank import BankOrder
from bot.flows.ports.money import IncomingPayment, NoticeKind, PaymentNotice
from bot.store.ledger_files import open_ledger

HUMAN = {"User-Agent": "Mozilla/5.0 (Linux; Android 6.0.1; vivo X9) Chrome/66.0 Mobile Safari"}


def pay(twins: Twins, case: int, amount: int, key: str = "1") -> None:
    desk = twins.desk
    payment = IncomingPayment(case, amount, "CNY", "desk", key, desk.now)
    assert desk.product.settler.receive(payment, livemode=False)


def told(twins: Twins, kind: NoticeKind, reference: str, amount: int) -> str:
    event = f"{reference}:{kind}"
    notice = PaymentNotice(
        "stripe", event, kind, reference, amount, "CNY", twins.desk.now, f"pi_{reference}"
    )
    return twins.desk.product.settler.notice(notice)


def checkout(twins: Twins, case: int, amount: int) -> str:
    reference = f"ref-{case}-{amount}"
    twins.desk.sql(
        "INSERT INTO checkout (reference, case_id, amount_minor, currency, provider, created_at)"
        " VALUES (%s, %s, %s, 'CNY', 'stripe', %s)",
        *(reference, case, amount, twins.desk.now),
    )
    return reference


def held(desk: DeskInHand, case: int) -> list[tuple[str, list[str], int | None]]:
    """The hand-off that is open: state, reasons, who has it."""
    return desk.sql(
        "SELECT state, reasons, claimed_by FROM handoff WHERE case_id = %s "
        "AND state IN ('open', 'claimed')",
        case,
    )


def test_what_is_alive_goes_over_and_the_story_stays(twins: Twins) -> None:
    desk = twins.desk
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(twins.gone, "12号还500")
    pay(twins, twins.gone, 20_000)
    told_before = desk.one("SELECT count(*) FROM case_event WHERE case_id = %s", twins.gone)
    assert twins.merge() == Merged(((twins.gone, twins.kept),), ())
    assert (twins.owed(twins.gone), twins.owed(twins.kept)) == (0, 380_000)
    assert (desk.state(twins.gone), desk.state(twins.kept)) == ("closed", "promised")
    assert desk.one("SELECT merged_into FROM cases WHERE id = %s", twins.gone) == twins.kept
    points = "SELECT count(*) FROM contact_point WHERE debtor_id = %s"
    assert desk.one(points, twins.debtor(twins.kept)) == 2
    after = desk.one("SELECT count(*) FROM case_event WHERE case_id = %s", twins.gone)
    assert after == told_before + 1
    trail = desk.sql("SELECT case_id, collector_id FROM audit WHERE action = 'merge' ORDER BY id")
    assert trail == [(twins.gone, twins.lead), (twins.kept, twins.lead)]
    assert twins.breaches() == []


def test_money_that_still_comes_for_the_merged_case_is_the_kept_ones(
    twins: Twins, tmp_path: Path
) -> None:
    desk = twins.desk
    early, late = checkout(twins, twins.gone, 30_000), checkout(twins, twins.gone, 40_000)
    assert told(twins, NoticeKind.SUCCEEDED, early, 30_000) == "applied"
    twins.merge()
    assert told(twins, NoticeKind.SUCCEEDED, late, 40_000) == "applied"
    assert told(twins, NoticeKind.REFUNDED, early, 10_000) == "refunded"
    pay(twins, twins.gone, 5_000)
    statement = tmp_path / "b.csv"
    remark = reference_of(twins.gone)
    statement.write_text(
        f"交易日期,贷方发生额,对方户名,附言,交易流水号\n20260309,70,,{remark},S1\n", "utf-8"
    )
    result = bank_import(desk.product).run(statement_of(statement, {}), BankOrder("loans"))
    assert result.figures.applied == 1
    assert twins.owed(twins.kept) == 400_000 - 30_000 - 40_000 + 10_000 - 5_000 - 7_000
    assert desk.sql("SELECT DISTINCT case_id FROM payment") == [(twins.kept,)]
    assert desk.state(twins.gone) == "closed"
    assert twins.breaches() == []


def test_a_debtor_who_answers_either_number_or_an_old_link_speaks_of_the_kept_case(
    twins: Twins,
) -> None:
    desk = twins.desk
    desk.step(shanghai("2026-03-10 13:40"))
    [link] = re.findall(r"http\S+/p/[\w-]+", desk.texts(twins.gone)[-1])
    twins.merge()
    desk.reply(twins.gone, "12号还清")
    promise = desk.sql("SELECT case_id, due_on, amount_minor FROM promise WHERE state = 'open'")
    assert promise == [(twins.kept, date(2026, 3, 12), 400_000)]
    with requests.Session() as browser:
        browser.headers.update(HUMAN)
        browser.get(link, timeout=10)
        browser.post(f"{link}/verify", {"digits": OLD_PHONE[-4:]}, timeout=10)
        assert "4000元" in browser.get(link, timeout=10).text
    assert desk.sql("SELECT DISTINCT case_id FROM reply") == [(twins.kept,)]
    assert twins.breaches() == []


def test_what_was_sent_to_one_counts_for_the_caps_of_the_person(twins: Twins) -> None:
    desk = twins.desk
    desk.sql("UPDATE cases SET next_check_at = '2026-04-01T00:00Z' WHERE id = %s", twins.kept)
    desk.step(shanghai("2026-03-10 13:40"))
    assert (len(desk.texts(twins.gone)), len(desk.texts(twins.kept))) == (1, 0)
    twins.merge()
    desk.step(shanghai("2026-03-10 14:40"))
    assert len(desk.texts(twins.gone)) + len(desk.texts(twins.kept)) == 1
    [(rule,)] = desk.sql("SELECT reason FROM touch WHERE case_id = %s", twins.kept)
    assert rule == "cn.sms.frequency.day"
    assert twins.breaches() == []


def test_of_two_states_the_quieter_one_stands(twins: Twins) -> None:
    desk = twins.desk
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(twins.gone, "这笔钱不是我借的，我不认")
    assert desk.state(twins.gone) == "disputed"
    [(handoff,)] = desk.sql("SELECT id FROM handoff")
    desk.product.desk.claim(handoff, twins.lead)
    twins.merge()
    assert desk.state(twins.kept) == "disputed"
    assert held(desk, twins.kept) == [("claimed", ["dispute"], twins.lead)]
    assert held(desk, twins.gone) == []
    told_of = desk.sql("SELECT dispute_kind IS NOT NULL FROM cases WHERE id = %s", twins.kept)
    assert told_of == [(True,)]
    assert twins.breaches() == []


def test_two_hand_offs_become_one_with_both_reasons(twins: Twins) -> None:
    desk = twins.desk
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(twins.gone, "我要投诉你们")
    desk.reply(twins.kept, "让人工客服联系我")
    twins.merge()
    [(state, reasons, who)] = held(desk, twins.kept)
    assert (state, sorted(reasons), who) == ("open", ["complaint", "human_requested"], None)
    assert twins.breaches() == []


def test_a_plan_goes_on_and_a_paid_case_closes(twins: Twins) -> None:
    desk = twins.desk
    parts = [Part(date(2026, 3, 20), 120_000), Part(date(2026, 4, 20), 80_000)]
    instalments(desk.product).agree(twins.gone, twins.lead, parts)
    pay(twins, twins.kept, 150_000)
    twins.merge()
    assert desk.sql("SELECT case_id, state FROM instalment_plan") == [(twins.kept, "active")]
    assert desk.state(twins.kept) == "promised"
    pay(twins, twins.gone, 250_000, "2")
    assert desk.state(twins.kept) == "closed"
    assert desk.one("SELECT state FROM instalment_plan") == "completed"
    assert twins.breaches() == []


def test_credit_of_one_pays_the_debts_of_the_other(twins: Twins) -> None:
    pay(twins, twins.gone, 230_000)
    assert twins.desk.state(twins.gone) == "closed"
    twins.merge()
    assert twins.owed(twins.kept) == 170_000
    assert twins.breaches() == []


def test_a_stop_and_a_lost_number_of_one_hold_for_the_person(twins: Twins) -> None:
    desk = twins.desk
    shared = desk.point(twins.debtor(twins.kept), OLD_PHONE)
    desk.sql(
        "UPDATE contact_point SET disabled = 'wrong_person', disabled_at = %s WHERE debtor_id = %s",
        *(desk.now, twins.debtor(twins.gone)),
    )
    desk.sql("UPDATE debtor SET stop_all = true WHERE id = %s", twins.debtor(twins.gone))
    twins.merge()
    assert desk.one("SELECT disabled FROM contact_point WHERE id = %s", shared) == "wrong_person"
    assert desk.one("SELECT stop_all FROM debtor WHERE id = %s", twins.debtor(twins.kept))
    desk.step(shanghai("2026-03-10 13:40"))
    assert desk.texts(twins.kept) == []


def test_cases_in_other_portfolios_go_along(twins: Twins) -> None:
    desk = twins.desk
    trade = desk.portfolio("trade", cadence="consumer_loan")
    other = desk.portfolio("other", cadence="consumer_loan")
    gone, kept = twins.debtor(twins.gone), twins.debtor(twins.kept)
    one = desk.case(trade, due_on=DUE, phone=OLD_PHONE, debtor_id=gone)
    two = desk.case(trade, due_on=DUE, phone=NEW_PHONE, debtor_id=kept)
    alone = desk.case(other, due_on=DUE, phone=OLD_PHONE, debtor_id=gone)
    desk.step(shanghai("2026-03-10 13:40"))
    merged = twins.merge()
    assert merged == Merged(((twins.gone, twins.kept), (one, two)), (alone,))
    assert (twins.debtor(alone), desk.state(one)) == (kept, "closed")
    assert twins.owed(two) == 400_000
    desk.step(shanghai("2026-03-12 13:40"))
    assert twins.breaches() == []


def test_what_cannot_be_merged_is_refused_with_its_reason(twins: Twins) -> None:
    desk = twins.desk
    elsewhere = desk.case(desk.portfolio("trade"), due_on=DUE)
    for gone, kept, code in (
        (twins.kept, twins.kept, "merge_same"),
        (999_999, twins.kept, "moved_on"),
        (elsewhere, twins.kept, "merge_unlike"),
    ):
        assert Twins(desk, twins.book, gone, kept, twins.lead).refused() == code
    desk.sql(
        "INSERT INTO approval (kind, subject, case_id, asked_by, asked_at) "
        "VALUES ('payment', %s, %s, %s, %s)",
        *(str(twins.gone), twins.gone, twins.lead, desk.now),
    )
    assert twins.refused() == "payment_waits"
    desk.sql("DELETE FROM approval")
    swapped = Twins(desk, twins.book, twins.kept, twins.gone, twins.lead)
    pay(twins, twins.kept, 200_000)
    assert twins.refused() == "merge_closed"
    assert swapped.refused() == "merged"
    assert swapped.refused() == "merge_done"
    assert twins.breaches() == []


def test_a_case_a_person_closed_with_something_owed_is_not_merged(twins: Twins) -> None:
    desk = twins.desk
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(twins.gone, "让人工客服联系我")
    [(handoff,)] = desk.sql("SELECT id FROM handoff")
    desk.product.desk.claim(handoff, twins.lead)
    desk.product.desk.close(handoff, twins.lead, "settled_elsewhere")
    assert twins.refused() == "merge_owes"


def test_a_payment_that_waits_for_the_lane_while_cases_are_merged_is_not_lost(
    twins: Twins,
) -> None:
    desk = twins.desk
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    work = [
        threading.Thread(target=twins.merge),
        threading.Thread(target=pay, args=(twins, twins.gone, 50_000)),
    ]
    with desk.product.transactions() as store:
        store.lock_debtors([twins.debtor(twins.gone)])
        for number, thread in enumerate(work, 1):
            thread.start()
            wait_until(lambda number=number: desk.one(waiting) == number)
    for thread in work:
        thread.join(30)
    assert desk.sql("SELECT case_id FROM payment") == [(twins.kept,)]
    assert twins.owed(twins.kept) == 350_000
    assert twins.breaches() == []


LEDGER = """合同编号,客户号,姓名,手机号,到期日,应还金额
HT-A1,C1,马小敏,13800137091,2026-03-08,{amount}
HT-A2,C2,马敏,13800137092,2026-03-08,1000
"""


def take_ledger(desk: DeskInHand, path: Path, text: str) -> dict[str, int]:
    path.write_text(text, "utf-8")
    product = desk.product
    with ledger_import(product.pool.conninfo, product.seal, product.settler) as importing:
        figures = importing.run(open_ledger(path), ImportOrder("loans"), desk.now).figures
    return {name: getattr(figures, name) for name in ("new", "updated", "rejected", "new_cases")}


def test_a_ledger_that_still_names_the_merged_debtor_reaches_the_kept_case(
    desk: DeskInHand, tmp_path: Path
) -> None:
    book, path = desk.portfolio(), tmp_path / "l.csv"
    take_ledger(desk, path, LEDGER.format(amount=1000))
    gone, kept = (row[0] for row in desk.sql("SELECT id FROM cases ORDER BY id"))
    lead = desk.product.collectors.add("wu", "吴组长", "lead", "correct horse battery")
    twins = Twins(desk, book, gone, kept, lead)
    twins.merge()
    again = LEDGER.format(amount=1200) + "HT-A3,C1,马小敏,13800137091,2026-04-08,50\n"
    figures = take_ledger(desk, path, again)
    assert figures == {"new": 1, "updated": 1, "rejected": 0, "new_cases": 0}
    assert twins.owed(kept) == 225_000
    assert desk.sql("SELECT DISTINCT case_id FROM debt") == [(kept,)]
    assert twins.breaches() == []
