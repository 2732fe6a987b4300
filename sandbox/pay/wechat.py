"""The sandbox as WeChat Pay v3: orders by H5 and Native, asked and answered under signatures."""

import base64
import binascii
import json
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from flask import Blueprint, Response, request

from sandbox.bad_input import BadInputError
from sandbox.clock import real_now
from sandbox.pay.checkout import LARGEST_AMOUNT, Checkout
from sandbox.pay.keyring import WECHAT_APP, WECHAT_MERCHANT, WECHAT_SERIAL, Keyring
from sandbox.pay.letters import wechat_marks
from sandbox.pay.till import Till
from sandbox.settings import Settings

_SCHEME = "WECHATPAY2-SHA256-RSA2048 "
_PART = re.compile(r'(\w+)="([^"]*)"')


def wechat_api(settings: Settings, till: Till, keyring: Keyring) -> Blueprint:
    """The blueprint: `/v3/pay/transactions/h5` and `…/native`."""
    bp = Blueprint("wechat", __name__, url_prefix="/v3/pay/transactions")

    def answered(content: dict[str, Any], http: int = 200) -> Response:
        body = json.dumps(content, ensure_ascii=False).encode()
        marks = wechat_marks(keyring, body, real_now())
        return Response(body, http, headers=marks, mimetype="application/json")

    @bp.errorhandler(BadInputError)
    def refused(error: BadInputError) -> Response:
        return answered({"code": error.field, "message": str(error)}, error.http)

    @bp.before_request
    def check_signature() -> None:
        _verify(keyring)

    @bp.post("/native")
    def native() -> Response:
        checkout = _begin(till)
        return answered({"code_url": f"{settings.base_url}/pay/{checkout.id}"})

    @bp.post("/h5")
    def h5() -> Response:
        scene = _order().get("scene_info") or {}
        if not scene.get("payer_client_ip") or not (scene.get("h5_info") or {}).get("type"):
            raise BadInputError("PARAM_ERROR", "scene_info: payer_client_ip and h5_info are needed")
        checkout = _begin(till)
        return answered(
            {"h5_url": f"{settings.base_url}/pay/{checkout.id}?prepay_id=wx{checkout.id}"}
        )

    return bp


def _verify(keyring: Keyring) -> None:
    given = request.headers.get("Authorization", "")
    parts = dict(_PART.findall(given.removeprefix(_SCHEME)))
    path = request.full_path.rstrip("?")
    message = (
        (
            f"{request.method}\n{path}\n{parts.get('timestamp', '')}\n{parts.get('nonce_str', '')}\n"
        ).encode()
        + request.get_data()
        + b"\n"
    )
    try:
        if not given.startswith(_SCHEME) or parts.get("mchid") != WECHAT_MERCHANT:
            raise InvalidSignature
        if parts.get("serial_no") != WECHAT_SERIAL:
            raise InvalidSignature
        keyring.verify("wechat_merchant", base64.b64decode(parts.get("signature", "")), message)
    except (InvalidSignature, binascii.Error, ValueError) as forged:
        raise BadInputError("SIGN_ERROR", "错误的签名，验签失败", 401) from forged


def _order() -> dict[str, Any]:
    order = request.get_json(silent=True)
    if not isinstance(order, dict):
        raise BadInputError("PARAM_ERROR", "the body is no JSON object")
    return order


def _begin(till: Till) -> Checkout:
    order = _order()
    if (order.get("mchid"), order.get("appid")) != (WECHAT_MERCHANT, WECHAT_APP):
        raise BadInputError("MCH_NOT_EXISTS", "商户号或应用不存在")
    amount = order.get("amount") or {}
    total = amount.get("total")
    if not isinstance(total, int) or not 0 < total <= LARGEST_AMOUNT:
        raise BadInputError("PARAM_ERROR", "amount.total: a whole number of fen above zero")
    if amount.get("currency", "CNY") != "CNY":
        raise BadInputError("PARAM_ERROR", "amount.currency: CNY")
    texts = {name: order.get(name) for name in ("out_trade_no", "description", "notify_url")}
    for name, value in texts.items():
        if not isinstance(value, str) or not value:
            raise BadInputError("PARAM_ERROR", f"{name} is missing")
    wanted = {
        "provider": "wechat",
        "amount": total,
        "currency": "CNY",
        "description": texts["description"],
        "reference": texts["out_trade_no"],
        "return_url": "",  # by H5 the payer's browser brings it along
        "cancel_url": "",
        "notify_url": texts["notify_url"],
    }
    return till.begin(wanted, f"wechat {texts['out_trade_no']}")
