"""The sandbox as Alipay: the gateway that a payer's browser is sent to with a signed order."""

import base64
import binascii
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from cryptography.exceptions import InvalidSignature
from flask import Blueprint, Response, redirect, request

from sandbox.bad_input import BadInputError
from sandbox.pay.keyring import ALIPAY_APP, Keyring
from sandbox.pay.till import Till

_METHOD = "alipay.trade.wap.pay"


def alipay_gateway(till: Till, keyring: Keyring) -> Blueprint:
    """The blueprint: `/gateway.do`. An order that is not signed by the merchant opens nothing."""
    bp = Blueprint("alipay", __name__)

    @bp.errorhandler(BadInputError)
    def refused(error: BadInputError) -> Response:
        return Response(f"{error.field}: {error}", 400, mimetype="text/plain")

    @bp.route("/gateway.do", methods=["GET", "POST"])
    def pay() -> Response:
        order = request.values.to_dict()
        _verify(keyring, order)
        if order.get("method") != _METHOD:
            raise BadInputError("invalid-method", f"only {_METHOD} is played here")
        wanted = _wanted(order)
        checkout = till.begin(wanted, f"alipay {wanted['reference']}")
        return redirect(f"/pay/{checkout.id}")  # type: ignore[return-value]

    return bp


def _verify(keyring: Keyring, order: Mapping[str, str]) -> None:
    signed = {k: v for k, v in order.items() if k != "sign" and v}
    message = "&".join(f"{name}={signed[name]}" for name in sorted(signed)).encode()
    try:
        keyring.verify("alipay_merchant", base64.b64decode(order.get("sign", "")), message)
    except (InvalidSignature, binascii.Error, ValueError) as forged:
        raise BadInputError("invalid-signature", "验签出错") from forged
    if order.get("app_id") != ALIPAY_APP:
        raise BadInputError("invalid-app-id", "无效应用")


def _wanted(order: Mapping[str, str]) -> dict[str, Any]:
    try:
        content = json.loads(order["biz_content"])
        fen = Decimal(content["total_amount"]) * 100
        if fen != int(fen) or fen <= 0:
            raise ValueError("total_amount: two digits, above zero")
        return {
            "provider": "alipay",
            "amount": int(fen),
            "currency": "CNY",
            "description": content["subject"],
            "reference": content["out_trade_no"],
            "return_url": order["return_url"],
            "cancel_url": content.get("quit_url", ""),
            "notify_url": order["notify_url"],
        }
    except (KeyError, TypeError, ValueError, InvalidOperation) as wrong:
        raise BadInputError("invalid-parameter", str(wrong)) from wrong
