"""One's own account: password, second factor, sessions, language; and waits after failures."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from desk_kit import DeskInHand
from hypothesis import given
from hypothesis import strategies as st
from scene import PASSWORD, Browser, add_person

from bot.app.one_time_codes import OneTimeCodes
from bot.domain.lockout import OF_ACCOUNT, OF_ADDRESS, Lockout
from bot.flows.collectors import LoginError
from console.account_routes import browser_name


@given(st.integers(0, 10_000))
def test_waits_grow_and_never_pass_the_longest(failures: int) -> None:
    for rule in (OF_ACCOUNT, OF_ADDRESS):
        wait = rule.wait(failures)
        assert timedelta(0) <= wait <= rule.wait(failures + 1) <= rule.longest
        assert (wait == timedelta(0)) == (failures <= rule.free)


def test_the_first_waits_are_short_and_double() -> None:
    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    rule = Lockout(2, minute, hour, hour)
    assert [rule.wait(n) for n in range(2, 6)] == [timedelta(0), minute, 2 * minute, 4 * minute]


def test_an_address_waits_whatever_account_it_tries(desk: DeskInHand) -> None:
    add_person(desk)
    collectors = desk.product.collectors
    for number in range(OF_ADDRESS.free + 1):
        with pytest.raises(LoginError, match="wrong"):
            collectors.log_in(f"nobody{number}", "wrong wrong wrong", "192.0.2.7")
    with pytest.raises(LoginError, match="locked"):
        collectors.log_in("chen", PASSWORD, "192.0.2.7")
    assert collectors.log_in("chen", PASSWORD, "192.0.2.8").login == "chen"
    assert b"192.0.2" not in bytes(desk.one("SELECT address_hash FROM login_address LIMIT 1"))


def test_log_ins_that_go_well_do_not_add_up_against_an_address(desk: DeskInHand) -> None:
    add_person(desk)
    for _ in range(3):
        desk.product.collectors.log_in("chen", PASSWORD, "192.0.2.7")
    assert desk.sql("SELECT failures FROM login_address") == [(0,)]


def test_the_password_is_changed_and_every_other_session_ends(desk: DeskInHand) -> None:
    add_person(desk)
    here, there = Browser(desk), Browser(desk)
    here.log_in()
    there.log_in()
    here.get("/account")
    form = {"old_password": PASSWORD, "new_password": "my new password"}
    here.post("/account/password", **form, again_password="another one!")
    assert "两次输入的新密码不一样" in here.page
    here.post(
        "/account/password", **{**form, "old_password": "x"}, again_password="my new password"
    )
    assert "现在的密码不对" in here.page
    here.post("/account/password", **form, again_password="my new password")
    assert "密码已更改" in here.page
    assert "/login" in there.get("/account").url
    assert there.log_in("my new password").status_code == 200


def test_a_session_is_ended_from_another_one(desk: DeskInHand) -> None:
    add_person(desk)
    here, there = Browser(desk), Browser(desk)
    here.log_in()
    there.log_in()
    here.get("/account")
    [other] = re.findall(r'name="session" value="(\d+)"', here.page)
    here.post("/account/sessions", session=other)
    assert "/login" in there.get("/account").url
    there.log_in()
    here.get("/account")
    here.post("/account/sessions")
    assert "已结束 1 个登录" in here.page
    assert "/login" in there.get("/account").url


def test_nobody_ends_somebody_elses_session(desk: DeskInHand) -> None:
    add_person(desk)
    add_person(desk, "wang", "王芳")
    mine, theirs = Browser(desk), Browser(desk, "wang")
    mine.log_in()
    theirs.log_in()
    session = desk.one("SELECT max(id) FROM session")
    mine.get("/account")
    mine.post("/account/sessions", session=session)
    assert theirs.get("/account").url.endswith("/account")


def turn_on(desk: DeskInHand, browser: Browser) -> tuple[str, list[str]]:
    """The secret and the recovery codes of somebody who has just turned it on."""
    browser.log_in()
    browser.get("/account")
    browser.post("/account/factor", do="begin")
    secret = str(desk.product.seal.open(bytes(desk.one("SELECT totp_sealed FROM collector"))))
    assert f"<code>{secret}</code>" in browser.page
    browser.post("/account/factor", do="confirm", code=pyotp.TOTP(secret).now())
    return secret, re.findall(r"<li><code>([a-z0-9-]+)</code>", browser.page)


def test_a_second_factor_is_asked_for_once_it_is_on(desk: DeskInHand) -> None:
    add_person(desk)
    secret, codes = turn_on(desk, Browser(desk))
    assert len(codes) == 10
    browser = Browser(desk)
    answer = browser.log_in(next="/console/account")
    assert answer.url.endswith("/login")
    assert "/login" in browser.get("/account").url, "the password alone opens nothing"
    browser.log_in(next="/console/account")
    used = pyotp.TOTP(secret).now()
    assert browser.post("/login/code", code=used).status_code == 403, "a code works once"
    desk.sql("UPDATE collector SET totp_last = 0")
    browser.post("/login/code", code=pyotp.TOTP(secret).now(), next=browser.hidden("next"))
    assert "我的账户" in browser.page
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'login'") == 2


def test_a_recovery_code_stands_in_once(desk: DeskInHand) -> None:
    add_person(desk)
    _, codes = turn_on(desk, Browser(desk))
    for answer in (200, 403):
        browser = Browser(desk)
        browser.log_in()
        assert browser.post("/login/code", code=f" {codes[0].upper()} ").status_code == answer
    assert desk.one("SELECT count(*) FROM recovery_code WHERE used_at IS NULL") == 9


def test_wrong_codes_are_counted_like_passwords(desk: DeskInHand) -> None:
    add_person(desk)
    turn_on(desk, Browser(desk))
    browser = Browser(desk)
    browser.log_in()
    for _ in range(OF_ACCOUNT.free):
        assert browser.post("/login/code", code="000000").status_code == 403
    assert browser.post("/login/code", code="000000").status_code == 403
    assert "已锁定到" in browser.page


def test_codes_are_those_of_rfc_6238_and_may_drift_one_step() -> None:
    from datetime import UTC, datetime

    secret, at = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", datetime.fromtimestamp(1111111109, UTC)
    codes = OneTimeCodes()
    assert codes.step(secret, "081804", at) == 1111111109 // 30  # appendix B, last six digits
    assert codes.step(secret, "081 804", at + timedelta(seconds=30)) == 1111111109 // 30
    assert codes.step(secret, "081804", at + timedelta(seconds=90)) is None
    assert codes.step(secret, "", at) is None


def test_the_console_speaks_english_once_asked_and_keeps_it(desk: DeskInHand) -> None:
    add_person(desk)
    browser = Browser(desk)
    browser.get("/login?language=en")
    assert "User name" in browser.page
    browser.log_in()
    browser.get("/account")
    browser.post("/account/settings", language="en", theme="dark")
    assert '<html lang="en" data-theme="dark">' in browser.page
    assert "My account" in browser.page
    assert browser.post("/account/settings", language="xx").status_code == 400
    assert desk.sql("SELECT language, theme FROM collector") == [("en", "dark")]


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/120 Safari/537 Edg/120",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU) Safari/604", "Safari · iPhone"),
        ("python-requests/2", "python-requests/2"),
        ("", "—"),
    ],
)
def test_a_browser_is_called_by_its_name(agent: str, told: str) -> None:
    assert browser_name(agent) == told
