"""WeChat Pay, API v3: H5 for browsers on phones, Native (a code to scan) elsewhere.

Notifications are signed with the platform's key and encrypted with the merchant's APIv3 key
(pay.weixin.qq.com, 支付成功通知 and 退款结果通知).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests
from wechatpayv3 import WeChatPay, WeChatPayType

from bot.flows.ports.money import NoticeKind, PaymentNotice
from bot.flows.ports.paying import Acknowledgement, Order, Started
from bot.payments.refusals import ForgedNoticeError, MalformedNoticeError

GATEWAY = "https://api.mch.weixin.qq.com"
_TIME_OUT = (5, 10)  # seconds to connect, to answer
_LONGEST_TITLE = 127  # bytes, of `description`


@dataclass(frozen=True, slots=True)
class Merchant:
    """A merchant's account. Keys are PEM texts; `api_key` has 32 characters.

    `platform_key` is the public key 微信支付公钥 that signs answers, `platform_key_id` its name.
    """

    merchant_id: str
    app_id: str
    api_key: str = attribute(repr=False)
    private_key: str = attribute(repr=False)
    certificate_serial: str = ""
    platform_key: str = ""
    platform_key_id: str = ""


class WechatPay:
    """Implements `PaymentProvider` for yuan."""

    name = "wechat"
    currencies: frozenset[str] | None = frozenset({"CNY"})
    acknowledgement = Acknowledgement('{"code":"SUCCESS"}', "application/json")

    def __init__(
        self,
        merchant: Merchant,
        notify_url: str,
        *,
        gateway: str = GATEWAY,
    ) -> None:
        """Raises ValueError for keys that cannot be read."""
        self.livemode = gateway == GATEWAY
        try:
            self._client = WeChatPay(
                wechatpay_type=WeChatPayType.NATIVE,
                mchid=merchant.merchant_id,
                private_key=merchant.private_key,
                cert_serial_no=merchant.certificate_serial,
                appid=merchant.app_id,
                apiv3_key=merchant.api_key,
                notify_url=notify_url,
                timeout=_TIME_OUT,
                public_key=merchant.platform_key,
                public_key_id=merchant.platform_key_id,
            )
        except Exception as wrong:  # the library raises nothing narrower
            raise ValueError(f"WeChat Pay: {wrong}") from wrong
        # The library has no setting for the address of its gateway.
        self._client._core._gate_way = gateway.rstrip("/")

    def begin(self, order: Order) -> Started:
        """Place the order. Raises OSError when WeChat cannot take it."""
        kind = WeChatPayType.H5 if order.on_phone and order.payer_ip else WeChatPayType.NATIVE
        scene: dict[str, Any] | None = None
        if kind is WeChatPayType.H5:
            scene = {"payer_client_ip": order.payer_ip, "h5_info": {"type": "Wap"}}
        field = "code_url" if kind is WeChatPayType.NATIVE else "h5_url"
        address = str(self._order(order, kind, scene, field))
        if kind is WeChatPayType.NATIVE:
            return Started("", "", qr=address)
        back = quote(f"{order.return_url}?result=success", safe="")
        return Started("", f"{address}&redirect_url={back}")

    def _order(
        self, order: Order, kind: WeChatPayType, scene: dict[str, Any] | None, field: str
    ) -> Any:
        try:
            code, text = self._client.pay(
                description=_cut(order.title),
                out_trade_no=order.reference,
                amount={"total": order.amount_minor, "currency": order.currency},
                scene_info=scene,
                pay_type=kind,
            )
            answer: dict[str, Any] = json.loads(text)
        except requests.RequestException as broken:
            raise OSError("wechat: not reached") from broken
        except Exception as wrong:  # an answer that is not WeChat's raises a bare Exception
            raise OSError(f"wechat: {wrong}") from wrong
        if code != requests.codes.ok or not answer.get(field):
            raise OSError(f"wechat: {code} {answer.get('code', '')}")
        return answer[field]

    def notice(self, headers: Mapping[str, str], body: bytes) -> PaymentNotice | None:
        """A verified and decrypted notification; None for one that moves no money.

        Raises ForgedNoticeError, MalformedNoticeError.
        """
        try:
            told = self._client.callback(headers, body)
        except Exception as wrong:  # unknown algorithm, unreadable serial or body
            raise ForgedNoticeError(f"not WeChat's: {wrong}") from wrong
        if not told:
            raise ForgedNoticeError("the signature or the key is not WeChat's")
        try:
            return _read(str(told["event_type"]), told["resource"])
        except (KeyError, TypeError, ValueError) as wrong:
            raise MalformedNoticeError(str(wrong)) from wrong


def _read(event: str, resource: dict[str, Any]) -> PaymentNotice | None:
    amount = resource["amount"]
    if event == "TRANSACTION.SUCCESS" and resource["trade_state"] == "SUCCESS":
        kind, sum_minor, told_at = NoticeKind.SUCCEEDED, amount["total"], resource["success_time"]
        event_id = f"{resource['transaction_id']}:paid"
    elif event == "REFUND.SUCCESS":
        kind, sum_minor, told_at = NoticeKind.REFUNDED, amount["refund"], resource["success_time"]
        event_id = f"{resource['refund_id']}:refunded"
    else:
        return None
    if not isinstance(sum_minor, int) or sum_minor <= 0:
        raise ValueError("amount: a whole number of fen above zero")
    return PaymentNotice(
        provider=WechatPay.name,
        event_id=event_id,
        kind=kind,
        reference=str(resource["out_trade_no"]),
        amount_minor=sum_minor,
        # A refund's amount may name no currency; this provider takes yuan alone.
        currency=str(amount.get("currency", "CNY")),
        paid_at=datetime.fromisoformat(told_at),
        payment_id=str(resource["transaction_id"]),
    )


def _cut(title: str) -> str:
    return title.encode()[:_LONGEST_TITLE].decode(errors="ignore")
