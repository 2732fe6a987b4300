"""`understand`: what a reply means."""

from __future__ import annotations

import typer

from bot.app.understand_cli import understand_command


def register(app: typer.Typer) -> None:
    app.command(name="understand")(understand_command)
