"""Every page of operations, alerts and complaints, and the numbers beside them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint

from console.alert_routes import add_alert_pages
from console.complaint_routes import add_complaint_pages
from console.dry_run_routes import add_dry_run_pages
from console.parts import ConsoleParts
from console.pause_routes import add_pause_pages
from console.portfolio_routes import add_live_pages, add_portfolio_pages, live_waiting
from console.script_routes import add_script_pages
from console.sender_routes import add_sender_pages
from console.upload_routes import add_upload_pages
from console.wording_routes import add_wording_pages


def add_operation_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """All of them."""
    for add in (
        add_pause_pages,
        add_portfolio_pages,
        add_live_pages,
        add_upload_pages,
        add_dry_run_pages,
        add_sender_pages,
        add_script_pages,
        add_wording_pages,
        add_alert_pages,
        add_complaint_pages,
    ):
        add(pages, parts)


def operation_counts(parts: ConsoleParts) -> dict[str, Callable[[], int]]:
    """What `navigation.yaml` can name as `count`."""

    def complaints() -> int:
        with parts.operations.registers() as views:
            return views.count_open()

    return {"complaints": complaints, "live": lambda: live_waiting(parts)}
