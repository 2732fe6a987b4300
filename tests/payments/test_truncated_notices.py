"""A notification that was cut off on its way: a clear refusal, and nothing is acted on or kept.

Stripe and WeChat sign the whole body, so what is missing shows; Alipay's signature is the last field
of its form, and a form without it, or with a part of it, is nobody's. The refusals are 4xx, which
each provider repeats its notification after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.flows.ports.money import PaymentNotice
from tests.payments import test_alipay_wap as alipay
from tests.payments import test_stripe_checkout as stripe
from tests.payments import test_wechat_pay as wechat
from tests.payments.till import open_till
from webhooks.payments import payment_pages

#: Places at which each notification is cut, spread over its length.
CUTS = 40


class Desk:
    """The pages of the three providers, and what they handed on to be stored."""

    def __init__(self, client: FlaskClient, settled: list[PaymentNotice]) -> None:
        self.client = client
        self.settled = settled

    def told(self, name: str, headers: Mapping[str, str], body: bytes, **more: int) -> int:
        path = f"/webhooks/payments/{name}"
        return self.client.post(path, data=body, headers=dict(headers), **more).status_code


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    settled: list[PaymentNotice] = []

    def settle(notice: PaymentNotice) -> str:
        settled.append(notice)
        return "applied"

    with open_till() as till:
        providers = {
            "stripe": stripe.checkout(till),
            "alipay": alipay.alipay(),
            "wechat": wechat.wechat(till),
        }
        app = Flask(__name__)
        app.register_blueprint(payment_pages(providers, settle))
        yield Desk(app.test_client(), settled)


def whole(name: str) -> tuple[dict[str, str], bytes]:
    """A genuine notification of money that was paid."""
    if name == "alipay":
        return {}, alipay.signed(alipay.NOTICE)
    if name == "stripe":
        body = stripe.event("checkout.session.completed", stripe.SESSION)
        return stripe.signed(body), body
    body = wechat.notice_of("TRANSACTION.SUCCESS", wechat.PAID)
    return wechat.marks(body), body


def signed_after_the_cut(name: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """The provider itself signed the shorter body: genuine, and still no notification."""
    if name == "alipay":
        fields = dict(list(alipay.NOTICE.items())[: len(alipay.NOTICE) // 2])
        return {}, alipay.signed(fields)
    short = body[: len(body) // 2]
    return (stripe.signed(short) if name == "stripe" else wechat.marks(short)), short


PROVIDERS = pytest.mark.parametrize("name", ["stripe", "alipay", "wechat"])


@PROVIDERS
def test_a_notification_cut_anywhere_is_refused_and_nothing_is_kept(desk: Desk, name: str) -> None:
    headers, body = whole(name)
    desk.settled.clear()
    cuts = range(0, len(body), max(len(body) // CUTS, 1))
    answers = {desk.told(name, headers, body[:cut]) for cut in (*cuts, len(body) - 1)}
    assert answers <= {400, 403}
    assert desk.settled == []
    assert desk.told(name, headers, body) == 200
    assert len(desk.settled) == 1


@PROVIDERS
def test_a_connection_that_broke_off_is_refused_and_nothing_is_kept(desk: Desk, name: str) -> None:
    headers, body = whole(name)
    desk.settled.clear()
    assert desk.told(name, headers, body[:-20], content_length=len(body)) in {400, 403}
    assert desk.settled == []


@PROVIDERS
def test_half_a_notification_under_a_genuine_signature_is_refused(desk: Desk, name: str) -> None:
    headers, body = signed_after_the_cut(name, whole(name)[1])
    desk.settled.clear()
    assert desk.told(name, headers, body) in {400, 403}
    assert desk.settled == []
