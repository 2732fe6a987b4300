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
    log_read,
)
from sandbox.rest.listing import list_page, read_query
from sandbox.settings import Settings
from sandbox.sms.book import Book
from sandbox.sms.carrier import Carrier
from sandbox.sms.errors import Refusal
from sandbox.sms.message import Message
from sandbox.sms.order import Order, read_order


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
        return _create(carrier, breaker, order, trouble)

    @bp.get("/<account>/Messages.json")
    def listing(account: str) -> Response:
        def page() -> Response:
            return document(list_page(book, read_query(request.args), account, request.path))

        return read("list", account, page)

    @bp.get("/<account>/Messages/<sid>.json")
    def fetch(account: str, sid: str) -> Response:
        return read("fetch", account, lambda: document(_found(book, sid).resource(account)))

    def read(op: str, account: str, answer_with: Callable[[], Response]) -> Response:
        try:
            check_credentials(settings, account)
            trouble = faults.take(op, request.args.get("To", ""))
            answer = _read(breaker, trouble, answer_with)
        except Refusal as refusal:
            answer = error_document(refusal)
        log_read(journal, op, answer)
        return answer

    return bp


def _create(carrier: Carrier, breaker: Breaker, order: Order, trouble: Trouble) -> Response:
    broken = breaker.before(trouble)
    if broken is not None:
        refusal = Refusal(20429 if broken.status_code == 429 else 20500, broken.status_code)
        carrier.log_refusal(order, refusal, trouble)
        return broken
    try:
        return breaker.after(trouble, document(carrier.accept(order, trouble), 201))
    except Refusal as refusal:
        return error_document(refusal)


def _read(breaker: Breaker, trouble: Trouble, answer_with: Callable[[], Response]) -> Response:
    if trouble.answer and trouble.answer.effect == "refuse":
        raise Refusal(trouble.answer.code, trouble.answer.http)
    return breaker.before(trouble) or breaker.after(trouble, answer_with())


def _found(book: Book, sid: str) -> Message:
    message = book.by_sid.get(sid)
    if message is None:
        raise Refusal(20404, detail=f"The requested resource {request.path} was not found")
    return message
