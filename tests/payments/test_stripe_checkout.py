"""Stripe by its real client: sessions that begin, events that are signed by our own secret."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from werkzeug.wrappers import Response

from bot.app.clock import system_now
from bot.flows.ports.money import NoticeKind
from bot.flows.ports.paying import Order
from bot.payments.refusals import ForgedNoticeError, MalformedNoticeError
from bot.payments.stripe_checkout import StripeCheckout
from tests.payments.till import Till, open_till

SECRET = "whsec_of_a_test"
ORDER = Order("ref_0123456789", 123_456, "USD", "https://pay.example.com/p/x/back", "晨光")


@pytest.fixture(scope="module")
def till() -> Iterator[Till]:
    with open_till() as opened:
        yield opened


def checkout(till: Till, key: str = "sk_test_12345678") -> StripeCheckout:
    return StripeCheckout(key, SECRET, base_url=till.url)


def signed(body: bytes, *, secret: str = SECRET, at: int | None = None) -> dict[str, str]:
    told = int(system_now().timestamp()) if at is None else at
    mac = hmac.new(secret.encode(), f"{told}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={told},v1={mac}"}


def event(kind: str, thing: dict) -> bytes:
    return json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "api_version": "2026-01-01",
            "type": kind,
            "created": 1_773_000_000,
            "livemode": False,
            "data": {"object": thing},
        }
    ).encode()


SESSION = {
    "id": "cs_test_1",
    "object": "checkout.session",
    "client_reference_id": "ref_0123456789",
    "payment_status": "paid",
    "amount_total": 123_456,
    "currency": "usd",
    "payment_intent": "pi_1",
}
CHARGE = {
    "id": "ch_1",
    "object": "charge",
    "amount": 123_456,
    "amount_refunded": 500,
    "currency": "usd",
    "payment_intent": "pi_1",
    "metadata": {"reference": "ref_0123456789"},
}


def told(till: Till, kind: str, thing: dict):
    body = event(kind, thing)
    return checkout(till).notice(signed(body), body)


def test_a_session_asks_for_the_exact_sum_under_our_reference(till):
    till.answer = lambda _: Response(
        json.dumps({"id": "cs_1", "object": "checkout.session", "url": "https://c.example/cs_1"}),
        mimetype="application/json",
    )
    started = checkout(till).begin(ORDER)
    asked = till.asked[-1]
    form = asked.form
    assert (started.provider_id, started.url) == ("cs_1", "https://c.example/cs_1")
    assert form["line_items[0][price_data][unit_amount]"] == "123456"
    assert form["line_items[0][price_data][currency]"] == "usd"
    assert form["client_reference_id"] == form["payment_intent_data[metadata][reference]"]
    assert asked.headers["Idempotency-Key"] == ORDER.reference


def test_a_refusal_of_the_provider_is_a_failure_of_the_way_there(till):
    till.answer = lambda _: Response(
        json.dumps({"error": {"code": "amount_too_small", "message": "…"}}),
        status=400,
        mimetype="application/json",
    )
    with pytest.raises(OSError, match="amount_too_small"):
        checkout(till).begin(ORDER)


def test_a_provider_that_is_not_there_is_a_failure_of_the_way_there():
    gone = StripeCheckout("sk_test_12345678", SECRET, base_url="http://127.0.0.1:9")
    with pytest.raises(OSError, match="stripe"):
        gone.begin(ORDER)


def test_paid_money_is_told_once_whichever_event_tells_it(till):
    first = told(till, "checkout.session.completed", SESSION)
    second = told(till, "checkout.session.async_payment_succeeded", SESSION)
    assert first == second
    assert (first.kind, first.amount_minor, first.currency) == (
        NoticeKind.SUCCEEDED,
        123_456,
        "USD",
    )
    assert first.paid_at == datetime.fromtimestamp(1_773_000_000, UTC)
    assert (first.reference, first.payment_id) == ("ref_0123456789", "pi_1")


def test_a_session_completed_before_its_money_moves_nothing(till):
    unpaid = {**SESSION, "payment_status": "unpaid"}
    assert told(till, "checkout.session.completed", unpaid) is None


def test_refunds_are_told_as_their_sum_so_far(till):
    notice = told(till, "charge.refunded", CHARGE)
    assert (notice.kind, notice.amount_minor) == (NoticeKind.REFUNDED_TO, 500)
    assert notice.reference == "ref_0123456789"


def test_a_chargeback_names_the_payment_alone(till):
    dispute = {"id": "dp_1", "amount": 900, "currency": "usd", "payment_intent": "pi_1"}
    notice = told(till, "charge.dispute.funds_withdrawn", dispute)
    assert (notice.kind, notice.reference, notice.payment_id) == (
        NoticeKind.CHARGED_BACK,
        "",
        "pi_1",
    )


def test_an_event_nobody_follows_is_passed_over(till):
    assert told(till, "customer.created", {"id": "cus_1"}) is None


def test_a_forged_event_is_refused(till):
    body = event("checkout.session.completed", SESSION)
    for headers in ({}, {"Stripe-Signature": "t=1,v1=00"}, signed(body, secret="whsec_other")):
        with pytest.raises(ForgedNoticeError):
            checkout(till).notice(headers, body)


def test_an_event_signed_long_ago_is_a_replay(till):
    body = event("checkout.session.completed", SESSION)
    with pytest.raises(ForgedNoticeError):
        checkout(till).notice(signed(body, at=1_773_000_000), body)


@pytest.mark.parametrize(
    "body",
    [
        b"{not json",
        event("checkout.session.completed", {"id": "cs_1"}),
        event("checkout.session.completed", {**SESSION, "amount_total": "12"}),
    ],
)
def test_a_signed_event_that_makes_no_sense_is_malformed(till, body):
    with pytest.raises(MalformedNoticeError):
        checkout(till).notice(signed(body), body)


def test_a_live_key_is_for_live_portfolios(till):
    assert checkout(till, "sk_live_12345678").livemode
    assert not checkout(till).livemode
