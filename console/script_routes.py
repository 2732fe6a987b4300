"""The texts and calls: what is written, how it is judged, how it looks on a telephone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import Blueprint, abort, g, render_template, request

from bot.domain.rights import Right
from bot.scripts.calls.library import spoken_in_locale
from bot.scripts.calls.lint import lint_calls
from bot.scripts.calls.outline import outline
from bot.scripts.calls.source import CallSource, CallSources, read_calls
from bot.scripts.calls.words import words_of
from bot.scripts.findings import Finding
from bot.scripts.lint import lint
from bot.scripts.rulebook import Rulebook, load_rulebook
from bot.scripts.source import LOCALES, ScriptSource, Sources, read_sources
from bot.scripts.wording import scripts_root
from console.guard import needs
from console.moments import moment
from console.parts import ConsoleParts
from console.previewing import Preview, previews
from console.words import ENGLISH, language, word

_ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything on file, with what lint says. Read once: a process works with what it started with."""

    sources: Sources
    calls: CallSources
    book: Rulebook
    findings: Mapping[str, Sequence[Finding]]


@cache
def shelf() -> Shelf:
    """The product's own texts."""
    root = scripts_root()
    sources, calls, book = read_sources(root), read_calls(root), load_rulebook(root)
    by_script: dict[str, list[Finding]] = defaultdict(list)
    for each in [*lint(sources, book), *lint_calls(calls, book)]:
        by_script[each.script.partition("/")[0]].append(each)
    return Shelf(sources, calls, book, by_script)


def add_script_pages(pages: Blueprint, parts: ConsoleParts) -> None:
    """`/console/scripts` and `/console/scripts/<id>`."""

    @pages.get("/scripts")
    @needs(Right.SCRIPTS)
    def scripts() -> str:
        with parts.operations.views() as views:
            uses = _uses(views.script_uses(since=_since(parts)))
        query = request.args.get("q", "").strip()
        lines = [_line(source, uses) for source in shelf().sources.scripts]
        lines += [_call_line(source, uses) for source in shelf().calls.calls]
        shown = [line for line in lines if _found(line, query)]
        return render_template(
            "console/scripts.html",
            groups=_grouped(shown),
            query=query,
            total=len(lines),
            notices=[
                finding_view(each)
                for each in shelf().findings.get("-", ())
                if each.level == "notice"
            ],
        )

    @pages.get("/scripts/<script_id>")
    @needs(Right.SCRIPTS)
    def script(script_id: str) -> str:
        locale = request.args.get("locale", "")
        locale = locale if locale in LOCALES else LOCALES[0]
        call = next((each for each in shelf().calls.calls if each.id == script_id), None)
        source = next((each for each in shelf().sources.scripts if each.id == script_id), None)
        with parts.operations.views() as views:
            rows = [
                row for row in views.script_uses(since=_since(parts)) if row["script"] == script_id
            ]
        with parts.operations.worded() as worded:
            standing = worded.standing(script_id, g.person.scope)
        shared = {
            "locale": locale,
            "locales": LOCALES,
            "versions": _versions(rows, parts),
            "findings": [finding_view(each) for each in shelf().findings.get(script_id, ())],
        }
        if call is not None:
            return render_template("console/call_script.html", **shared, **_call(call, locale))
        if source is None:
            abort(404)
        return render_template(
            "console/script.html", **shared, **_text(source, locale), standing=standing
        )


def finding_view(finding: Finding) -> dict[str, str]:
    """In the language of the page."""
    return {
        "rule": finding.rule,
        "level": finding.level,
        "script": finding.script,
        "locale": finding.script.partition("/")[2],
        "message": finding.said("en" if language() == ENGLISH else "zh"),
    }


def _since(parts: ConsoleParts) -> datetime:
    """90 days ago on the earlier of the two clocks."""
    return min(parts.clock.now(livemode=live) for live in (True, False)) - timedelta(days=90)


def _uses(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    uses: dict[str, int] = defaultdict(int)
    for row in rows:
        uses[row["script"]] += row["n"]
    return uses


def _versions(rows: list[dict[str, Any]], parts: ConsoleParts) -> list[dict[str, Any]]:
    now = parts.clock.now(livemode=False)
    newest = sorted(rows, key=lambda row: -row["version"])
    return [{**row, "latest": moment(row["latest"], _ZONE, now)} for row in newest]


def _line(source: ScriptSource, uses: Mapping[str, int]) -> dict[str, Any]:
    counts = [each["segments"] for each in _previews(source, LOCALES[0])]
    return {
        "id": source.id,
        "version": source.version,
        "group": source.purpose,
        "when": source.when,
        "segments": _range(counts),
        "errors": _errors(source.id),
        "uses": uses.get(source.id, 0),
        "text": source.texts[LOCALES[0]].text if LOCALES[0] in source.texts else "",
    }


def _call_line(source: CallSource, uses: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": source.id,
        "version": source.version,
        "group": "call",
        "when": source.when,
        "segments": "",
        "errors": _errors(source.id),
        "uses": uses.get(source.id, 0),
        "text": source.practice,
    }


def _errors(script_id: str) -> int:
    return sum(each.level == "error" for each in shelf().findings.get(script_id, ()))


def _range(counts: Sequence[int]) -> str:
    low, high = min(counts, default=0), max(counts, default=0)
    return str(high) if low == high else f"{low}–{high}"


def _found(line: Mapping[str, Any], query: str) -> bool:
    return not query or any(query in str(line[name]) for name in ("id", "when", "text"))


def _grouped(lines: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        groups.setdefault(line["group"], []).append(line)
    return [(word("script_group", name), found) for name, found in groups.items()]


def _text(source: ScriptSource, locale: str) -> dict[str, Any]:
    return {
        "source": source,
        "template": source.texts[locale].text if locale in source.texts else "",
        "purpose": word("script_group", source.purpose),
        "previews": _previews(source, locale),
        "places": [
            (place.name, place.means)
            for name, place in sorted(shelf().book.placeholders.items())
            if any(f"{{{{{name}" in text.text for text in source.texts.values())
        ],
    }


@cache
def _previews_of(script_id: str, locale: str) -> tuple[Preview, ...]:
    source = next(each for each in shelf().sources.scripts if each.id == script_id)
    return previews(source, locale, shelf().book)


def _previews(source: ScriptSource, locale: str) -> tuple[Preview, ...]:
    """Every way the text can turn out on sample values, each once."""
    return _previews_of(source.id, locale)


def _call(source: CallSource, locale: str) -> dict[str, Any]:
    spoken = spoken_in_locale(locale)
    lines = outline(source, spoken, shelf().book, words_of(shelf().calls.words))
    return {"source": source, "spoken": spoken, "outline": "\n".join(lines).strip()}
