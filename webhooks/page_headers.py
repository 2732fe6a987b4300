"""Headers of every debtor's page: nothing from elsewhere, no script, nothing kept or told on."""

from __future__ import annotations

from flask import Response


def secured(answer: Response, form_targets: tuple[str, ...]) -> Response:
    """The answer with its headers. `form_targets`: origins a form's answer may lead to."""
    answer.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            " ".join(("form-action 'self'", *form_targets)),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["X-Frame-Options"] = "DENY"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.add("Accept-Language")
    return answer
