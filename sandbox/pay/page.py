"""The hosted page where a debtor pays: 支付成功 or 支付失败, nothing in between."""

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, render_template, request

from sandbox.bad_input import BadInputError
from sandbox.pages.policy import secured
from sandbox.pay.checkout import Checkout
from sandbox.pay.till import Till


def pay_page(till: Till) -> Blueprint:
    """The blueprint. The checkout's id cannot be guessed; who has it may pay."""
    bp = Blueprint("pay", __name__, url_prefix="/pay")

    @bp.get("/<checkout_id>")
    def show(checkout_id: str) -> Response:
        try:
            checkout = till.find(checkout_id)
        except BadInputError:
            return secured(render_template("pay_missing.html"), 404)
        page = render_template("pay.html", checkout=checkout)
        return secured(page, form_targets=(_origin(checkout.return_url),))

    @bp.post("/<checkout_id>")
    def decide(checkout_id: str) -> Response:
        succeeded = request.form.get("result") == "success"
        try:
            checkout = till.pay(checkout_id) if succeeded else till.fail(checkout_id)
        except BadInputError:  # gone, or paid in another window: the page itself tells
            return redirect(f"/pay/{checkout_id}", 303)  # type: ignore[return-value]
        return redirect(_return_url(checkout, succeeded), 303)  # type: ignore[return-value]

    return bp


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _return_url(checkout: Checkout, succeeded: bool) -> str:
    told = urlencode({"checkout": checkout.id, "result": "success" if succeeded else "failed"})
    parts = urlsplit(checkout.return_url)
    query = f"{parts.query}&{told}" if parts.query else told
    return parts._replace(query=query).geturl()
