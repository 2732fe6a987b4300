"""`up`, `web`, `worker`, `clock`: the processes of the product."""
# ruff: noqa: PLC0415

import os
import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.commands.start import engine_of, product, require_schema, settings_of_process
from bot.app.errors import Refusal

if TYPE_CHECKING:
    from bot.app.settings import Settings

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")]


def register(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(web)
    app.command()(worker)
    app.add_typer(clock_app, name="clock")


def up(host: Host = "127.0.0.1") -> None:
    """Run everything in this terminal: database, migrations, web, worker and clock."""
    from bot.app import migrate
    from bot.app.metrics_folder import share_between_processes
    from bot.app.up import run_together, yuehuan

    settings = settings_of_process()
    require_free_port(host, settings.port)
    share_between_processes(os.environ, settings.data / "metrics")
    with engine_of(settings) as engine:
        migrate.upgrade(engine)
        engine.dispose()
        typer.echo(f"yuehuan: {settings.public_url}/  (Ctrl-C stops everything)")
        extra = {"LOG_FORMAT": log_format(settings)}
        ended = run_together(
            [
                yuehuan("web", "web", "--host", host, extra=extra),
                yuehuan("worker", extra=extra),
                yuehuan("clock", extra=extra),
            ]
        )
    if ended:
        raise Refusal(f"{ended}; the others were stopped", "its last lines above say why")


def web(host: Host = "127.0.0.1") -> None:
    """Serve pages and webhooks on PORT with WEB_CONCURRENCY processes."""
    from bot.app.metrics_folder import FOLDER_VARIABLE, share_between_processes

    settings = settings_of_process()
    require_free_port(host, settings.port)
    if not os.environ.get(FOLDER_VARIABLE):
        share_between_processes(os.environ, settings.data / "metrics-web")
    from bot.app.database import reach_database
    from bot.app.web import serve

    with reach_database(settings.database_url, settings.data) as url:
        require_schema(url)  # here, once; what needs the database opens it in each process
        serve(settings, host=host)


def worker(
    until_empty: Annotated[bool, typer.Option(help="End when no job is due.")] = False,
) -> None:
    """Carry out queued jobs, WORKER_CONCURRENCY at a time."""
    from bot.app.worker import make_queue, run_worker

    settings = settings_of_process()
    serve_metrics(settings)
    with product(settings, "worker") as (url, parts):
        queue = make_queue(url, parts.tasks, size=settings.worker_concurrency)
        run_worker(
            queue,
            concurrency=settings.worker_concurrency,
            poll_seconds=settings.worker_poll_seconds,
            until_empty=until_empty,
        )


clock_app = typer.Typer(
    help="The clock: without a further word, run everything that is due on time."
)


@clock_app.callback(invoke_without_command=True)
def clock(context: typer.Context) -> None:
    if context.invoked_subcommand:
        return
    from bot.app.ticker import run_ticks

    settings = settings_of_process()
    serve_metrics(settings)
    with product(settings, "clock") as (_, parts):
        run_ticks(parts.ticks)


def log_format(settings: "Settings") -> str:
    """The children write into a pipe; what they cannot see is whether a person reads its end."""
    if settings.log_format == "auto" and sys.stdout.isatty():
        return "console"
    return settings.log_format


def require_free_port(host: str, port: int) -> None:
    """Raises:
    Refusal: somebody else listens on `host:port`.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise Refusal(
                f"cannot listen on {host}:{port} ({problem.strerror})",
                "stop the program that does, or set PORT to another number",
            ) from problem


def serve_metrics(settings: "Settings") -> None:
    """Offer this process's own figures on METRICS_PORT, for machines that run no web process."""
    if settings.metrics_port:
        from prometheus_client import start_http_server

        start_http_server(settings.metrics_port)
