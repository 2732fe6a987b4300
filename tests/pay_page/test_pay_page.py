"""The debtor's page: kind to who has the link, silent to who guesses, exact about money."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import requests
from desk_kit import DeskInHand, shanghai
from pay_page.visitor import HUMAN, PHONE, admitted
from werkzeug.datastructures import Headers

from bot.flows.pay import AmountError
from webhooks.pay_form import typed_sum
from webhooks.visitors import is_person

_SESSIONS: dict[str, requests.Session] = {}


def reminded(desk: DeskInHand, **case: object) -> tuple[int, str]:
    """A case whose debtor has a link and has verified."""
    visitor = admitted(desk, **case)
    _SESSIONS[visitor.link] = visitor.session
    return visitor.case, visitor.link


def _browser(link: str) -> requests.Session:
    return next((s for known, s in _SESSIONS.items() if link.startswith(known)), requests.Session())


def get(link: str, **headers: str) -> requests.Response:
    return _browser(link).get(link, headers={**HUMAN, **headers}, timeout=10)


def pay(link: str, **form: str) -> requests.Response:
    return _browser(link).post(link, form, headers=HUMAN, timeout=10, allow_redirects=False)


def opened(desk: DeskInHand) -> int:
    return int(desk.one("SELECT count(*) FROM case_event WHERE event = 'link_opened'"))


def test_the_page_shows_creditor_masked_debtor_debts_and_total(desk: DeskInHand) -> None:
    case, link = reminded(desk, name="诸葛孔明")
    desk.debt(case, int(desk.one("SELECT id FROM portfolio")), date(2027, 1, 8), 55_050)
    page = get(link).text
    for told in ("晨光消费金融", "诸葛**您好", "2026年3月8日到期", "2027年1月8日到期", "2550.50元"):
        assert told in page, told
    assert "HT000002" in page
    assert "孔明" not in page
    assert "400-000-1234" in page


def test_the_page_has_strict_headers_no_script_and_little_weight(desk: DeskInHand) -> None:
    _, link = reminded(desk)
    answer = get(link)
    assert answer.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'self'"
    )
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.text
    weight = len(answer.content)
    for path in re.findall(r'(?:href|src)="(/p/static/[^"]+)"', answer.text):
        asset = get(desk.url + path)
        assert asset.ok
        weight += len(asset.content)
    assert weight < 60_000
    assert not re.findall(r'(?:href|src)="(?:https?:)?//', answer.text)


@pytest.mark.parametrize(
    ("locale", "told"), [("zh-TW", "待繳款項"), ("zh-HK", "待還款項"), ("zh-CN", "待还款项")]
)
def test_the_page_speaks_the_debtors_script(desk: DeskInHand, locale: str, told: str) -> None:
    _, link = reminded(desk, locale=locale)
    answer = get(link)
    assert told in answer.text
    assert f'<html lang="{locale}">' in answer.text


def test_names_cannot_run(desk: DeskInHand) -> None:
    _, link = reminded(desk, name="<script>alert(1)</script>有限公司")
    assert "<script" not in get(link).text


def test_a_visit_counts_once_and_a_machine_never(desk: DeskInHand) -> None:
    _, link = reminded(desk)
    requests.head(link, headers=HUMAN, timeout=10)
    get(link, **{"User-Agent": "facebookexternalhit/1.1 Facebot Twitterbot/1.0"})
    get(link, **{"Sec-Purpose": "prefetch"})
    assert opened(desk) == 0
    get(link)
    get(link)
    assert opened(desk) == 1
    desk.set_now(desk.now + timedelta(minutes=31))
    get(link)
    assert opened(desk) == 2
    assert desk.one("SELECT visits FROM link_visits") == 2


@pytest.mark.parametrize(
    ("agent", "person"),
    [
        (PHONE, True),
        ("Mozilla/5.0 (Linux; Android 8.1; CUBOT_X18_Plus) AppleWebKit/537.36 Mobile", True),
        ("Mozilla/5.0 (Linux; Android 7.0; CUBOT MAX) AppleWebKit/537.36 Mobile", True),
        (f"{PHONE} MicroMessenger/8.0.49", True),
        ("WhatsApp/2.23.20.0 A", False),
        ("TelegramBot (like TwitterBot)", False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", False),
        ("Mozilla/5.0 BingPreview/1.0b", False),
        ("okhttp/4.9.3", False),
        ("", False),
    ],
)
def test_who_is_a_person(agent: str, person: bool) -> None:
    assert is_person("GET", Headers({"User-Agent": agent})) is person


def test_a_forged_link_is_not_found_and_asks_no_database(desk: DeskInHand) -> None:
    _, link = reminded(desk)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    at = letters.index(link[-1])
    last = [letters[at ^ 1], letters[at ^ 3], letters[at ^ 32]]  # spare bits, and signed ones
    connections = desk.product.pool
    asked = connections.get_stats().get("requests_num", 0)
    for guess in (
        *(link[:-1] + end for end in last),
        link[:-3],
        link + "AA",
        f"{desk.url}/p/%00%ff",
        f"{desk.url}/p/'--",
    ):
        answer = get(guess)
        assert answer.status_code == 404
        assert "没有这个链接" in answer.text
        assert "晨光" not in answer.text
        assert pay(guess, amount="1").status_code == 404
    assert connections.get_stats().get("requests_num", 0) == asked
    assert desk.one("SELECT count(*) FROM checkout") == 0


def test_a_stranger_reads_their_own_script(desk: DeskInHand) -> None:
    answer = get(f"{desk.url}/p/nothing", **{"Accept-Language": "zh-TW,zh;q=0.9"})
    assert "沒有這個連結" in answer.text


def test_an_expired_link_names_the_desks_phone_and_nothing_else(desk: DeskInHand) -> None:
    _, link = reminded(desk)
    desk.set_now(shanghai("2026-06-10 10:00"))
    for answer in (get(link), get(f"{link}/back?result=success"), pay(link, amount="1")):
        assert answer.status_code == 410
        assert "400-000-1234" in answer.text
        assert "2000元" not in answer.text
        assert "马" not in answer.text


def test_a_revoked_link_is_gone(desk: DeskInHand) -> None:
    _, link = reminded(desk)
    desk.sql("UPDATE payment_link SET revoked_at = created_at")
    answer = get(link)
    assert answer.status_code == 410
    assert "链接已停用" in answer.text
    assert opened(desk) == 0


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "请填写这次要还的金额"),
        ("一百", "金额只写数字"),
        ("1e3", "金额只写数字"),
        ("0", "金额要大于 0"),
        ("-5", "金额要大于 0"),
        ("1.005", "金额最小到0.01元"),
        ("2000.01", "金额不能超过待还的2000元"),
        ("9" * 39, "金额只写数字"),
        ('"><script>', "金额只写数字"),
    ],
)
def test_a_sum_that_cannot_be_paid_is_refused_in_plain_words(
    desk: DeskInHand, typed: str, told: str
) -> None:
    _, link = reminded(desk)
    answer = pay(link, amount=typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert "<script" not in answer.text
    assert desk.one("SELECT count(*) FROM checkout") == 0


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("500", 50_000), ("５００．５", 50_050), ("￥1,000.00 元", 100_000), (".5", 50), ("7.", 700)],
)
def test_a_sum_is_read_as_people_write_it(typed: str, minor: int) -> None:
    assert typed_sum(typed, "CNY") == minor


def test_yen_have_no_cents() -> None:
    assert typed_sum("500", "JPY") == 500
    with pytest.raises(AmountError, match="too_fine"):
        typed_sum("500.5", "JPY")


def test_paying_leads_to_the_provider_with_exactly_that_sum(desk: DeskInHand) -> None:
    _, link = reminded(desk)
    answer = pay(link, amount="500.50")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(desk.sandbox.url)
    assert desk.sql("SELECT amount_minor, state FROM checkout") == [(50_050, "open")]


def test_paying_all_means_the_sum_that_was_shown(desk: DeskInHand) -> None:
    case, link = reminded(desk)
    desk.debt(case, int(desk.one("SELECT id FROM portfolio")), date(2026, 4, 8), 10_000)
    answer = pay(link, all="200000")
    assert answer.status_code == 422
    assert "刚刚变成2100元" in answer.text
    assert pay(link, all="210000").status_code == 303


def test_coming_back_says_only_what_is_known(desk: DeskInHand) -> None:
    _, link = reminded(desk)
    assert get(f"{link}/back?result=success").url == link
    pay(link, amount="500")
    assert "正在确认" in get(f"{link}/back?result=success").text
    assert "付款没有完成" in get(f"{link}/back?result=failed").text
    assert get(f"{link}/back?result=<b>").url == link
    desk.sql("UPDATE checkout SET state = 'paid'")
    assert "已收到您的还款500元" in get(f"{link}/back?result=success").text


def test_a_paid_case_says_thank_you_even_when_the_link_is_old(desk: DeskInHand) -> None:
    from bot.flows.ports.money import IncomingPayment

    case, link = reminded(desk)
    payment = IncomingPayment(case, 200_000, "CNY", "bank", "r1", desk.now)
    desk.product.settler.receive(payment, livemode=False)
    desk.set_now(shanghai("2026-06-10 10:00"))
    for answer in (get(link), pay(link, all="0"), get(f"{link}/back?result=success")):
        assert answer.status_code == 200
        assert "已结清，谢谢" in answer.text
        assert "<form" not in answer.text


def test_a_case_the_desk_closed_is_not_paid_online(desk: DeskInHand) -> None:
    case, link = reminded(desk)
    desk.sql("UPDATE cases SET state = 'closed' WHERE id = %s", case)
    assert "不用在线付款" in get(link).text
    assert pay(link, all="200000").status_code == 200
    assert desk.one("SELECT count(*) FROM checkout") == 0


def test_a_provider_that_is_away_is_told_kindly(desk: DeskInHand) -> None:
    _, link = reminded(desk)
    desk.product.providers["sandbox"]._url = "http://127.0.0.1:9/nothing"
    answer = pay(link, amount="500")
    assert answer.status_code == 503
    assert "没有扣款" in answer.text
    assert 'value="500"' in answer.text
