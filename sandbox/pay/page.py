"""The hosted page where a debtor pays: 支付成功 or 支付失败, nothing in between.

It looks and returns as the provider does whose part is played. Money that was paid can be given
back here, and taken back by the payer's bank where the provider tells of that.
"""

from contextlib import suppress
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, render_template, request

from sandbox.bad_input import BadInputError
from sandbox.control.guard import require_this_machine
from sandbox.pages.policy import secured
from sandbox.pay.checkout import Checkout
from sandbox.pay.till import DISPUTABLE, Till

NAMES = {"sandbox": "模拟支付", "stripe": "Stripe", "alipay": "支付宝", "wechat": "微信支付"}


def pay_page(till: Till) -> Blueprint:
    """The blueprint. The checkout's id cannot be guessed; who has it may pay."""
    bp = Blueprint("pay", __name__, url_prefix="/pay")

    @bp.get("/<checkout_id>")
    def show(checkout_id: str) -> Response:
        try:
            checkout = till.find(checkout_id)
        except BadInputError:
            return secured(render_template("pay_missing.html"), 404)
        back = _back(checkout)
        page = render_template(
            "pay.html",
            checkout=checkout,
            name=NAMES[checkout.provider],
            back=back,
            disputable=checkout.provider in DISPUTABLE,
        )
        return secured(page, form_targets=(_origin(back),) if back else ())

    @bp.post("/<checkout_id>")
    def decide(checkout_id: str) -> Response:
        succeeded = request.form.get("result") == "success"
        try:
            checkout = till.pay(checkout_id) if succeeded else till.fail(checkout_id)
        except BadInputError:  # gone, or paid in another window: the page itself tells
            return redirect(request.full_path, 303)  # type: ignore[return-value]
        target = _return_url(checkout, succeeded) or request.full_path
        return redirect(target, 303)  # type: ignore[return-value]

    @bp.post("/<checkout_id>/<action>")
    def reverse(checkout_id: str, action: str) -> Response:
        require_this_machine()
        moves = {"refund": till.refund, "dispute": till.dispute, "reinstate": till.reinstate}
        with suppress(KeyError, BadInputError):  # the page itself tells where it stands
            moves[action](checkout_id)
        return redirect(f"/pay/{checkout_id}", 303)  # type: ignore[return-value]

    return bp


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _back(checkout: Checkout) -> str:
    """Where the payer came from; WeChat's payers bring it along in the address."""
    brought = request.args.get("redirect_url", "")
    if checkout.provider == "wechat":
        return brought if brought.startswith(("http://", "https://")) else ""
    return checkout.return_url


def _return_url(checkout: Checkout, succeeded: bool) -> str:
    back = _back(checkout)
    if checkout.provider != "sandbox":
        return back if succeeded else checkout.cancel_url or back.replace("success", "failed")
    told = urlencode({"checkout": checkout.id, "result": "success" if succeeded else "failed"})
    parts = urlsplit(back)
    query = f"{parts.query}&{told}" if parts.query else told
    return parts._replace(query=query).geturl()
