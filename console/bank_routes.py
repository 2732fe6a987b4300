"""Bank statements: upload, what waits, and deciding a line."""

from __future__ import annotations

import tempfile
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.bank.header import parse_mapping
from bot.domain.ledger.header import HeaderError
from bot.domain.money import plain, to_minor
from bot.domain.rights import Right
from bot.flows.import_bank import BankResult
from bot.flows.notice_desk import DISMISS_REASONS, NoticeError
from bot.flows.ports.bank import BankOrder
from bot.flows.ports.ledger import UnusableFileError
from bot.flows.review_bank import UNDO_REASONS, ReviewError
from bot.policy.bank import bank_sentences, told
from bot.policy.ledger_columns import Sentence
from bot.store.bank_views import ImportView, LineView
from bot.store.views import Views
from console.desk_routes import find_cases
from console.guard import needs
from console.parts import ConsoleParts
from console.showing import instant, money
from console.words import ENGLISH, language, t, word

#: Bytes of a statement; the largest that a bank exports as one file is far below.
LARGEST_STATEMENT = 32 << 20

#: Cases a line can be split over on the page.
SHARES = 6

#: Of notices, which belong to no portfolio.
_ZONE = "Asia/Shanghai"


def allow_uploads(pages: Blueprint) -> None:
    """Before anything reads the form: a statement may be larger than other requests."""

    @pages.before_request
    def room() -> None:
        if request.endpoint == "console.bank_upload":
            request.max_content_length = LARGEST_STATEMENT

    @pages.errorhandler(413)
    def too_large(_: Exception) -> tuple[str, int]:
        return render_template("console/too_large.html", most=LARGEST_STATEMENT >> 20), 413


def add_bank_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/bank` and `/console/bank/<line>`."""

    @pages.get("/bank")
    @needs(Right.BANK)
    def bank() -> str:
        return _overview(parts, None)

    @pages.post("/bank")
    @needs(Right.BANK)
    def bank_upload() -> AnyResponse | str:
        given, code = request.files.get("file"), request.form.get("portfolio", "")
        if g.stale_form or given is None or not given.filename or not code:
            flash(t("stale.form" if g.stale_form else "bank.choose_both"), "warn")
            return redirect(url_for("console.bank"), 303)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / (secure_filename(given.filename) or "statement.csv")
            given.save(path)
            try:
                result = parts.grants.import_statement(path, _order(code))
            except (HeaderError, UnusableFileError) as wrong:
                flash(_unusable(wrong.code, wrong.details), "bad")
                return redirect(url_for("console.bank"), 303)
        return _overview(parts, _report(result))

    @pages.get("/bank/<int:line_id>")
    @needs(Right.BANK)
    def bank_line(line_id: int) -> str:
        with parts.grants.bank() as views:
            line = views.line(line_id)
        if line is None:
            abort(404)
        parts.grants.review.looked(g.person.collector_id, [line_id])
        return _line_page(parts, line, request.args.get("q", "").strip())

    @pages.post("/bank/<int:line_id>")
    @needs(Right.BANK)
    def bank_decide(line_id: int) -> AnyResponse:
        back = redirect(url_for("console.bank_line", line_id=line_id), 303)
        if g.stale_form:
            flash(t("stale.form"), "warn")
            return back
        try:
            done = _decide(parts, line_id)
        except ReviewError as refused:
            flash(word("bank_error", refused.code), "bad")
            return back
        flash(done, "good")
        return redirect(url_for("console.bank"), 303)

    @pages.post("/bank/notices/<int:notice_id>")
    @needs(Right.BANK)
    def notice_dismiss(notice_id: int) -> AnyResponse:
        if g.stale_form:
            flash(t("stale.form"), "warn")
        else:
            _dismiss(parts, notice_id)
        return redirect(url_for("console.bank") + "#notices", 303)


def _dismiss(parts: ConsoleParts, notice_id: int) -> None:
    try:
        reason = request.form.get("reason", "")
        parts.grants.notices.dismiss(notice_id, g.person.collector_id, reason)
    except NoticeError as refused:
        flash(word("notice_error", refused.code), "bad")
    else:
        flash(t("notice.dismissed"), "good")


def _unusable(code: str, details: dict[str, str]) -> str:
    sentence = bank_sentences()[code].filled(details)
    if language() == ENGLISH:
        return f"{sentence.en} {sentence.remedy}"
    return f"{sentence.zh}。{sentence.remedy_zh}"


def bank_waiting(parts: ConsoleParts) -> int:
    """Lines of bank statements that somebody has to look at."""
    with parts.grants.bank() as views:
        return views.count()


def _order(code: str) -> BankOrder:
    """Raises HeaderError for a mapping that means nothing."""
    form = request.form
    mapping = parse_mapping(form.get("map", "").replace("，", ",").replace(",", " ").split())
    bank = form.get("bank", "").strip() or "bank"
    return BankOrder(code, bank, mapping, dry_run=form.get("do") == "try", by=g.person.collector_id)


def _decide(parts: ConsoleParts, line_id: int) -> str:
    """What was done. Raises ReviewError."""
    review, who, do = parts.grants.review, g.person.collector_id, request.form.get("do", "")
    if do == "not_ours":
        review.not_ours(line_id, who)
        return t("bank.put_aside")
    if do == "again":
        review.look_again(line_id, who)
        return t("bank.put_back")
    if do == "undo":
        review.undo(line_id, who, request.form.get("reason", ""))
        return t("bank.undone")
    with parts.grants.bank() as views:
        line = views.line(line_id)
    if line is None:
        abort(404)
    if do == "all":
        shares = {request.form.get("case", 0, type=int): line.amount_minor}
    else:
        shares = _shares(line.currency)
    review.apply(line_id, who, shares)
    return t("bank.booked")


def _shares(currency: str) -> dict[int, int]:
    """The split that was typed; what cannot be read is an amount nobody can pay."""
    shares: dict[int, int] = {}
    for place in range(SHARES):
        case_id = request.form.get(f"case{place}", 0, type=int)
        text = request.form.get(f"sum{place}", "").replace(",", "").strip()
        if case_id and text:
            shares[case_id] = shares.get(case_id, 0) + _minor(text, currency)
    return shares


def _minor(text: str, currency: str) -> int:
    try:
        return to_minor(Decimal(text), currency)
    except (InvalidOperation, ValueError):
        return 0


def _overview(parts: ConsoleParts, report: dict[str, Any] | None) -> str:
    with parts.grants.bank() as views:
        lists = [_mine(each) for each in (views.waiting(), views.set_aside(), views.applied())]
        imports = [_import(each) for each in views.imports()]
    shown = [line.line_id for each in lists for line in each]
    parts.grants.review.looked(g.person.collector_id, shown)
    lines, aside, applied = ([_row(line) for line in each] for each in lists)
    with parts.read() as reads:
        portfolios = reads.portfolios()
    return render_template(
        "console/bank.html",
        lines=lines,
        aside=aside,
        applied=applied,
        notices=_notices(parts),
        dismiss_reasons=[(each, word("dismiss_reason", each)) for each in DISMISS_REASONS],
        imports=imports,
        portfolios=portfolios,
        told=report,
    )


def _mine(lines: list[LineView]) -> list[LineView]:
    """Those of portfolios the person may see."""
    return [line for line in lines if g.person.sees(line.portfolio_id)]


def _notices(parts: ConsoleParts) -> list[dict[str, Any]]:
    """Those that name no case are everybody's."""
    return [
        {
            "id": each.notice_id,
            "at": instant(each.received_at, _ZONE, each.received_at.date()),
            "provider": word("provider", each.provider),
            "kind": word("notice_kind", each.kind),
            "amount": money(each.amount_minor, each.currency),
            "why": word("notice_outcome", each.outcome),
            "case": each.case_id,
        }
        for each in parts.grants.held_notices()
        if each.portfolio_id is None or g.person.sees(each.portfolio_id)
    ]


def _report(result: BankResult) -> dict[str, Any]:
    notes = [
        {
            "line": note.line,
            "outcome": note.outcome.value,
            "value": note.value,
            "said": _said(told(note)),
        }
        for note in result.notes
        if note.outcome.value in {"rejected", "review", "applied"}
    ]
    return {
        "dry": result.import_id is None and result.figures.known < result.figures.credits,
        "figures": result.figures,
        "notes": notes[:200],
        "applied": money(result.figures.applied_minor, result.currency),
        "review": money(result.figures.review_minor, result.currency),
    }


def _row(line: LineView) -> dict[str, Any]:
    best = line.candidates[0] if line.candidates else None
    return {
        "id": line.line_id,
        "paid": instant(line.paid_at, line.zone, line.paid_at.date()),
        "amount": money(line.amount_minor, line.currency),
        "payer": line.payer,
        "remark": line.remark,
        "portfolio": line.portfolio_name,
        "case": best["case"] if best else None,
        "sure": f"{best['confidence']:.0%}" if best else "",
        "why": _why(line),
    }


def _why(line: LineView) -> str:
    """What keeps the line from being applied by itself."""
    if not line.candidates:
        return _said(bank_sentences()["no_candidate"])
    doubts = [*line.candidates[0]["doubts"], *line.doubts]
    return t("list.and").join(_sentences(doubts)) or _said(bank_sentences()["unsure"])


def _said(sentence: Sentence) -> str:
    return sentence.en if language() == ENGLISH else sentence.zh


def _sentences(reasons: list[dict[str, Any]]) -> list[str]:
    found = []
    for reason in reasons:
        details = dict(reason["details"])
        if "provider" in details:
            details["provider"] = word("provider", details["provider"])
        found.append(_said(bank_sentences()[reason["code"]].filled(details)))
    return found


def _import(each: ImportView) -> dict[str, Any]:
    figures = each.figures
    return {
        "at": instant(each.at, each.zone, each.at.date()),
        "file": each.file_name,
        "portfolio": each.portfolio_name,
        "by": each.by or t("bank.by_command"),
        "applied": figures.get("applied", 0),
        "applied_sum": money(figures.get("applied_minor", 0), each.currency),
        "review": figures.get("review", 0),
        "known": figures.get("known", 0),
        "rejected": figures.get("rejected", 0),
    }


def _line_page(parts: ConsoleParts, line: LineView, query: str) -> str:
    with parts.read() as views:
        cards = [_card(parts, views, line, each) for each in line.candidates]
        found = [row["case_id"] for row in find_cases(views, query)] if query else []
        known = {card["id"] for card in cards if card}
        cards += [
            _card(parts, views, line, {"case": case, "confidence": 0, "reasons": [], "doubts": []})
            for case in found
            if case not in known
        ]
    return render_template(
        "console/bank_line.html",
        line=_row(line),
        state=line.state,
        account=line.account,
        serial=line.serial,
        plain=plain(line.amount_minor, line.currency),
        cards=[card for card in cards if card],
        query=query,
        missed=bool(query) and not found,
        shares=range(SHARES),
        paid_cases=_paid_cases(parts, line),
        undo_reasons=[(each, word("undo_reason", each)) for each in UNDO_REASONS],
    )


def _paid_cases(parts: ConsoleParts, line: LineView) -> list[int]:
    if line.state != "applied":
        return []
    with parts.grants.bank() as views:
        return views.paid_cases(line.line_id)


def _card(
    parts: ConsoleParts, views: Views, line: LineView, candidate: dict[str, Any]
) -> dict[str, Any] | None:
    """One candidate beside the others; names masked as everywhere."""
    case = views.case(candidate["case"])
    if case is None:
        return None
    owed = [debt for debt in views.debts(case["id"]) if not debt["settled_by"]]
    facts = views.facts(case["id"], parts.clock.now(livemode=case["livemode"]))
    return {
        "id": case["id"],
        "debtor": case["debtor"],
        "portfolio": case["portfolio_name"],
        "state": word("state", case["state"]),
        "owed": money(facts.outstanding_minor, facts.currency),
        "debts": [
            f"{debt['contract']} {debt['due_on']:%m-%d} {money(debt['owed_minor'], facts.currency)}"
            for debt in owed
            if debt["owed_minor"]
        ][:4],
        "sure": f"{candidate['confidence']:.0%}" if candidate["confidence"] else "",
        "reasons": _sentences(candidate["reasons"]),
        "doubts": _sentences(_doubts_now(candidate, facts.outstanding_minor, line.amount_minor)),
    }


def _doubts_now(candidate: dict[str, Any], owed: int, amount: int) -> list[dict[str, Any]]:
    """Doubts of the import, but what is owed is today's: money may have come since."""
    sums = {"nothing_owed", "more_than_owed"}
    kept = [doubt for doubt in candidate["doubts"] if doubt["code"] not in sums]
    if amount > owed:
        kept.insert(0, {"code": "more_than_owed" if owed else "nothing_owed", "details": {}})
    return kept
