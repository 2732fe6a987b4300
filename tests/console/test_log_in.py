"""Who gets in, who stays in, and what a forged form can do: nothing."""

from __future__ import annotations

import pytest
import requests
from desk_kit import DeskInHand
from flask import Flask
from scene import PASSWORD, Browser, add_person, handed_off

from bot.flows.collectors import LoginError, PersonError
from bot.flows.sessions import Sessions
from console import resume
from console.sessions import own_path


def test_the_right_password_opens_the_list(desk: DeskInHand) -> None:
    add_person(desk)
    browser = Browser(desk)
    answer = browser.log_in()
    assert answer.url == f"{desk.url}/console/"
    assert "陈静" in browser.page


def test_every_page_leads_to_the_door_without_a_session(desk: DeskInHand) -> None:
    case = handed_off(desk)
    browser = Browser(desk)
    for path in ("/", f"/cases/{case}"):
        assert browser.get(path).url.startswith(f"{desk.url}/console/login?next=")
    assert "马" not in browser.page
    for path in (f"/cases/{case}", f"/cases/{case}/reveal", "/search", "/clock"):
        assert browser.post(path, do="claim").status_code == 401
    assert desk.sql("SELECT claimed_by FROM handoff") == [(None,)]


def test_after_logging_in_one_is_where_one_wanted_to_be(desk: DeskInHand) -> None:
    add_person(desk)
    case = handed_off(desk)
    browser = Browser(desk)
    browser.get(f"/cases/{case}")
    answer = browser.post("/login", login="chen", password=PASSWORD, next=f"/console/cases/{case}")
    assert answer.url == f"{desk.url}/console/cases/{case}"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/console/",
        "//evil.example/console/",
        "/\\evil.example",
        "/console/../webhooks",
        "/elsewhere",
        "/console/\nx",
        "",
        None,
    ],
)
def test_a_log_in_never_leads_out_of_the_console(path: str | None) -> None:
    assert own_path(path, "/console") is None


def test_a_wrong_password_and_an_unknown_name_read_the_same(desk: DeskInHand) -> None:
    add_person(desk)
    pages = []
    for login in ("chen", "nobody"):
        browser = Browser(desk, login)
        assert browser.log_in("wrong wrong wrong").status_code == 403
        pages.append(browser.page.replace(browser.token, "").replace(login, ""))
    assert pages[0] == pages[1]


def test_five_failures_lock_even_the_right_password_out(desk: DeskInHand) -> None:
    add_person(desk)
    browser = Browser(desk)
    for _ in range(5):
        assert browser.log_in("wrong wrong wrong").status_code == 403
    assert browser.log_in().status_code == 403
    assert "已锁定到" in browser.page
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'login_failed'") == 5
    desk.sql("UPDATE collector SET locked_until = now() - interval '1 second'")
    assert browser.log_in().status_code == 200
    assert desk.sql("SELECT failed_logins, locked_until FROM collector") == [(0, None)]


def test_a_success_forgets_the_failures_before_it(desk: DeskInHand) -> None:
    add_person(desk)
    collectors = desk.product.collectors
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(LoginError, match="wrong"):
                collectors.log_in("chen", "wrong wrong wrong")
        collectors.log_in(" CHEN ", PASSWORD)


def test_a_disabled_person_is_out_at_once_and_holds_nothing(desk: DeskInHand) -> None:
    me = add_person(desk)
    case = handed_off(desk)
    browser = Browser(desk)
    browser.log_in()
    browser.get(f"/cases/{case}")
    browser.act(case, "claim")
    assert desk.sql("SELECT claimed_by, state FROM handoff") == [(me, "claimed")]
    assert desk.product.collectors.disable("chen") == 1
    assert desk.sql("SELECT claimed_by, state FROM handoff") == [(None, "open")]
    assert "/login" in browser.get("/").url
    assert browser.log_in().status_code == 403


def test_a_new_password_ends_the_sessions_of_the_old_one(desk: DeskInHand) -> None:
    add_person(desk)
    browser = Browser(desk)
    browser.log_in()
    desk.product.collectors.reset_password("chen", "another good password")
    assert "/login" in browser.get("/").url


@pytest.mark.parametrize(("column", "hours"), [("begun_at", 12), ("seen_at", 1)])
def test_a_session_ends_after_its_day_and_after_an_idle_hour(
    desk: DeskInHand, column: str, hours: int
) -> None:
    add_person(desk)
    browser = Browser(desk)
    browser.log_in()
    shift = f"UPDATE session SET {column} = {column} - interval '%s minutes'"
    desk.sql(shift % (hours * 60 - 5))
    assert browser.get("/bank").url.endswith("/bank")
    if column == "seen_at":  # the look just now kept it alive
        desk.sql(shift % (hours * 60 - 5))
        assert browser.get("/bank").url.endswith("/bank")
    desk.sql(shift % (hours * 60 + 5))
    assert "/login" in browser.get("/bank").url
    assert desk.sql("SELECT ended_why FROM session") == [("timeout",)]


def test_a_session_is_kept_as_a_hash_and_a_made_up_token_opens_nothing(desk: DeskInHand) -> None:
    add_person(desk)
    person = desk.product.collectors.log_in("chen", PASSWORD)
    sessions = Sessions(desk.product.transactions, desk.product.clock, lambda: "a token")
    token = sessions.begin(person, address="192.0.2.7", agent="a browser")
    assert sessions.current(token) is not None
    assert sessions.current("another token") is None
    kept = desk.sql("SELECT token_hash, address_sealed FROM session")[0]
    assert b"a token" not in bytes(kept[0])
    assert b"192.0.2.7" not in bytes(kept[1])


def test_logging_out_needs_a_genuine_form_and_ends_the_session(desk: DeskInHand) -> None:
    add_person(desk)
    browser = Browser(desk)
    browser.log_in()
    browser.post("/logout", token="forged")
    assert "退出" in browser.get("/").text
    browser.post("/logout")
    assert "/login" in browser.get("/").url


def test_a_form_from_elsewhere_changes_nothing_and_loses_no_note(desk: DeskInHand) -> None:
    add_person(desk)
    case = handed_off(desk)
    browser = Browser(desk)
    browser.log_in()
    browser.get(f"/cases/{case}")
    answer = browser.post(
        f"/cases/{case}", token="forged", do="claim", handoff=browser.handoff, note="约了周五"
    )
    assert answer.status_code == 400
    assert "约了周五</textarea>" in browser.page
    assert desk.sql("SELECT state FROM handoff") == [("open",)]
    assert desk.one("SELECT count(*) FROM note") == 0


def test_a_note_typed_while_the_session_ended_comes_back_after_log_in(desk: DeskInHand) -> None:
    add_person(desk)
    case = handed_off(desk)
    browser = Browser(desk)
    browser.log_in()
    browser.get(f"/cases/{case}")
    desk.product.collectors.reset_password("chen", PASSWORD)
    note = "本人接听，周五还五百。" * 200
    assert browser.act(case, "note", note=note).status_code == 401
    browser.post("/login", login="chen", password=PASSWORD, kept=browser.hidden("kept"))
    assert f"{note}</textarea>" in browser.page
    assert desk.one("SELECT count(*) FROM note") == 0
    browser.post(f"/cases/{case}", do=browser.hidden("do"), handoff=browser.handoff, note=note)
    assert desk.one("SELECT count(*) FROM note") == 1


def test_a_form_that_another_site_sent_is_not_offered_again(desk: DeskInHand) -> None:
    add_person(desk)
    case = handed_off(desk)
    browser = Browser(desk)
    browser.headers = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    browser.get("/login")
    assert browser.post(f"/cases/{case}", do="note", note="不是我写的").status_code == 401
    assert browser.hidden("kept") == ""
    browser.log_in()
    assert browser.post(f"/cases/{case}", token="x", note="不是我写的").status_code == 400
    assert "不是我写的" not in browser.page


def test_a_password_is_never_kept_with_a_form(desk: DeskInHand) -> None:
    browser = Browser(desk)
    browser.get("/login")
    browser.post("/cases/1", note="一", new_password="a secret of mine", code="123456")
    app = Flask("test")
    app.secret_key = desk.product.settings.secret_key.get_secret_value()
    with app.app_context():
        form = resume.kept(browser.hidden("kept"))
    assert form is not None
    assert [field.name for field in form.fields] == ["note"]


def test_pages_bring_strict_headers_and_a_guarded_cookie(desk: DeskInHand) -> None:
    answer = requests.get(f"{desk.url}/console/login", timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("Ü", "陈静", "collector", PASSWORD), "bad_login"),
        (("chen", " ", "collector", PASSWORD), "no_name"),
        (("chen", "陈静", "boss", PASSWORD), "bad_role"),
        (("chen", "陈静", "collector", "short"), "short_password"),
        (("chen", "陈静", "collector", "x" * 201), "long_password"),
        (("taken", "陈静", "collector", PASSWORD), "taken"),
    ],
)
def test_who_cannot_be_added_is_told_why(
    desk: DeskInHand, given: tuple[str, str, str, str], code: str
) -> None:
    add_person(desk, "taken")
    with pytest.raises(PersonError) as refused:
        desk.product.collectors.add(*given)
    assert refused.value.code == code


def test_passwords_are_kept_as_argon2id_hashes_only(desk: DeskInHand) -> None:
    add_person(desk)
    assert str(desk.one("SELECT password_hash FROM collector")).startswith("$argon2id$")
