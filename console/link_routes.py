"""A case's payment links: a code to show or send, taking links back, files the debtor sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.rights import Right
from bot.payments.qr import svg_of
from console.found import found_case
from console.guard import needs
from console.parts import ConsoleParts
from console.showing import instant
from console.words import t, word

_MEGABYTE = 1 << 20
_INLINE = frozenset({"image/jpeg", "image/png", "image/webp"})


def add_link_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/cases/<id>/link`, `…/links/revoke`, `…/files/<id>`."""

    @pages.post("/cases/<int:case_id>/link")
    @needs(Right.ANSWER)
    def link(case_id: int) -> AnyResponse:
        case = found_case(parts, case_id)
        back = redirect(url_for("console.case", case_id=case_id), 303)
        if g.stale_form:
            flash(t("stale.what"), "warn")
            return back
        if request.form.get("do") == "revoke":
            count = _revoke(parts, case_id, case)
            flash(t("links.revoked", count=count) if count else t("links.none_good"), "good")
            return back
        who = g.person.collector_id
        url = parts.links.hand_out(case_id, who, livemode=case["livemode"])
        code = svg_of(url, label=t("links.code"))
        page = render_template("console/link.html", case=case, url=url, code=code)
        return Response(page)

    @pages.get("/cases/<int:case_id>/files/<int:upload_id>")
    @needs(Right.REVEAL)
    def file(case_id: int, upload_id: int) -> AnyResponse:
        with parts.read_links() as views:
            found = views.upload(case_id, upload_id)
        if found is None:
            abort(404)
        kind, content = found
        answer = Response(content, mimetype=kind)
        place = "inline" if kind in _INLINE else "attachment"
        ending = kind.rsplit("/", 1)[1]
        answer.headers["Content-Disposition"] = (
            f'{place}; filename="{case_id}-{upload_id}.{ending}"'
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @pages.context_processor
    def card() -> dict[str, Any]:
        return {"link_card": lambda case: _card(parts, case)}


def _revoke(parts: ConsoleParts, case_id: int, case: Mapping[str, Any]) -> int:
    who = g.person.collector_id
    return parts.links.revoke(case_id, who, livemode=case["livemode"])


def _card(parts: ConsoleParts, case: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the case page shows of links and files."""
    now = parts.clock.now(livemode=case["livemode"])
    zone, today = case["zone"], now.date()
    with parts.read_links() as views:
        summary, uploads = views.summary(case["id"], now), views.uploads(case["id"])
    return {
        "summary": summary,
        "last": instant(summary.last_at, zone, today) if summary.last_at else "",
        "uploads": [
            {
                "id": row["id"],
                "what": word("page_kind", row["kind"]),
                "at": instant(row["at"], zone, today),
                "size": f"{max(row['size'] / _MEGABYTE, 0.1):.1f} MB",
            }
            for row in uploads
        ],
    }
