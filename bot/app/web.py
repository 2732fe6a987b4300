"""The `web` process: Flask for pages and webhooks, served by granian.

Measured on two cores with a small form POST (wrk, 16 connections): granian 5,100-5,400 requests/s
with one process and 7,400-7,600 with two; gunicorn's threads 1,500-1,600 and 2,800-3,700; its
sync workers 3,200-3,800 with two.
"""

import atexit
import gc
import os
from collections.abc import Sequence
from contextlib import ExitStack
from http import HTTPStatus

from flask import Blueprint, Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from prometheus_client.registry import Collector
from werkzeug.middleware.proxy_fix import ProxyFix

from bot.app import logging
from bot.app.clock import monotonic
from bot.app.database import reach_database
from bot.app.health import Probe
from bot.app.health import blueprint as health_pages
from bot.app.metrics import CALL_TURNS, REQUESTS
from bot.app.parent import stop_with_server
from bot.app.settings import Settings, environment, load_settings

# They wait for the database more than they compute; more than this granian advises against.
THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
LARGEST_REQUEST = 1_000_000  # bytes; a page that takes ledgers raises it for itself
WEBHOOKS = "/webhooks/"
#: Addresses that know nobody by a session; making one takes longer than checking a signature.
WITHOUT_SESSION = (WEBHOOKS, "/p/")
STOP_WITHIN = 15  # seconds; the longest a carrier waits for our answer

#: Webhooks whose answer somebody waits for on the telephone.
_HEARD = frozenset(
    f"voice.{page}"
    for page in (
        *("answer", "turn", "inbound", "sorry"),
        *("whisper", "accept", "wait", "queue_end", "dial_end"),
    )
)

log = logging.get_logger(__name__)


def create_app(
    settings: Settings,
    *,
    blueprints: Sequence[Blueprint],
    probes: Sequence[Probe],
    figures: Sequence[Collector] = (),
) -> Flask:
    """The Flask application with everything handed in; no global state."""
    app = Flask("yuehuan", static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        SESSION_COOKIE_NAME="yuehuan",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
    )
    app.session_interface = PeopleSessions()
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    _observe(app)
    for pages in (health_pages(probes, figures), *blueprints):
        app.register_blueprint(pages)
    return app


def serve_app() -> Flask:
    """What each of granian's processes loads: the application wired to real things."""
    from bot.app.wiring import assemble  # noqa: PLC0415  (the wiring imports every page)

    stop_with_server()
    settings = load_settings(environment())
    logging.configure(settings.log_level, settings.log_format)
    held = ExitStack()
    atexit.register(held.close)
    url = held.enter_context(reach_database(settings.database_url, settings.data))
    parts = held.enter_context(assemble(settings, url, role="web"))
    app = create_app(
        settings, blueprints=parts.blueprints, probes=parts.probes, figures=parts.figures
    )
    _keep_loaded()
    return app


def _keep_loaded() -> None:
    """What was loaded at the start stays: a full collection that walks it (300,000 objects) takes
    0.2 s, and meanwhile nobody who is on the line hears anything.
    """
    gc.collect()
    gc.freeze()


def serve(settings: Settings, *, host: str) -> None:
    """Serve until SIGTERM or Ctrl-C; requests that are being answered are finished."""
    server = Granian(
        "bot.app.web:serve_app",
        factory=True,
        address=host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_concurrency,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig={"loggers": {"_granian": {"propagate": True}}, "handlers": {}},
    )
    log.info("web_started", host=host, port=settings.port, processes=settings.web_concurrency)
    server.serve()


def _from_a_machine() -> bool:
    return request.path.startswith(WEBHOOKS)


class PeopleSessions(SecureCookieSessionInterface):
    """Sessions for who logs in: neither for carriers nor for debtors."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session in the request's cookie; None where there is none."""
        if request.path.startswith(WITHOUT_SESSION):
            return None
        return super().open_session(app, request)


def _observe(app: Flask) -> None:
    """Time every request; the log has the page's name, never its path: that may hold a token."""

    @app.before_request
    def begin() -> None:
        g.begun = monotonic()

    @app.after_request
    def end(response: Response) -> Response:
        seconds = monotonic() - g.get("begun", monotonic())
        endpoint = request.endpoint or "none"
        REQUESTS.labels(request.method, endpoint, str(response.status_code)).observe(seconds)
        if endpoint in _HEARD:
            CALL_TURNS.labels(endpoint.removeprefix("voice.")).observe(seconds)
        # A webhook that went well is a row in the database and a figure: no third account of it.
        if response.status_code >= HTTPStatus.BAD_REQUEST or not _from_a_machine():
            log.info(
                "request",
                method=request.method,
                endpoint=endpoint,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        return response
