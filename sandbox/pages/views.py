"""The handset at `/` and the log at `/log`."""

from flask import Blueprint, Response, render_template

from sandbox.pages.policy import secured
from sandbox.settings import Settings


def pages(settings: Settings) -> Blueprint:
    """The blueprint; templates and static files live beside it."""
    bp = Blueprint("pages", __name__)

    @bp.get("/")
    def handset() -> Response:
        return secured(render_template("handset.html", zone=settings.timezone))

    @bp.get("/log")
    def log() -> Response:
        return secured(render_template("log.html", zone=settings.timezone))

    return bp
