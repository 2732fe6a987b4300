"""WeChat Pay by its library: orders signed by us, answers and notifications signed by its key."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from werkzeug.wrappers import Request, Response

from bot.flows.ports.money import NoticeKind
from bot.flows.ports.paying import Order
from bot.payments.refusals import ForgedNoticeError, MalformedNoticeError
from bot.payments.wechat_pay import Merchant, WechatPay
from tests.payments.keys import pair, private_pem, public_pem
from tests.payments.till import Till, open_till

API_KEY = "0123456789abcdef0123456789abcdef"
KEY_ID = "PUB_KEY_ID_0001"
BACK = "https://pay.example.com/p/x/back"
ORDER = Order("ref_0123456789", 123_450, "CNY", BACK, "晨光消费金融", "203.0.113.9")


@pytest.fixture(scope="module")
def till() -> Iterator[Till]:
    with open_till() as opened:
        yield opened


def wechat(till: Till) -> WechatPay:
    merchant = Merchant(
        "1900000001",
        "wx0000000000000001",
        API_KEY,
        private_pem("ours"),
        "5F00AA",
        public_pem("wechat"),
        KEY_ID,
    )
    return WechatPay(merchant, "https://pay.example.com/webhooks/payments/wechat", gateway=till.url)


def marks(body: bytes, whose: str = "wechat") -> dict[str, str]:
    """The headers of a signed message."""
    message = b"1773000000\nnonce\n" + body + b"\n"
    mac = pair(whose).sign(message, PKCS1v15(), SHA256())
    return {
        "Wechatpay-Timestamp": "1773000000",
        "Wechatpay-Nonce": "nonce",
        "Wechatpay-Serial": KEY_ID,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        "Wechatpay-Signature": base64.b64encode(mac).decode(),
    }


def answering(body: dict, status: int = 200):
    def answer(_: Request) -> Response:
        raw = json.dumps(body).encode()
        return Response(raw, status, headers=marks(raw), content_type="application/json")

    return answer


def notice_of(event: str, resource: dict, key: str = API_KEY) -> bytes:
    plain = json.dumps(resource).encode()
    sealed = AESGCM(key.encode()).encrypt(b"123456789012", plain, b"transaction")
    return json.dumps(
        {
            "id": "n1",
            "event_type": event,
            "resource_type": "encrypt-resource",
            "resource": {
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": base64.b64encode(sealed).decode(),
                "nonce": "123456789012",
                "associated_data": "transaction",
            },
        }
    ).encode()


PAID = {
    "mchid": "1900000001",
    "out_trade_no": "ref_0123456789",
    "transaction_id": "4200001",
    "trade_state": "SUCCESS",
    "success_time": "2026-03-12T10:00:01+08:00",
    "amount": {"total": 123_450, "payer_total": 123_450, "currency": "CNY"},
}


def test_a_phone_is_sent_to_the_h5_page_and_comes_back(till):
    till.answer = answering({"h5_url": "https://wx.tenpay.com/pay?prepay_id=1"})
    started = wechat(till).begin(ORDER)
    asked = json.loads(till.asked[-1].get_data())
    assert started.url.startswith("https://wx.tenpay.com/pay?prepay_id=1&redirect_url=https%3A%2F")
    assert asked["amount"] == {"total": 123_450, "currency": "CNY"}
    assert asked["scene_info"]["payer_client_ip"] == "203.0.113.9"


def test_our_order_is_signed_as_the_api_wants_it(till):
    till.answer = answering({"code_url": "weixin://wxpay/1"})
    wechat(till).begin(replace(ORDER, on_phone=False))
    asked = till.asked[-1]
    scheme, _, fields = asked.headers["Authorization"].partition(" ")
    told = dict(part.split("=", 1) for part in fields.split(","))
    values = {name: value.strip('"') for name, value in told.items()}
    message = "\n".join(
        (
            asked.method,
            asked.path,
            values["timestamp"],
            values["nonce_str"],
            asked.get_data(as_text=True),
            "",
        )
    )
    mac = base64.b64decode(values["signature"])
    pair("ours").public_key().verify(mac, message.encode(), PKCS1v15(), SHA256())
    assert (scheme, values["mchid"]) == ("WECHATPAY2-SHA256-RSA2048", "1900000001")


def test_elsewhere_a_code_is_shown(till):
    till.answer = answering({"code_url": "weixin://wxpay/bizpayurl?pr=1"})
    started = wechat(till).begin(replace(ORDER, on_phone=False))
    assert (started.url, started.qr) == ("", "weixin://wxpay/bizpayurl?pr=1")


def test_an_answer_that_wechat_did_not_sign_is_not_believed(till):
    body = json.dumps({"code_url": "weixin://evil"}).encode()
    till.answer = lambda _: Response(
        body, headers=marks(body, "somebody"), content_type="application/json"
    )
    with pytest.raises(OSError, match="wechat"):
        wechat(till).begin(ORDER)


def test_a_refusal_is_a_failure_of_the_way_there(till):
    till.answer = answering({"code": "PARAM_ERROR", "message": "…"}, 400)
    with pytest.raises(OSError, match="400 PARAM_ERROR"):
        wechat(till).begin(ORDER)


def test_paid_money_is_read(till):
    body = notice_of("TRANSACTION.SUCCESS", PAID)
    notice = wechat(till).notice(marks(body), body)
    assert (notice.kind, notice.amount_minor, notice.currency, notice.reference) == (
        NoticeKind.SUCCEEDED,
        123_450,
        "CNY",
        "ref_0123456789",
    )
    assert notice.paid_at == datetime(2026, 3, 12, 2, 0, 1, tzinfo=UTC)


def test_each_refund_is_told_by_itself(till):
    refund = {
        "out_trade_no": "ref_0123456789",
        "transaction_id": "4200001",
        "refund_id": "5030001",
        "refund_status": "SUCCESS",
        "success_time": "2026-03-13T09:00:00+08:00",
        "amount": {"total": 123_450, "refund": 20_000, "payer_refund": 20_000},
    }
    body = notice_of("REFUND.SUCCESS", refund)
    notice = wechat(till).notice(marks(body), body)
    assert (notice.kind, notice.amount_minor) == (NoticeKind.REFUNDED, 20_000)
    assert notice.event_id == "5030001:refunded"


def test_other_events_are_passed_over(till):
    body = notice_of("REFUND.ABNORMAL", {"amount": {"refund": 1}})
    assert wechat(till).notice(marks(body), body) is None


def test_a_forged_notification_is_refused(till):
    body = notice_of("TRANSACTION.SUCCESS", PAID)
    locked_otherwise = notice_of("TRANSACTION.SUCCESS", PAID, "f" * 32)
    for headers, raw in (
        ({}, body),
        (marks(body, "somebody"), body),
        (marks(body), body + b" "),
        (marks(locked_otherwise), locked_otherwise),
    ):
        with pytest.raises(ForgedNoticeError):
            wechat(till).notice(headers, raw)


def test_a_signed_notification_that_makes_no_sense_is_malformed(till):
    body = notice_of("TRANSACTION.SUCCESS", {**PAID, "amount": {"total": -1}})
    with pytest.raises(MalformedNoticeError):
        wechat(till).notice(marks(body), body)
