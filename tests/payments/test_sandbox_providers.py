"""The sandbox as Stripe, Alipay and WeChat Pay, asked by the product's real adapters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import requests
from desk_fixtures import sandbox_process
from desk_kit import SandboxProcess, wait_until
from serving import listening, port_of, served
from werkzeug.wrappers import Request, Response

from bot.app.providers import providers_for
from bot.app.settings import Settings, load_settings
from bot.flows.ports.money import NoticeKind, PaymentNotice
from bot.flows.ports.paying import Order, PaymentProvider

__all__ = ["sandbox_process"]

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


class Now:
    def real(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251

    def now(self, *, livemode: bool) -> datetime:
        return self.real()


@dataclass
class Desk:
    """A web server that takes notifications as the product does."""

    providers: dict[str, PaymentProvider] = field(default_factory=dict)
    notices: list[PaymentNotice] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)
    answer: str | None = None

    def __call__(self, environ, start_response):
        request = Request(environ)
        body = request.get_data()
        self.asked.append(body)
        provider = self.providers[request.path.rsplit("/", 1)[1]]
        notice = provider.notice(dict(request.headers), body)
        if notice is not None:
            self.notices.append(notice)
        said = provider.acknowledgement
        text = said.body if self.answer is None else self.answer
        return Response(text, mimetype=said.mimetype)(environ, start_response)


@contextmanager
def open_desk(sandbox: SandboxProcess, tmp_path) -> Iterator[tuple[Desk, str]]:
    with listening() as held:
        settings: Settings = load_settings(
            {
                "YUEHUAN_DATA": str(tmp_path),
                "PORT": str(port_of(held)),
                "SECRET_KEY": "a secret of at least thirty-two characters",
                "FIELD_KEY": KEY,
                "HASH_KEY": KEY,
                **sandbox.call("GET", "/merchant"),
            }
        )
        desk = Desk(providers_for(settings, Now()))
        with served(desk, held):
            yield desk, settings.public_url


@pytest.fixture
def opened(sandbox_process: SandboxProcess, tmp_path) -> Iterator[tuple[Desk, str]]:
    sandbox_process.call("POST", "/reset", {})
    with open_desk(sandbox_process, tmp_path) as pair:
        yield pair


def order(url: str, number: int, ip: str = "203.0.113.9") -> Order:
    return Order(f"ref_{number:08d}", 123_450, "CNY", f"{url}/p/x/back", "晨光消费金融", ip)


def follow(url: str) -> tuple[str, str]:
    """The hosted page a payer lands on, and its text."""
    page = requests.get(url, timeout=10)
    assert page.ok, page.text
    return page.url, page.text


@pytest.mark.parametrize("name", ["stripe", "alipay", "wechat"])
def test_a_payment_goes_through_the_real_adapter_and_back(opened, sandbox_process, name) -> None:
    desk, url = opened
    started = desk.providers[name].begin(order(url, 1))
    page, text = follow(started.url)
    assert "1,234.50" in text
    assert "ref_00000001" in text
    paid = requests.post(page, {"result": "success"}, timeout=10, allow_redirects=False)
    assert paid.headers["Location"] == f"{url}/p/x/back?result=success"
    sandbox_process.flush()
    [notice] = desk.notices
    assert (notice.kind, notice.amount_minor, notice.currency, notice.reference) == (
        NoticeKind.SUCCEEDED,
        123_450,
        "CNY",
        "ref_00000001",
    )
    assert notice.payment_id


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("stripe", NoticeKind.REFUNDED_TO),
        ("alipay", NoticeKind.REFUNDED_TO),
        ("wechat", NoticeKind.REFUNDED),
    ],
)
def test_a_refund_is_told_as_the_provider_tells_it(opened, sandbox_process, name, kind) -> None:
    desk, url = opened
    page, _ = follow(desk.providers[name].begin(order(url, 2)).url)
    requests.post(page, {"result": "success"}, timeout=10, allow_redirects=False)
    sandbox_process.flush()
    checkout = page.split("?")[0].rsplit("/", 1)[1]
    for _ in range(2):
        sandbox_process.call("POST", f"/checkouts/{checkout}/refund", {"amount": 10_000})
        sandbox_process.flush()
    told = [n.amount_minor for n in desk.notices if n.kind is kind]
    assert told == ([10_000, 20_000] if kind is NoticeKind.REFUNDED_TO else [10_000, 10_000])
    assert len({n.event_id for n in desk.notices}) == 3


def test_a_dispute_names_only_stripes_own_payment(opened, sandbox_process) -> None:
    desk, url = opened
    page, text = follow(desk.providers["stripe"].begin(order(url, 3)).url)
    assert "拒付" not in text
    requests.post(page, {"result": "success"}, timeout=10, allow_redirects=False)
    sandbox_process.flush()
    assert "拒付" in follow(page)[1]
    requests.post(f"{page}/dispute", timeout=10)
    requests.post(f"{page}/reinstate", timeout=10)
    sandbox_process.flush()
    kinds = {n.kind: n for n in desk.notices}
    back = kinds[NoticeKind.CHARGED_BACK]
    assert (back.reference, back.amount_minor) == ("", 123_450)
    assert back.payment_id == kinds[NoticeKind.SUCCEEDED].payment_id
    assert NoticeKind.REINSTATED in kinds


def test_alipay_repeats_until_it_reads_success(opened, sandbox_process) -> None:
    desk, url = opened
    desk.answer = "thanks"
    page, _ = follow(desk.providers["alipay"].begin(order(url, 4)).url)
    requests.post(page, {"result": "success"}, timeout=10, allow_redirects=False)
    wait_until(lambda: len(desk.asked) >= 2)
    desk.answer = None
    sandbox_process.call("POST", "/flush", {"hurry": True})
    asked = len(desk.asked)
    sandbox_process.flush()
    assert 2 <= asked == len(desk.asked) <= 4
    assert len({n.event_id for n in desk.notices}) == 1


def test_wechat_gives_a_code_where_no_phone_is(opened) -> None:
    desk, url = opened
    started = desk.providers["wechat"].begin(order(url, 5, ip=""))
    assert not started.url
    assert "1,234.50" in follow(started.qr)[1]


def test_failing_leads_back_without_money(opened, sandbox_process) -> None:
    desk, url = opened
    for number, name in enumerate(("stripe", "alipay", "wechat"), 6):
        page, _ = follow(desk.providers[name].begin(order(url, number)).url)
        failed = requests.post(page, {"result": "failed"}, timeout=10, allow_redirects=False)
        assert failed.headers["Location"].startswith(f"{url}/p/x/back"), name
        assert "success" not in failed.headers["Location"], name
    sandbox_process.flush()
    assert desk.asked == []


def test_who_does_not_sign_gets_nothing(opened, sandbox_process) -> None:
    base = sandbox_process.url
    assert requests.post(f"{base}/v1/checkout/sessions", timeout=10).status_code == 401
    assert requests.get(f"{base}/gateway.do?app_id=1&sign=x", timeout=10).status_code == 400
    for path in ("native", "h5"):
        answer = requests.post(f"{base}/v3/pay/transactions/{path}", json={}, timeout=10)
        assert answer.status_code == 401
        assert answer.headers["Wechatpay-Signature"]
    assert sandbox_process.call("GET", "/checkouts")["checkouts"] == []


def test_the_same_order_twice_is_one_checkout(opened, sandbox_process) -> None:
    desk, url = opened
    for name in ("stripe", "alipay", "wechat"):
        pages = {follow(desk.providers[name].begin(order(url, 9)).url)[0] for _ in range(2)}
        assert len({page.split("?")[0] for page in pages}) == 1, name


def test_a_changed_order_is_refused(opened) -> None:
    desk, url = opened
    address = desk.providers["alipay"].begin(order(url, 10)).url
    changed = address.replace("1234.50", "1.00")
    assert changed != address
    assert "invalid-signature" in requests.get(changed, timeout=10).text
