"""`scripts`: check the texts, look at one, approve new versions."""
# ruff: noqa: PLC0415

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from bot.scripts.findings import Finding
    from bot.scripts.rulebook import Rulebook
    from bot.scripts.script import Script
    from bot.scripts.source import Sources


class Tongue(StrEnum):
    """Which language findings speak."""

    EN = "en"
    ZH = "zh"


class Form(StrEnum):
    """How findings are printed."""

    TABLE = "table"
    JSON = "json"


Place = Annotated[
    Path | None,
    typer.Argument(help="A scripts folder, or one file of it; default: the product's texts."),
]

texts = typer.Typer(help="The texts (话术): lint, show, lock.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(texts, name="scripts")


@texts.command()
def lint(
    path: Place = None,
    form: Annotated[Form, typer.Option("--format", help="table or json")] = Form.TABLE,
    language: Annotated[Tongue, typer.Option(help="Of what is found.")] = Tongue.EN,
    own: Annotated[
        bool, typer.Option("--own", help="What portfolios word for themselves too (database).")
    ] = False,
) -> None:
    """Check every text and walk every call; exit 1 when one must not be used."""
    from bot.scripts.calls.lint import lint_calls
    from bot.scripts.calls.source import read_calls
    from bot.scripts.lint import lint as examine

    sources, book, only = _read(path)
    calls = read_calls(_root(path))
    found = [*examine(sources, book), *lint_calls(calls, book)]
    findings = [each for each in found if only in (None, each.file)]
    findings += _own() if own else []
    findings = [replace(each, message=each.said(language.value)) for each in findings]
    errors = [each for each in findings if each.level == "error"]
    count = len(sources.scripts) + len(calls.calls)
    if form is Form.JSON:
        _print_json(findings, count)
    else:
        _print_table(findings, count)
    if errors:
        raise typer.Exit(1)


@texts.command()
def show(
    script_id: Annotated[str, typer.Argument(metavar="ID", help="e.g. reminder.d1_5 or ivr.d1_5")],
    locale: Annotated[str, typer.Option(help="zh-CN, zh-TW or zh-HK")] = "zh-CN",
    path: Annotated[Path | None, typer.Option(help="Another scripts folder.")] = None,
) -> None:
    """Show one text as a debtor would read it, or one call as it is spoken, on invented values."""
    from rich.console import Console

    from bot.scripts.trial import ScriptValueError, trials

    console = Console(soft_wrap=True, highlight=False, markup=False)
    if script_id.startswith("ivr."):
        _print_call(script_id, locale, path, console)
        return
    script, book = _find(script_id, locale, path)
    _print_header(script, console)
    try:
        for trial in trials(script, book, notice=False):
            rendered = trial.rendered
            size = f"{len(rendered.text)} characters, {rendered.segments} segment(s)"
            console.print(f"\n[{trial.case}] {size}\n{rendered.text}")
    except ScriptValueError as error:
        raise Refusal(str(error), "run `yuehuan scripts lint`") from error


@texts.command()
def lock(path: Place = None) -> None:
    """Record the texts' fingerprints after their versions were raised."""
    from bot.scripts.calls.source import read_calls
    from bot.scripts.lock import NAME, Versioned, trouble_to_lock, written

    sources, book, _ = _read(path)
    calls = read_calls(_root(path))
    every: list[Versioned] = [*sources.scripts, *calls.calls]
    problems = [*sources.findings, *calls.findings, *trouble_to_lock(every, book.locked)]
    if problems:
        raise Refusal("\n".join(map(str, problems)))
    (_root(path) / NAME).write_text(written(every), "utf-8")
    typer.echo(f"{len(every)} scripts locked")


def _own() -> list[Finding]:
    """Of every portfolio's own wording that is in use."""
    from bot.app.commands.start import flows
    from bot.app.own_wording import lint_own
    from bot.scripts.own import OwnWords
    from bot.scripts.wording import scripts_root
    from bot.store.wordings import all_own_texts

    with flows("scripts") as product, product.pool.connection() as connection:
        return lint_own(OwnWords(scripts_root()), all_own_texts(connection))


def _root(path: Path | None) -> Path:
    from bot.scripts.wording import scripts_root

    if path is None:
        return scripts_root()
    if not path.exists():
        raise Refusal(f"{path} does not exist", "name a scripts folder or one of its files", code=2)
    return path.resolve().parent.parent if path.is_file() else path


def _read(path: Path | None) -> tuple[Sources, Rulebook, str | None]:
    """The sources, the rules, and the one file asked for (None = all)."""
    from bot.scripts.findings import ScriptError
    from bot.scripts.rulebook import load_rulebook
    from bot.scripts.source import read_sources

    root = _root(path)
    only = path.resolve().relative_to(root).as_posix() if path and path.is_file() else None
    try:
        return read_sources(root), load_rulebook(root), only
    except ScriptError as error:
        raise Refusal(str(error)) from error


def _find(script_id: str, locale: str, path: Path | None) -> tuple[Script, Rulebook]:
    from bot.scripts.template import TemplateSyntaxError
    from bot.scripts.trial import script_of

    sources, book, _ = _read(path)
    source = next((each for each in sources.scripts if each.id == script_id), None)
    if source is None:
        known = ", ".join(each.id for each in sources.scripts)
        raise Refusal(f"no script {script_id}", f"known: {known}", code=2)
    if locale not in source.texts:
        raise Refusal(f"{script_id} has no {locale} text", f"it has {', '.join(source.texts)}")
    try:
        return script_of(source, source.texts[locale], book), book
    except (TemplateSyntaxError, ValueError) as error:
        raise Refusal(f"{script_id}: {error}", "run `yuehuan scripts lint`") from error


def _print_call(script_id: str, locale: str, path: Path | None, console: Console) -> None:
    from bot.scripts.calls.library import spoken_in_locale
    from bot.scripts.calls.lint import lint_calls
    from bot.scripts.calls.outline import outline
    from bot.scripts.calls.source import read_calls
    from bot.scripts.calls.words import words_of

    _, book, _ = _read(path)
    sources = read_calls(_root(path))
    call = next((each for each in sources.calls if each.id == script_id), None)
    if call is None:
        known = ", ".join(each.id for each in sources.calls)
        raise Refusal(f"no call {script_id}", f"known: {known}", code=2)
    faults = [
        each for each in lint_calls(sources, book) if each.rule in ("schema", "path", "template")
    ]
    if faults:
        raise Refusal(str(faults[0]), "run `yuehuan scripts lint`")
    language = spoken_in_locale(locale)
    console.print(
        f"{call.id}  v{call.version}  {language}\n用途  {call.when}\n依据  {call.practice}"
    )
    for line in outline(call, language, book, words_of(sources.words)):
        console.print(line)


def _print_header(script: Script, console: Console) -> None:
    console.print(f"{script.id}  v{script.version}  {script.locale}  ({script.purpose})")
    rows = {
        "用途": script.when,
        "依据": script.practice,
        "占位符": " ".join(sorted(script.needs)),
        "可为空": " ".join(sorted(script.optional)),
        "按键": " ".join(f"{key}={means}" for key, means in (script.offers or {}).items()),
    }
    for name, value in rows.items():
        if value:
            console.print(f"{name}  {value}")


def _print_json(findings: Sequence[Finding], count: int) -> None:
    import json
    from dataclasses import asdict

    report = {"scripts": count, "findings": [asdict(each) for each in findings]}
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2))


def _print_table(findings: Sequence[Finding], count: int) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("place", "script", "rule", box=None, show_header=bool(findings))
    table.add_column("message", overflow="fold")
    for each in findings:
        colour = "red" if each.level == "error" else "yellow"
        place, message = f"{each.file}:{each.line}", escape(each.message)
        table.add_row(place, each.script, f"[{colour}]{each.rule}[/{colour}]", message)
    console = Console(soft_wrap=True)
    console.print(table)
    errors = sum(each.level == "error" for each in findings)
    console.print(f"{count} scripts, {errors} errors, {len(findings) - errors} notices")
