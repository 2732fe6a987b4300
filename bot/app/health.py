"""Is this process alive, and can it do its work? Asked by load balancers and by `doctor`."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify
from prometheus_client.registry import Collector
from sqlalchemy import Engine, text

from bot.app.logging import get_logger, mask
from bot.app.metrics import exposition
from bot.app.metrics_folder import FOLDER_VARIABLE
from bot.app.migrate import require_newest

log = get_logger(__name__)


@dataclass(frozen=True)
class Probe:
    """Something without which no work can be done; `check` raises when it is missing."""

    name: str
    check: Callable[[], None]


def database_probes(engine: Engine) -> tuple[Probe, Probe]:
    """The database answers, and its schema is the one of this release."""

    def answers() -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def newest() -> None:
        with engine.connect() as connection:
            require_newest(connection)

    return Probe("database", answers), Probe("migrations", newest)


def failures(probes: Sequence[Probe]) -> dict[str, str]:
    """Name and one-line reason of every probe that fails."""
    found = {}
    for probe in probes:
        try:
            probe.check()
        except Exception as problem:
            found[probe.name] = mask(str(problem).strip() or type(problem).__name__).splitlines()[0]
    return found


def blueprint(probes: Sequence[Probe], figures: Sequence[Collector] = ()) -> Blueprint:
    """`/healthz`, `/readyz` and `/metrics`; none of them tells anything about a debtor."""
    pages = Blueprint("health", __name__)

    @pages.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @pages.get("/readyz")
    def readyz() -> tuple[Response, int]:
        failing = failures(probes)
        if failing:
            log.warning("not_ready", failing=failing)
        states = {probe.name: "failed" if probe.name in failing else "ok" for probe in probes}
        return jsonify(status="failed" if failing else "ok", checks=states), 503 if failing else 200

    @pages.get("/metrics")
    def metrics() -> Response:
        body, kind = exposition(os.environ.get(FOLDER_VARIABLE), figures)
        return Response(body, content_type=kind)

    return pages
