"""Alive, ready, measured: three questions that machines ask, answered without a debtor's data."""

from pathlib import Path

import pytest
from flask import Blueprint, abort
from flask.testing import FlaskClient
from sqlalchemy import Engine

from bot.app.database import make_engine
from bot.app.health import Probe, database_probes
from bot.app.metrics_folder import FOLDER_VARIABLE
from bot.app.settings import load_settings
from bot.app.web import create_app


@pytest.fixture(autouse=True)
def figures_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that another test ran here may have asked for shared figures."""
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)


def client(tmp_path: Path, *probes: Probe) -> FlaskClient:
    settings = load_settings({"YUEHUAN_DATA": str(tmp_path)})
    pages = Blueprint("pay", __name__)

    @pages.get("/p/<token>")
    def page(token: str) -> str:
        return "ok" if token == "good" else abort(404)

    @pages.post("/p/<token>")
    def form(token: str) -> str:
        from flask import request

        return str(len(request.form))

    return create_app(settings, blueprints=[pages], probes=probes).test_client()


def test_a_living_process_says_so_whatever_else_is_broken(tmp_path: Path) -> None:
    def broken() -> None:
        raise OSError("disk")

    answer = client(tmp_path, Probe("disk", broken)).get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_ready_when_database_and_migrations_are(tmp_path: Path, engine: Engine) -> None:
    answer = client(tmp_path, *database_probes(engine)).get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "checks": {"database": "ok", "migrations": "ok"}}


def test_not_ready_before_the_database_is_migrated(tmp_path: Path, empty_database_url: str) -> None:
    engine = make_engine(empty_database_url, size=1, name="test")
    answer = client(tmp_path, *database_probes(engine)).get("/readyz")
    engine.dispose()
    assert answer.status_code == 503
    assert answer.json == {"status": "failed", "checks": {"database": "ok", "migrations": "failed"}}


def test_not_ready_without_the_database_and_the_reason_stays_inside(tmp_path: Path) -> None:
    engine = make_engine("postgresql://desk:secret@127.0.0.1:1/none", size=1, name="test")
    answer = client(tmp_path, *database_probes(engine)).get("/readyz")
    assert answer.status_code == 503
    assert b"127.0.0.1" not in answer.data


def test_metrics_name_pages_not_paths(tmp_path: Path) -> None:
    visitor = client(tmp_path)
    visitor.get("/p/good")
    visitor.get("/p/secret-token")
    text = visitor.get("/metrics").get_data(as_text=True)
    assert 'endpoint="pay.page",method="GET",status="200"' in text
    assert "secret-token" not in text


@pytest.mark.parametrize("size", [1_000_001, 5_000_000])
def test_a_huge_request_is_refused(tmp_path: Path, size: int) -> None:
    answer = client(tmp_path).post("/p/good", data={"body": "x" * size})
    assert answer.status_code == 413


def test_answers_are_not_sniffed_and_leak_no_address(tmp_path: Path) -> None:
    answer = client(tmp_path).get("/p/good")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
