"""Portfolios through the console: opened stopped, changed with a trail, live with a second person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from console_browser import Browser, add_person
from desk_kit import DeskInHand, shanghai

from bot.app.operating import portfolio_desk
from bot.flows.portfolio_desk import LiveError, PortfolioDesk
from bot.flows.ports.portfolios import NewPortfolio
from bot.flows.set_up import SetUpError

NEW = NewPortfolio(
    code="spring",
    name="春季",
    creditor="东升消费金融",
    creditor_key="dongsheng",
    signature="东升消费金融",
    zone="Asia/Shanghai",
    region="CN",
    currency="CNY",
    cadence="consumer_loan",
    packs=("cn",),
    sender="sandbox",
    phone="400-000-1234",
    complaint_phone="400-000-5678",
)


def opened(desk: DeskInHand, **changed: Any) -> tuple[PortfolioDesk, int, int]:
    """The flow of an installation that may reach carriers, a new book, and its id; who opened it."""
    desk.sender()
    desk.sender(code="real", kind="twilio", address="+12025550111", livemode=True)
    who = add_person(desk, "ops", "周宁", role="operations")
    flow = replace(portfolio_desk(desk.product), live_carrier=True)
    flow.open(replace(NEW, **changed), who)
    return flow, desk.one("SELECT id FROM portfolio WHERE code = 'spring'"), who


def work(desk: DeskInHand, at: datetime) -> None:
    """Plan and send what is due by the sandbox; the live sender has no carrier here."""
    desk.set_now(at)
    desk.plan()
    desk.product.send(desk.sender())
    desk.sandbox.flush()


def test_a_new_portfolio_sends_nothing_until_it_is_switched_on(desk: DeskInHand) -> None:
    flow, book, who = opened(desk)
    case = desk.case(book, due_on=date(2026, 3, 8))
    work(desk, shanghai("2026-03-10 14:00"))
    assert desk.texts(case) == []
    assert flow.switch_on_test("spring", who) is True
    assert flow.switch_on_test("spring", who) is False
    work(desk, shanghai("2026-03-10 14:05"))
    assert len(desk.texts(case)) == 1


def test_live_mode_needs_a_second_person_and_begins_on_the_real_clock(desk: DeskInHand) -> None:
    flow, book, who = opened(desk)
    second = add_person(desk, "lead", role="lead")
    desk.case(book, due_on=date(2026, 3, 8))
    desk.sql("UPDATE cases SET entered_at = '2030-01-01', next_check_at = '2030-01-01'")
    flow.ask_live("spring", "real", who)
    with pytest.raises(LiveError, match="asked_already"):
        flow.ask_live("spring", "real", who)
    (asked,) = flow.asked_live()
    with pytest.raises(LiveError, match="same_person"):
        flow.decide_live(asked.approval_id, who, yes=True)
    flow.decide_live(asked.approval_id, second, yes=True)
    with pytest.raises(LiveError, match="moved_on"):
        flow.decide_live(asked.approval_id, second, yes=True)
    row = desk.sql(
        "SELECT p.livemode, s.code FROM portfolio p JOIN sender s ON s.id = p.sender_id"
        " WHERE p.code = 'spring'"
    )
    assert row == [(True, "real")]
    assert desk.one("SELECT max(greatest(entered_at, next_check_at)) <= now() FROM cases")
    assert desk.product.halts.standing() == []
    assert [
        each[0] for each in desk.sql("SELECT action FROM audit WHERE action LIKE 'live%%'")
    ] == [
        "live_asked",
        "live_approved",
    ]


def test_what_came_in_between_stops_the_second_persons_yes(desk: DeskInHand) -> None:
    flow, book, who = opened(desk)
    second = add_person(desk, "lead", role="lead")
    desk.case(book, due_on=date(2026, 3, 8))
    flow.ask_live("spring", "real", who)
    desk.sql("UPDATE sender SET stopped_reason = 'carrier refused: 20003' WHERE code = 'real'")
    with pytest.raises(LiveError, match="sender_stopped"):
        flow.decide_live(flow.asked_live()[0].approval_id, second, yes=True)
    assert desk.one("SELECT livemode FROM portfolio WHERE code = 'spring'") is False
    assert len(flow.asked_live()) == 1


def test_obstacles_are_all_named(desk: DeskInHand) -> None:
    flow, book, who = opened(desk)
    closed = replace(flow, live_carrier=False)
    assert closed.obstacles("spring", "sandbox") == ("no_carrier", "no_live_sender", "no_cases")
    assert flow.obstacles("nowhere", "real") == ("unknown",)
    case = desk.case(book, due_on=date(2026, 3, 8))
    flow.switch_on_test("spring", who)
    work(desk, shanghai("2026-03-10 14:00"))
    assert desk.texts(case)
    assert flow.obstacles("spring", "real") == ("tried_out",)


def test_one_withdraws_ones_own_ask(desk: DeskInHand) -> None:
    flow, book, who = opened(desk)
    desk.case(book, due_on=date(2026, 3, 8))
    flow.ask_live("spring", "real", who)
    flow.decide_live(flow.asked_live()[0].approval_id, who, yes=False)
    assert flow.asked_live() == []
    assert desk.one("SELECT outcome FROM approval") == "withdrawn"


def test_a_change_leaves_old_and_new_and_takes_what_is_planned_along(desk: DeskInHand) -> None:
    flow, book, who = opened(desk)
    other = desk.sender(code="other", address="+12025550122")
    desk.case(book, due_on=date(2026, 3, 8))
    flow.switch_on_test("spring", who)
    desk.set_now(shanghai("2026-03-10 00:10"))
    desk.plan()
    changed = flow.change(replace(NEW, signature="东升金融", sender="other"), who)
    assert changed == {"signature": ["东升消费金融", "东升金融"], "sender": ["sandbox", "other"]}
    assert desk.sql("SELECT DISTINCT sender_id FROM touch WHERE state = 'planned'") == [(other,)]
    assert flow.change(replace(NEW, signature="东升金融", sender="other"), who) == {}
    with pytest.raises(SetUpError, match="both must be live or both test"):
        flow.change(replace(NEW, sender="real"), who)


def test_people_see_and_touch_only_their_own_portfolios(desk: DeskInHand) -> None:
    _, book, _ = opened(desk)
    other = desk.portfolio("loans")
    limited = add_person(desk, "limited", "林", role="operations")
    desk.sql("UPDATE collector SET all_portfolios = false WHERE id = %s", limited)
    desk.sql("INSERT INTO collector_portfolio VALUES (%s, %s)", limited, other)
    browser = Browser(desk, "limited")
    browser.log_in()
    browser.get("/portfolios")
    assert "loans" in browser.page
    assert "spring" not in browser.page
    for path in ("/portfolios/spring", "/portfolios/spring/plan"):
        assert browser.get(path).status_code == 403
    browser.get("/pause")
    assert browser.post("/pause", do="stop", code="spring", reason="x").status_code == 403
    browser.get("/pause")
    assert browser.post("/pause", do="stop", reason="x").status_code == 403
    assert desk.one("SELECT count(*) FROM halt WHERE kind = 'switch'") == 0
    assert book


def test_a_stopped_sender_is_started_again_from_its_page(desk: DeskInHand) -> None:
    add_person(desk, role="operations")
    sender = desk.sender()
    with desk.product.transactions() as store:
        store.stop_sender(sender, reason="carrier refused: 20003", at=desk.now)
    browser = Browser(desk)
    browser.log_in()
    browser.get("/senders")
    assert "运营商代码 20003" in browser.page
    assert "carrier refused" not in browser.page
    browser.post("/senders/sandbox")
    assert desk.one("SELECT stopped_reason FROM sender") is None
    assert desk.one("SELECT count(*) FROM alarm WHERE cleared_at IS NULL") == 0
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'sender_started'") == 1
