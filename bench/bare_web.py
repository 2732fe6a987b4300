"""The floor of `bench.webhook`: a bare Flask view on the same server with the same settings.

It checks the signature with the carrier's own library and inserts one row with psycopg; no job, no
sealing, no log, no figures. Address of the database in BARE_DATABASE_URL, port in PORT.
"""

from __future__ import annotations

import os

from flask import Flask, Response, abort, request
from granian import Granian
from granian.constants import Interfaces
from psycopg_pool import ConnectionPool
from twilio.request_validator import RequestValidator

from bench.book import TOKEN
from bot.app.web import THREADS

TABLES = (
    "CREATE TABLE bare_message (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sid text UNIQUE, "
    "sender text, recipient text, body text, received_at timestamptz DEFAULT now())",
    "CREATE TABLE bare_status (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sid text, "
    "status text, error_code text, received_at timestamptz DEFAULT now(), UNIQUE (sid, status))",
)

_MESSAGE = "INSERT INTO bare_message (sid, sender, recipient, body) VALUES (%s, %s, %s, %s)"
_STATUS = "INSERT INTO bare_status (sid, status, error_code) VALUES (%s, %s, %s)"


def load() -> Flask:
    """The application."""
    app = Flask("bare")
    port = os.environ["PORT"]
    validator = RequestValidator(TOKEN)
    pool = ConnectionPool(os.environ["BARE_DATABASE_URL"], min_size=1, max_size=10, open=True)

    def check() -> None:
        url = f"http://127.0.0.1:{port}{request.path}"
        if request.query_string:
            url += f"?{request.query_string.decode()}"
        if not validator.validate(url, request.form, request.headers["X-Twilio-Signature"]):
            abort(403)

    @app.post("/webhooks/twilio/sms")
    def sms() -> Response:
        check()
        form = request.form
        with pool.connection() as connection:
            connection.execute(
                _MESSAGE, [form["MessageSid"], form["From"], form["To"], form["Body"]]
            )
        return Response("<Response/>", mimetype="text/xml")

    @app.post("/webhooks/twilio/status")
    def status() -> Response:
        check()
        form = request.form
        with pool.connection() as connection:
            connection.execute(
                _STATUS, [form["MessageSid"], form["MessageStatus"], form.get("ErrorCode")]
            )
        return Response(status=204)

    return app


def main() -> None:
    """Serve as the product does (`bot.app.web.serve`)."""
    Granian(
        "bench.bare_web:load",
        factory=True,
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
