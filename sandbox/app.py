"""The Flask application over one exchange."""

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from sandbox.bad_input import BadInputError
from sandbox.control.calls import calls_control
from sandbox.control.debtors import debtors_api
from sandbox.control.guard import require_this_machine
from sandbox.control.levers import levers_api
from sandbox.control.payments import payments_api
from sandbox.control.traffic import traffic_api
from sandbox.exchange import Exchange
from sandbox.pages.views import pages
from sandbox.pay.alipay import alipay_gateway
from sandbox.pay.page import pay_page
from sandbox.pay.provider import provider_api
from sandbox.pay.stripe import stripe_api
from sandbox.pay.wechat import wechat_api
from sandbox.rest.accounts import accounts_api
from sandbox.rest.calls import calls_api
from sandbox.rest.door import document, error_document
from sandbox.rest.messages import messages_api
from sandbox.rest.recordings import recordings_api
from sandbox.sms.errors import Refusal

LARGEST_REQUEST = 4 * 1024 * 1024
CODES = {404: 20404, 405: 20004}


def create_app(exchange: Exchange) -> Flask:
    """Routes: the REST API, the payment provider, the control API and the pages."""
    app = Flask(__name__, template_folder="pages/templates", static_folder="pages/static")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    _carrier_routes(app, exchange)
    _own_routes(app, exchange)
    app.register_error_handler(BadInputError, lambda error: document(error.body(), error.http))
    app.register_error_handler(HTTPException, _http_error)
    return app


def _carrier_routes(app: Flask, exchange: Exchange) -> None:
    settings = exchange.settings
    app.register_blueprint(
        messages_api(settings, exchange.carrier, exchange.faults, exchange.breaker)
    )
    app.register_blueprint(calls_api(settings, exchange.voice, exchange.faults, exchange.breaker))
    app.register_blueprint(recordings_api(settings, exchange.voice))
    app.register_blueprint(accounts_api(settings, exchange.inbound, exchange.voice.numbers))
    app.register_blueprint(provider_api(settings, exchange.till))
    app.register_blueprint(stripe_api(settings, exchange.till, exchange.keyring))
    app.register_blueprint(alipay_gateway(exchange.till, exchange.keyring))
    app.register_blueprint(wechat_api(settings, exchange.till, exchange.keyring))
    app.register_blueprint(pay_page(exchange.till))


def _own_routes(app: Flask, exchange: Exchange) -> None:
    for blueprint in (
        traffic_api(exchange.clock, exchange.book, exchange.inbound),
        levers_api(exchange),
        calls_control(exchange),
        debtors_api(exchange),
        payments_api(exchange),
    ):
        blueprint.before_request(require_this_machine)
        app.register_blueprint(blueprint, url_prefix="/sandbox")
    page_views = pages(exchange.settings)
    page_views.before_request(require_this_machine)
    app.register_blueprint(page_views)


def _http_error(error: HTTPException) -> Response:
    http = error.code or 500
    if request.path.startswith("/2010-04-01/"):
        detail = f"The requested resource {request.path} was not found" if http == 404 else ""
        return error_document(Refusal(CODES.get(http, 20001), http, detail=detail))
    return document({"error": {"field": "", "message": error.description or error.name}}, http)
