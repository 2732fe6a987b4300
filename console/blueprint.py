"""The console as one blueprint, below `/console`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, g, render_template
from flask_wtf.csrf import generate_csrf

from console.account_routes import add_account_pages
from console.approval_routes import add_approval_pages, approvals_waiting
from console.audit_routes import add_audit_pages
from console.bank_routes import add_bank_pages, allow_uploads, bank_waiting
from console.book_routes import add_book_pages, chosen_book
from console.call_routes import add_call_pages
from console.case_routes import add_case_pages
from console.clock_routes import add_clock_pages
from console.correction_routes import add_correction_pages
from console.dashboard.routes import add_dashboard
from console.desk_routes import add_desk_pages
from console.door import add_door
from console.grant_routes import add_grant_pages
from console.guard import may
from console.headers import secure
from console.link_routes import add_link_pages
from console.merge_routes import add_merge_pages
from console.navigation import navigation
from console.operation_pages import add_operation_pages, operation_counts
from console.parts import ConsoleParts
from console.people_routes import add_people_pages
from console.queue_routes import add_queue_pages
from console.scoped import scoped
from console.showing import clock_time, instant
from console.upload_routes import allow_ledgers
from console.words import evidence_word, language, t, word
from console.work_routes import add_work_pages

PREFIX = "/console"
_ZONE = "Asia/Shanghai"


def console_pages(parts: ConsoleParts) -> Blueprint:
    """Log-in, list, case and clock pages, each behind the same door."""
    pages = Blueprint(
        "console",
        __name__,
        url_prefix=PREFIX,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    parts = scoped(parts)
    allow_uploads(pages)
    allow_ledgers(pages)
    add_door(pages, parts)
    add_account_pages(pages, parts)
    add_people_pages(pages, parts)
    add_approval_pages(pages, parts)
    add_audit_pages(pages, parts)
    add_book_pages(pages, parts)
    add_queue_pages(pages, parts)
    add_desk_pages(pages, parts)
    add_case_pages(pages, parts)
    add_work_pages(pages, parts)
    add_call_pages(pages, parts)
    add_link_pages(pages, parts)
    add_bank_pages(pages, parts)
    add_grant_pages(pages, parts)
    add_merge_pages(pages, parts)
    add_clock_pages(pages, parts)
    add_correction_pages(pages, parts)
    add_dashboard(pages, parts)
    add_operation_pages(pages, parts)
    pages.register_error_handler(404, _missing)
    pages.register_error_handler(403, _forbidden)
    pages.after_request(secure)
    pages.app_template_global("t")(t)
    pages.app_template_filter("local_time")(clock_time)
    pages.app_template_filter("evidence")(evidence_word)
    pages.context_processor(lambda: _shared(parts))
    return pages


def _missing(_: Exception) -> tuple[str, int]:
    return render_template("console/missing.html"), 404


def _forbidden(_: Exception) -> tuple[str, int]:
    return render_template("console/forbidden.html"), 403


def _shared(parts: ConsoleParts) -> dict[str, Any]:
    """What every template may use."""
    person = g.get("person")
    clock = parts.test_clock if person else None
    return {
        "person": person,
        "may": may,
        "t": t,
        "language": language(),
        "theme": person.theme if person else "auto",
        "navigation": lambda: navigation(
            {
                "bank": lambda: bank_waiting(parts),
                "approvals": lambda: approvals_waiting(parts),
                **operation_counts(parts),
            }
        ),
        "book_choice": lambda: chosen_book(parts),
        "csrf_token": generate_csrf,
        "word": word,
        "test_clock": _told(clock.now()) if clock else None,
        "test_clock_target": _told(clock.moving_to()) if clock else None,
    }


def _told(at: datetime | None) -> str | None:
    return instant(at, _ZONE, at.date()) if at else None
