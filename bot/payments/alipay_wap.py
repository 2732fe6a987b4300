"""Alipay: the payment page for phones (`alipay.trade.wap.pay`) and its RSA2-signed notifications.

Amounts are yuan with two digits, times are Beijing's (opendocs.alipay.com, 手机网站支付 and 异步通知).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from alipay import AliPay
from alipay.exceptions import AliPayException

from bot.domain.money import to_major, to_minor
from bot.flows.ports.money import NoticeKind, PaymentNotice
from bot.flows.ports.paying import Acknowledgement, Order, Started
from bot.flows.ports.transactions import Clock
from bot.payments.refusals import ForgedNoticeError, MalformedNoticeError

GATEWAY = "https://openapi.alipay.com/gateway.do"
_BEIJING = ZoneInfo("Asia/Shanghai")
_STAMP = "%Y-%m-%d %H:%M:%S"
_CURRENCY = "CNY"
# A trade that can no longer be refunded is told as FINISHED after its SUCCESS: the same money.
_PAID = {"TRADE_SUCCESS", "TRADE_FINISHED"}


class AlipayWap:
    """Implements `PaymentProvider` for yuan."""

    name = "alipay"
    currencies: frozenset[str] | None = frozenset({_CURRENCY})
    acknowledgement = Acknowledgement("success", "text/plain")

    def __init__(
        self,
        app_id: str,
        app_private_key: str,
        alipay_public_key: str,
        notify_url: str,
        clock: Clock,
        *,
        gateway: str = GATEWAY,
    ) -> None:
        """Keys are PEM texts. Raises ValueError for keys that cannot be read."""
        self.livemode = gateway == GATEWAY
        self._app_id = app_id
        self._gateway = gateway
        self._notify_url = notify_url
        self._clock = clock
        self._signer = AliPay(
            appid=app_id,
            app_notify_url=None,
            app_private_key_string=app_private_key,
            alipay_public_key_string=alipay_public_key,
            sign_type="RSA2",
        )

    def begin(self, order: Order) -> Started:
        """The address of the payment page; nothing is asked of Alipay before the payer opens it."""
        signed = self._signer.client_api(
            "alipay.trade.wap.pay",
            {
                "subject": order.title,
                "out_trade_no": order.reference,
                "total_amount": f"{to_major(order.amount_minor, _CURRENCY):.2f}",
                "product_code": "QUICK_WAP_WAY",
                "quit_url": order.return_url,
            },
            notify_url=self._notify_url,
            return_url=f"{order.return_url}?result=success",
            timestamp=self._clock.real().astimezone(_BEIJING).strftime(_STAMP),
        )
        return Started("", f"{self._gateway}?{signed}")

    def notice(self, headers: Mapping[str, str], body: bytes) -> PaymentNotice | None:
        """A verified notification; None for a state that moves no money.

        Raises ForgedNoticeError, MalformedNoticeError.
        """
        try:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        except ValueError as wrong:
            raise MalformedNoticeError("the body is no form") from wrong
        self._verify(dict(form))
        try:
            return _read(form)
        except (KeyError, ValueError, InvalidOperation) as wrong:
            raise MalformedNoticeError(str(wrong)) from wrong

    def _verify(self, form: dict[str, str]) -> None:
        signature = form.pop("sign", "")
        try:
            genuine = self._signer.verify(form, signature)
        except (AliPayException, ValueError) as wrong:
            raise ForgedNoticeError("the signature cannot be read") from wrong
        if not genuine:
            raise ForgedNoticeError("the signature is not Alipay's")
        if form.get("app_id") != self._app_id:
            raise ForgedNoticeError("the notification is for another application")


def _read(form: Mapping[str, str]) -> PaymentNotice | None:
    state, trade = form["trade_status"], form["trade_no"]
    if form.get("refund_fee"):
        kind, amount = NoticeKind.REFUNDED_TO, form["refund_fee"]
        event_id = f"{trade}:refunded:{amount}"
        told_at = form.get("gmt_refund", form["notify_time"]).partition(".")[0]
    elif state in _PAID:
        kind, amount, event_id = NoticeKind.SUCCEEDED, form["total_amount"], f"{trade}:paid"
        told_at = form.get("gmt_payment", form["notify_time"])
    elif state == "TRADE_CLOSED":
        kind, amount, event_id = NoticeKind.FAILED, form["total_amount"], f"{trade}:closed"
        told_at = form["notify_time"]
    else:
        return None
    return PaymentNotice(
        provider=AlipayWap.name,
        event_id=event_id,
        kind=kind,
        reference=form["out_trade_no"],
        amount_minor=to_minor(Decimal(amount), _CURRENCY),
        currency=_CURRENCY,
        paid_at=datetime.strptime(told_at, _STAMP).replace(tzinfo=_BEIJING),
        payment_id=trade,
    )
