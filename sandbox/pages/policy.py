"""Security headers of every page: nothing from elsewhere, no inline script or style."""

from collections.abc import Sequence

from flask import Response


def secured(page: str, http: int = 200, form_targets: Sequence[str] = ()) -> Response:
    """An HTML answer. `form_targets`: origins a form's answer may redirect to."""
    answer = Response(page, http, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            " ".join(("form-action 'self'", *form_targets)),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer
