"""The debtor's pages as one blueprint, below `/p`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint

from webhooks.answer_pages import add_answer_pages
from webhooks.pay_page import Pages, add_pay_pages
from webhooks.pay_view import PayParts


def debtor_pages(
    parts: PayParts, *, real_now: Callable[[], datetime], nonce: Callable[[], str]
) -> Blueprint:
    """The blueprint. `real_now` limits passes, `nonce` marks a form."""
    pages = Blueprint(
        "pay",
        __name__,
        url_prefix="/p",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    site = Pages(parts, real_now, nonce)
    add_pay_pages(pages, site)
    add_answer_pages(pages, site)
    return pages
