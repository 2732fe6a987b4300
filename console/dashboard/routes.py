"""`/console/dashboard` and its files."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, render_template, request

from bot.domain.rights import Right
from console.dashboard.asked import PERIODS, Asked, asked_of
from console.dashboard.exports import CSV, TYPES, XLSX, as_csv, as_workbook
from console.dashboard.report import Report, read_report
from console.dashboard.sections import SECTIONS
from console.dashboard.sections.rates import head
from console.dashboard.sections.trends import drawings
from console.dashboard.table import Kind, Table
from console.dashboard.words import count, percent, sums
from console.guard import needs
from console.moments import moment
from console.parts import ConsoleParts
from console.showing import money

#: The numbers of this very moment, in order.
NOW = ("open", "overdue", "claimed", "planned", "promises", "unread")


def add_dashboard(pages: Blueprint, parts: ConsoleParts) -> None:
    """The page, one table as a file, all tables as a workbook."""

    @pages.get("/dashboard")
    @needs(Right.FIGURES)
    def dashboard() -> str:
        report = _report(parts)
        asked = report.asked
        return render_template(
            "console/dashboard.html",
            asked=asked,
            report=report,
            of_mode=[book for book in g.books if book["livemode"] is asked.livemode],
            periods=PERIODS,
            now=[(name, report.work[name]) for name in NOW],
            head=head(report),
            drawings=drawings(report),
            tables=[section(report) for section in SECTIONS.values()],
            as_of=moment(report.as_of, asked.zone, asked.now) if report.as_of else None,
            shown=_Shown(),
        )

    @pages.get("/dashboard/<name>.<any(csv,xlsx):form>")
    @needs(Right.EXPORT)
    def dashboard_file(name: str, form: str) -> Response:
        chosen = list(SECTIONS) if name == "all" and form == XLSX else [name]
        if any(key not in SECTIONS for key in chosen):
            abort(404)
        report = _report(parts)
        tables = [SECTIONS[key](report) for key in chosen]
        parts.figures.exported(g.person.collector_id, _trail(report.asked, name, form))
        body = as_csv(tables[0]) if form == CSV else as_workbook(tables)
        return Response(body, mimetype=TYPES[form], headers=_saved(report.asked, name, form))


class _Shown:
    """How a value of a table looks on the page."""

    def value(self, table: Table, at: int, value: object) -> str:
        """Counts with their separators, sums with their unit."""
        kind = table.columns[at].kind
        if isinstance(value, int):
            return money(value, table.currency) if kind is Kind.MONEY else count(value)
        return str(value)

    percent = staticmethod(percent)
    count = staticmethod(count)
    sums = staticmethod(sums)


def _report(parts: ConsoleParts) -> Report:
    clocks = {mode: parts.clock.now(livemode=mode) for mode in (True, False)}
    with parts.figures.read() as views:
        g.books = [book for book in views.portfolios() if g.person.sees(book["id"])]
        asked = asked_of(request.args, g.books, clocks)
        return read_report(views, asked, parts.playbook)


def _trail(asked: Asked, name: str, form: str) -> dict[str, str]:
    return {
        "table": name,
        "form": form,
        "mode": "live" if asked.livemode else "test",
        "portfolio": asked.code,
        "first": asked.first.isoformat(),
        "last": asked.last.isoformat(),
    }


def _saved(asked: Asked, name: str, form: str) -> dict[str, str]:
    """Names of tables and ISO days are plain letters."""
    file = f"yuehuan-{name}-{asked.first}-{asked.last}.{form}"
    return {"Content-Disposition": f'attachment; filename="{file}"'}
