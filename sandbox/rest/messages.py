"""The Messages resource: create, fetch, list."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from sandbox.faults.table import FaultTable, Trouble
from sandbox.rest.door import (
    PREFIX,
    Breaker,
    check_credentials,
    document,
    error_document,
    found,
    log_read,
)
from sandbox.rest.listing import list_page, read_query
from sandbox.settings import Settings
from sandbox.sms.carrier import Carrier
from sandbox.sms.errors import Refusal
from sandbox.sms.order import read_order


def messages_api(
    settings: Settings, carrier: Carrier, faults: FaultTable, breaker: Breaker
) -> Blueprint:
    """The blueprint; paths end in `.json` as the 2010 API's do."""
    bp = Blueprint("messages", __name__, url_prefix=PREFIX)
    book, journal = carrier.book, carrier.journal

    @bp.post("/<account>/Messages.json")
    def create(account: str) -> Response:
        order = read_order(request.form)
        try:
            check_credentials(settings, account)
        except Refusal as refusal:
            carrier.log_refusal(order, refusal, Trouble())
            return error_document(refusal)
        trouble = faults.take("create", order.to, order.from_ or order.service, order.body)
        return breaker.create(
            trouble,
            lambda: carrier.accept(order, trouble),
            lambda refusal: carrier.log_refusal(order, refusal, trouble),
        )

    @bp.get("/<account>/Messages.json")
    def listing(account: str) -> Response:
        def page() -> Response:
            return document(list_page(book, read_query(request.args), account, request.path))

        return read("list", account, page)

    @bp.get("/<account>/Messages/<sid>.json")
    def fetch(account: str, sid: str) -> Response:
        return read("fetch", account, lambda: document(found(book.by_sid, sid).resource(account)))

    def read(op: str, account: str, answer_with: Callable[[], Response]) -> Response:
        try:
            check_credentials(settings, account)
            trouble = faults.take(op, request.args.get("To", ""))
            answer = breaker.read(trouble, answer_with)
        except Refusal as refusal:
            answer = error_document(refusal)
        log_read(journal, op, answer)
        return answer

    return bp
