"""A lead looks at both cases and merges them; the command does the same."""

from __future__ import annotations

from console_browser import Browser, add_person
from desk_kit import DeskInHand
from merge_kit import Twins


def entered(desk: DeskInHand, login: str, path: str) -> Browser:
    browser = Browser(desk, login)
    browser.log_in()
    browser.get(path)
    return browser


def test_a_lead_sees_both_sides_and_merges_for_good(twins: Twins) -> None:
    desk = twins.desk
    path = f"/cases/{twins.kept}/merge"
    browser = entered(desk, "wu", f"/cases/{twins.kept}")
    assert "合并重复的案件" in browser.page
    browser.post(path, case="")
    assert "案件的状态已经变了" in browser.page
    browser.post(path, case=twins.gone)
    assert "合并后不能拆开" in browser.page
    assert browser.page.count("2,000.00") >= 2
    assert desk.state(twins.gone) == "active"
    browser.post(path, case=twins.gone, sure=1)
    assert f"案件 {twins.gone} 已并入本案" in browser.page
    assert f"/cases/{twins.gone}" in browser.page
    browser.get(f"/cases/{twins.gone}")
    assert f"本案件已并入案件 {twins.kept}" in browser.page
    assert "并入另一件案件" in browser.page
    browser.get(f"/cases/{twins.kept}")
    browser.post(path, case=twins.gone)
    assert "早已并入" in browser.page
    assert twins.breaches() == []


def test_a_collector_may_not_and_nobody_may_reach_beyond_their_portfolios(twins: Twins) -> None:
    desk = twins.desk
    add_person(desk, "chen", "陈静")
    browser = entered(desk, "chen", f"/cases/{twins.kept}")
    assert "合并重复的案件" not in browser.page
    assert browser.post(f"/cases/{twins.kept}/merge", case=twins.gone).status_code == 403
    hidden = desk.portfolio("hidden")
    desk.case(hidden, due_on=desk.now.date(), debtor_id=twins.debtor(twins.gone))
    desk.sql("UPDATE collector SET all_portfolios = false WHERE id = %s", twins.lead)
    desk.sql("INSERT INTO collector_portfolio VALUES (%s, %s)", twins.lead, twins.book)
    lead = entered(desk, "wu", f"/cases/{twins.kept}")
    lead.post(f"/cases/{twins.kept}/merge", case=twins.gone, sure=1)
    assert "在您看不到的资产包里还有案件" in lead.page
    assert desk.state(twins.gone) == "active"
