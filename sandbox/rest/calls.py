"""The Calls resource: create, fetch, list, update, delete."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from sandbox.faults.table import FaultTable, Trouble
from sandbox.rest.call_listing import list_calls, read_call_query
from sandbox.rest.door import (
    PREFIX,
    Breaker,
    check_credentials,
    document,
    error_document,
    found,
    log_read,
)
from sandbox.settings import Settings
from sandbox.sms.errors import Refusal
from sandbox.voice.call import Call
from sandbox.voice.order import is_url, read_call_order
from sandbox.voice.switchboard import Switchboard
from sandbox.voice.twiml.codes import TwimlError
from sandbox.voice.twiml.document import read_document

UPDATES = frozenset(
    {
        "Url", "Method", "Status", "FallbackUrl", "FallbackMethod", "StatusCallback",
        "StatusCallbackMethod", "Twiml", "TimeLimit",
    }
)  # fmt: skip


def calls_api(
    settings: Settings, voice: Switchboard, faults: FaultTable, breaker: Breaker
) -> Blueprint:
    """The blueprint; paths end in `.json` as the 2010 API's do."""
    bp = Blueprint("calls", __name__, url_prefix=PREFIX)

    @bp.post("/<account>/Calls.json")
    def create(account: str) -> Response:
        order = read_call_order(request.form)
        try:
            check_credentials(settings, account)
        except Refusal as refusal:
            voice.log_refusal(order, refusal, Trouble())
            return error_document(refusal)
        trouble = faults.take("call", order.to, order.from_)
        return breaker.create(
            trouble,
            lambda: voice.accept(order, trouble),
            lambda refusal: voice.log_refusal(order, refusal, trouble),
        )

    @bp.get("/<account>/Calls.json")
    def listing(account: str) -> Response:
        def page() -> Response:
            query = read_call_query(request.args)
            return document(list_calls(voice.book, query, account, request.path))

        return answer("call_list", account, page)

    @bp.get("/<account>/Calls/<sid>.json")
    def fetch(account: str, sid: str) -> Response:
        return answer(
            "call_fetch", account, lambda: document(found(voice.book.by_sid, sid).resource(account))
        )

    @bp.post("/<account>/Calls/<sid>.json")
    def update(account: str, sid: str) -> Response:
        def change() -> Response:
            call = found(voice.book.by_sid, sid)
            _update(voice, call)
            return document(call.resource(account))

        return answer("call_update", account, change, sid)

    def answer(
        op: str, account: str, answer_with: Callable[[], Response], sid: str = ""
    ) -> Response:
        try:
            check_credentials(settings, account)
            trouble = faults.take(op, request.args.get("To", ""))
            made = breaker.read(trouble, answer_with)
        except Refusal as refusal:
            made = error_document(refusal)
        if sid:
            voice.journal.write(
                "request", op=op, sid=sid, http=made.status_code, form=request.form.to_dict(),
                outcome="answered" if made.status_code < 400 else "refused",
            )  # fmt: skip
        else:
            log_read(voice.journal, op, made)
        return made

    return bp


def _update(voice: Switchboard, call: Call) -> None:
    """Raises Refusal."""
    form = request.form
    unknown = set(form) - UPDATES
    if unknown:
        raise Refusal(20001, detail=f"Unknown parameters: {', '.join(sorted(unknown))}")
    status, url, twiml = (form.get(name, "") for name in ("Status", "Url", "Twiml"))
    if status:
        if status not in {"completed", "canceled"}:
            raise Refusal(20001, detail="Status is completed or canceled")
        if not call.live:
            raise Refusal(21220, detail="Call is not in-progress. Cannot redirect.")
        voice.finish(call, status)
    elif url or twiml:
        _check_redirect(voice, call, url, twiml)
        voice.redirect(call, url, form.get("Method", "POST"), twiml)


def _check_redirect(voice: Switchboard, call: Call, url: str, twiml: str) -> None:
    if call.status != "in-progress":
        raise Refusal(21220)
    if twiml:
        try:
            read_document(twiml.encode())
        except TwimlError as error:
            raise Refusal(error.code, 400, detail=str(error)) from error
    elif not (is_url(url) and voice.poster.may_post_to(url)):
        raise Refusal(21205, url=url)
    if request.form.get("Method", "POST") not in {"GET", "POST"}:
        raise Refusal(21209)
