"""An admin's pages of people, what waits for a second person, and the trail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from desk_kit import DeskInHand
from scene import PASSWORD, Browser, add_person, handed_off

from bot.flows.oversight import Oversight
from console.words import load_words

ROOT = Path(__file__).parents[2]


def admin(desk: DeskInHand) -> Browser:
    add_person(desk, "boss", "李总", role="admin")
    browser = Browser(desk, "boss")
    browser.log_in()
    browser.get("/people")
    return browser


def change(browser: Browser, person: int, do: str, **fields: object) -> str:
    browser.get(f"/people/{person}")
    browser.post(f"/people/{person}", do=do, **fields)
    return browser.page


def test_an_admin_adds_somebody_who_has_to_change_the_first_password(desk: DeskInHand) -> None:
    book = desk.portfolio()
    browser = admin(desk)
    browser.post("/people", login="chen", name="陈静", role="collector", portfolio=book)
    [password] = re.findall(r'<code class="big">([^<]+)</code>', browser.page)
    theirs = Browser(desk)
    assert theirs.log_in(password).url.endswith("/account")
    row = "SELECT must_change, all_portfolios FROM collector WHERE login = 'chen'"
    assert desk.sql(row) == [(True, False)]
    assert desk.sql("SELECT portfolio_id FROM collector_portfolio") == [(book,)]
    data = desk.one("SELECT data FROM audit WHERE action = 'add_person'")
    assert data["portfolios"] == [book]
    assert password not in str(desk.sql("SELECT data FROM audit"))


def test_what_was_typed_stays_when_a_person_cannot_be_added(desk: DeskInHand) -> None:
    browser = admin(desk)
    browser.post("/people", login="Ü", name="<b>陈静", role="lead", all="1")
    assert "账号要是" in browser.page
    assert 'value="&lt;b&gt;陈静"' in browser.page
    assert '<option value="lead" selected>' in browser.page


def test_role_portfolios_name_and_sessions_are_changed(desk: DeskInHand) -> None:
    book, chen = desk.portfolio(), add_person(desk)
    theirs = Browser(desk)
    theirs.log_in()
    browser = admin(desk)
    change(browser, chen, "role", role="lead")
    change(browser, chen, "portfolios", portfolio=book)
    change(browser, chen, "name", name="陈小静")
    row = "SELECT role, all_portfolios, name FROM collector WHERE login = 'chen'"
    assert desk.sql(row) == [("lead", False, "陈小静")]
    assert "Safari" not in change(browser, chen, "end")
    assert "/login" in theirs.get("/account").url
    change(browser, chen, "portfolios", all="1")
    assert desk.one("SELECT count(*) FROM collector_portfolio") == 0
    assert "没有这个人" not in browser.page
    assert browser.post("/people/999", do="role", role="lead").status_code == 404


def test_a_new_password_locks_out_the_old_one_and_is_shown_once(desk: DeskInHand) -> None:
    chen = add_person(desk)
    theirs = Browser(desk)
    theirs.log_in()
    browser = admin(desk)
    page = change(browser, chen, "password")
    [password] = re.findall(r'<code class="big">([^<]+)</code>', page)
    assert password not in browser.get(f"/people/{chen}").text
    assert "/login" in theirs.get("/account").url
    assert theirs.log_in(PASSWORD).status_code == 403
    assert theirs.log_in(password).url.endswith("/account")


def test_disabling_ends_sessions_and_gives_back_what_was_claimed(desk: DeskInHand) -> None:
    chen = add_person(desk)
    handed_off(desk)
    desk.sql("UPDATE handoff SET state = 'claimed', claimed_by = %s, claimed_at = now()", chen)
    browser = admin(desk)
    assert "1 件案件放回" in change(browser, chen, "disable")
    assert desk.sql("SELECT state FROM handoff") == [("open",)]
    change(browser, chen, "enable")
    assert Browser(desk).log_in().status_code == 200


def test_an_admin_cannot_disable_or_demote_themselves(desk: DeskInHand) -> None:
    browser = admin(desk)
    me = int(desk.one("SELECT id FROM collector WHERE login = 'boss'"))
    for do in ("disable", "role", "password", "factor"):
        assert "不能对自己做这一步" in change(browser, me, do, role="collector"), do
    assert desk.sql("SELECT role, disabled FROM collector") == [("admin", False)]


def test_reductions_of_both_kinds_of_answer_stand_on_the_approvals_page(desk: DeskInHand) -> None:
    add_person(desk, "wang", "王芳")
    case = handed_off(desk)
    asker = desk.one("SELECT id FROM collector WHERE login = 'wang'")
    for _ in range(2):
        desk.sql(
            "INSERT INTO reduction (case_id, state, currency, amount_minor, reason, asked_by, "
            "asked_at) VALUES (%s, 'asked', 'CNY', 1000, 'goodwill', %s, now())",
            *(case, asker),
        )
    add_person(desk, role="lead")
    lead = Browser(desk)
    lead.log_in()
    lead.get("/approvals")
    assert "审批 <b>2</b>" in lead.page
    first, second = re.findall(r'name="reduction" value="(\d+)"', lead.page)
    back = {"back": "/console/approvals"}
    answer = lead.post(f"/cases/{case}/reduction", reduction=first, do="approve", **back)
    assert answer.url.endswith("/approvals")
    lead.post(f"/cases/{case}/reduction", reduction=second, do="decline", **back)
    assert "已批准" in lead.page
    assert "已拒绝" in lead.page
    assert "审批 <b>" not in lead.page
    theirs = Browser(desk, "wang")
    theirs.log_in()
    theirs.get("/approvals")
    assert 'value="approve"' not in theirs.page


def test_the_trail_is_found_by_person_case_kind_and_day(desk: DeskInHand) -> None:
    chen, case = add_person(desk), handed_off(desk)
    theirs = Browser(desk)
    theirs.log_in()
    theirs.get(f"/cases/{case}")
    browser = admin(desk)
    for query, told in {
        f"who={chen}": True,
        f"case={case}": True,
        "action=look": True,
        "since=2020-01-01": True,
        "until=2020-01-01": False,
        "action=refused": False,
        "case=999": False,
    }.items():
        browser.get(f"/audit?{query}")
        assert ("<td>查看案件</td>" in browser.page) is told, query
    assert "日期看不懂" in browser.get("/audit?since=yesterday").text


def test_the_trail_is_taken_along_as_a_file_and_that_is_on_it(desk: DeskInHand) -> None:
    browser = admin(desk)
    answer = browser.get("/audit.csv?action=login")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "李总,登录" in answer.content.decode("utf-8-sig")
    assert desk.one("SELECT data->>'what' FROM audit WHERE action = 'export'") == "audit"


def test_who_sees_some_portfolios_sees_their_lines_and_their_own(desk: DeskInHand) -> None:
    case, lead = handed_off(desk), add_person(desk, role="lead")
    add_person(desk, "wang", "王芳")
    watch = Oversight(desk.product.transactions, desk.product.clock)
    watch.looked(int(desk.one("SELECT id FROM collector WHERE login = 'wang'")), case)
    desk.sql("UPDATE collector SET all_portfolios = false WHERE id = %s", lead)
    browser = Browser(desk)
    browser.log_in()
    assert "<td>王芳</td>" not in browser.get("/audit").text
    assert "<td>陈静</td>" in browser.page
    desk.sql("INSERT INTO collector_portfolio SELECT %s, id FROM portfolio", lead)
    assert "<td>王芳</td>" in browser.get("/audit").text


@pytest.mark.parametrize("folder", ["bot/flows"])
def test_every_kind_of_line_has_words(folder: str) -> None:
    wrote = re.compile(r"\baudit\(\s*[\w.]+,\s*\"([a-z_]+)\"")
    found = {
        kind
        for path in (ROOT / folder).rglob("*.py")
        for kind in wrote.findall(path.read_text("utf-8"))
    }
    assert found
    assert found <= load_words()["audit"].keys()
