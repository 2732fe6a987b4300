"""Events as each provider writes them: body, signature, and what it takes for an answer."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox.clock import SimClock, parse_iso
from sandbox.delivery.poster import Posted
from sandbox.delivery.signature import payment_signature
from sandbox.pay.keyring import ALIPAY_APP, WECHAT_APP, WECHAT_KEY_ID, WECHAT_MERCHANT, Keyring

Event = Mapping[str, Any]
_BEIJING = ZoneInfo("Asia/Shanghai")
_ALIPAY_STAMP = "%Y-%m-%d %H:%M:%S"
_STRIPE_TYPES = {
    "payment.succeeded": "checkout.session.completed",
    "payment.refunded": "charge.refunded",
    "payment.charged_back": "charge.dispute.funds_withdrawn",
    "payment.reinstated": "charge.dispute.funds_reinstated",
}


@dataclass(frozen=True)
class Letter:
    """One post."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Letters:
    """Writes events as the provider that the checkout was begun at."""

    def __init__(self, secret: str, keyring: Keyring) -> None:
        self._secret = secret
        self._keyring = keyring

    def write(self, event: Event, clock: SimClock) -> Letter:
        """The post of an event, signed now."""
        match event.get("provider", "sandbox"):
            case "stripe":
                return self._stripe(event, clock)
            case "alipay":
                return self._alipay(event)
            case "wechat":
                return self._wechat(event, clock)
            case _:
                body = json.dumps(event, ensure_ascii=False).encode()
                stamp = payment_signature(self._secret, int(clock.now().timestamp()), body)
                return Letter(body, {"X-Sandbox-Signature": stamp})

    def taken(self, event: Event, posted: Posted) -> bool:
        """Whether the provider stops repeating: Alipay wants to read `success`."""
        said = posted.body.strip().lower() == b"success"
        return posted.arrived and (event.get("provider") != "alipay" or said)

    def _stripe(self, event: Event, clock: SimClock) -> Letter:
        told = {
            "id": event["id"],
            "object": "event",
            "type": _STRIPE_TYPES[event["type"]],
            "created": int(_told_at(event).timestamp()),
            "livemode": False,
            "data": {"object": _stripe_object(event)},
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        # Their library compares this with the machine's own clock.
        instant = int(clock.real().timestamp())
        signed = f"{instant}.".encode() + body
        mac = hmac.digest(self._keyring.text("stripe_secret").encode(), signed, hashlib.sha256)
        return Letter(body, {"Stripe-Signature": f"t={instant},v1={mac.hex()}"})

    def _alipay(self, event: Event) -> Letter:
        form = _alipay_form(event)
        message = "&".join(f"{name}={form[name]}" for name in sorted(form)).encode()
        sign = base64.b64encode(self._keyring.sign("alipay", message)).decode()
        body = urlencode({**form, "sign_type": "RSA2", "sign": sign}).encode()
        return Letter(body, {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})

    def _wechat(self, event: Event, clock: SimClock) -> Letter:
        kind, resource = _wechat_resource(event)
        nonce, aad = secrets.token_hex(6), kind.split(".")[0].lower()
        key = self._keyring.text("wechat_api_key").encode()
        plain = json.dumps(resource, ensure_ascii=False).encode()
        sealed = AESGCM(key).encrypt(nonce.encode(), plain, aad.encode())
        told = {
            "id": event["id"],
            "create_time": _beijing(event),
            "event_type": kind,
            "resource_type": "encrypt-resource",
            "summary": "",
            "resource": {
                "algorithm": "AEAD_AES_256_GCM",
                "original_type": aad,
                "ciphertext": base64.b64encode(sealed).decode(),
                "nonce": nonce,
                "associated_data": aad,
            },
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        return Letter(body, wechat_marks(self._keyring, body, clock.real()))


def wechat_marks(keyring: Keyring, body: bytes, now: datetime) -> dict[str, str]:
    """The headers by which WeChat signs what it sends."""
    stamp, nonce = str(int(now.timestamp())), secrets.token_hex(16)
    message = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
    return {
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": WECHAT_KEY_ID,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        "Wechatpay-Signature": base64.b64encode(keyring.sign("wechat", message)).decode(),
    }


def _told_at(event: Event) -> datetime:
    return parse_iso(event["told_at"])


def _beijing(event: Event) -> str:
    return _told_at(event).astimezone(_BEIJING).isoformat(timespec="seconds")


def _stripe_object(event: Event) -> dict[str, Any]:
    own = {"reference": event["reference"]}
    common = {"currency": event["currency"].lower(), "payment_intent": event["payment_id"]}
    match event["type"]:
        case "payment.succeeded":
            return {
                **common,
                "id": f"cs_test_{event['checkout_id']}",
                "object": "checkout.session",
                "client_reference_id": event["reference"],
                "metadata": own,
                "payment_status": "paid",
                "status": "complete",
                "amount_total": event["amount"],
            }
        case "payment.refunded":
            return {
                **common,
                "id": f"ch_{event['payment_id']}",
                "object": "charge",
                "metadata": own,
                "amount": event["total"],
                "amount_refunded": event["refunded"],
            }
        case _:  # a dispute carries none of the merchant's own data
            return {
                **common,
                "id": f"dp_{event['payment_id']}",
                "object": "dispute",
                "metadata": {},
                "amount": event["amount"],
            }


def _alipay_form(event: Event) -> dict[str, str]:
    stamp = _told_at(event).astimezone(_BEIJING).strftime(_ALIPAY_STAMP)
    paid = parse_iso(event["paid_at"]).astimezone(_BEIJING).strftime(_ALIPAY_STAMP)
    form = {
        "app_id": ALIPAY_APP,
        "notify_id": event["id"],
        "notify_time": stamp,
        "notify_type": "trade_status_sync",
        "charset": "utf-8",
        "version": "1.0",
        "out_trade_no": event["reference"],
        "trade_no": event["payment_id"],
        "trade_status": "TRADE_SUCCESS",
        "total_amount": _yuan(event["total"]),
        "subject": event["description"],
        "gmt_payment": paid,
    }
    if event["type"] == "payment.refunded":
        form |= {"refund_fee": _yuan(event["refunded"]), "gmt_refund": f"{stamp}.000"}
        if event["refunded"] == event["total"]:
            form["trade_status"] = "TRADE_CLOSED"
    return {name: value for name, value in form.items() if value}


def _wechat_resource(event: Event) -> tuple[str, dict[str, Any]]:
    common = {
        "mchid": WECHAT_MERCHANT,
        "out_trade_no": event["reference"],
        "transaction_id": event["payment_id"],
        "success_time": _beijing(event),
    }
    if event["type"] == "payment.refunded":
        amount = {"total": event["total"], "refund": event["amount"]}
        refund = {"refund_id": event["id"], "refund_status": "SUCCESS", "amount": amount}
        return "REFUND.SUCCESS", common | refund
    amount = {"total": event["total"], "payer_total": event["total"], "currency": "CNY"}
    paid = {"appid": WECHAT_APP, "trade_state": "SUCCESS", "amount": amount}
    return "TRANSACTION.SUCCESS", common | paid


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
