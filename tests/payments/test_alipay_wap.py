"""Alipay by its library: an address that Alipay would accept, notifications signed by its key."""

import base64
import json
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from bot.flows.ports.money import NoticeKind
from bot.flows.ports.paying import Order
from bot.payments.alipay_wap import AlipayWap
from bot.payments.refusals import ForgedNoticeError, MalformedNoticeError
from tests.payments.keys import pair, private_pem, public_pem

ORDER = Order("ref_0123456789", 123_450, "CNY", "https://pay.example.com/p/x/back", "晨光消费金融")
NOTICE = {
    "app_id": "2021000000000001",
    "notify_id": "n1",
    "notify_time": "2026-03-12 10:00:05",
    "notify_type": "trade_status_sync",
    "out_trade_no": "ref_0123456789",
    "trade_no": "2026031222001",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "1234.50",
    "gmt_payment": "2026-03-12 10:00:01",
    "charset": "utf-8",
    "subject": "晨光消费金融",
}


class Noon:
    def real(self) -> datetime:
        return datetime(2026, 3, 12, 4, 0, tzinfo=UTC)

    def now(self, *, livemode: bool) -> datetime:
        raise AssertionError("the provider lives in real time")


def alipay() -> AlipayWap:
    return AlipayWap(
        "2021000000000001",
        private_pem("ours"),
        public_pem("alipay"),
        "https://pay.example.com/webhooks/payments/alipay",
        Noon(),
    )


def canonical(form: dict[str, str]) -> bytes:
    """What is signed: every field but the signature's own two, sorted, as `a=b&c=d`."""
    return "&".join(
        f"{name}={form[name]}" for name in sorted(form) if name not in {"sign", "sign_type"}
    ).encode()


def signed(form: dict[str, str], whose: str = "alipay") -> bytes:
    mac = pair(whose).sign(canonical(form), PKCS1v15(), SHA256())
    return urlencode({**form, "sign_type": "RSA2", "sign": base64.b64encode(mac).decode()}).encode()


def test_the_address_is_signed_by_us_and_asks_for_the_exact_sum_in_beijing_time():
    url = alipay().begin(ORDER).url
    form = dict(parse_qsl(urlsplit(url).query))
    mac = base64.b64decode(form.pop("sign"))
    content = json.loads(form["biz_content"])
    assert (content["total_amount"], content["out_trade_no"]) == ("1234.50", "ref_0123456789")
    assert form["timestamp"] == "2026-03-12 12:00:00"
    assert form["method"] == "alipay.trade.wap.pay"
    message = "&".join(f"{name}={form[name]}" for name in sorted(form)).encode()
    pair("ours").public_key().verify(mac, message, PKCS1v15(), SHA256())


def test_paid_money_is_read_in_fen_and_beijing_time():
    notice = alipay().notice({}, signed(NOTICE))
    assert (notice.kind, notice.amount_minor, notice.currency) == (
        NoticeKind.SUCCEEDED,
        123_450,
        "CNY",
    )
    assert notice.paid_at == datetime(2026, 3, 12, 2, 0, 1, tzinfo=UTC)


def test_success_and_finished_tell_of_the_same_money():
    finished = {**NOTICE, "trade_status": "TRADE_FINISHED", "notify_id": "n2"}
    first, second = alipay().notice({}, signed(NOTICE)), alipay().notice({}, signed(finished))
    assert first.event_id == second.event_id


def test_a_refund_is_told_as_the_sum_so_far_each_sum_once():
    refund = {**NOTICE, "refund_fee": "200.00", "gmt_refund": "2026-03-13 09:00:00.123"}
    more = {**refund, "refund_fee": "300.00"}
    first, second = alipay().notice({}, signed(refund)), alipay().notice({}, signed(more))
    assert (first.kind, first.amount_minor) == (NoticeKind.REFUNDED_TO, 20_000)
    assert first.event_id != second.event_id


def test_a_trade_that_waits_moves_nothing_and_a_closed_one_failed():
    waiting = {**NOTICE, "trade_status": "WAIT_BUYER_PAY"}
    closed = {**NOTICE, "trade_status": "TRADE_CLOSED"}
    assert alipay().notice({}, signed(waiting)) is None
    assert alipay().notice({}, signed(closed)).kind is NoticeKind.FAILED


def test_a_forged_notification_is_refused():
    changed = signed(NOTICE).replace(b"1234.50", b"9234.50")
    stranger = signed({**NOTICE, "app_id": "2021000000000002"})
    for body in (signed(NOTICE, "somebody"), changed, stranger, urlencode(NOTICE).encode(), b""):
        with pytest.raises(ForgedNoticeError):
            alipay().notice({}, body)


@pytest.mark.parametrize("body", [b"\xff\xfe", b"no form"])
def test_a_body_that_is_no_form_is_malformed(body):
    with pytest.raises(MalformedNoticeError):
        alipay().notice({}, body)


def test_a_signed_notification_that_makes_no_sense_is_malformed():
    for wrong in ({"total_amount": "much"}, {"gmt_payment": "yesterday"}):
        with pytest.raises(MalformedNoticeError):
            alipay().notice({}, signed({**NOTICE, **wrong}))
