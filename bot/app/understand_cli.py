"""`yuehuan understand`: look inside the reading of one reply, or read many as JSON lines."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from bot.app.clock import monotonic, system_now
from bot.app.errors import Refusal
from bot.app.understand_batch import DEFAULT_ZONE, document, moment, read_lines

if TYPE_CHECKING:
    from bot.domain.understanding import Context, Understanding


def understand_command(
    text: Annotated[
        str | None, typer.Argument(help="One reply; with --jsonl a file of lines (default: stdin).")
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Read JSON lines, write JSON lines.")
    ] = False,
    at: Annotated[
        str | None, typer.Option("--at", help="When the reply was sent, ISO 8601; default now.")
    ] = None,
    zone: Annotated[str, typer.Option("--zone", help="Zone days are read in.")] = DEFAULT_ZONE,
    channel: Annotated[str, typer.Option("--channel", help="sms or ivr_speech.")] = "sms",
    payday: Annotated[
        int | None, typer.Option("--payday", min=1, max=31, help="Payday on file.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document instead of a page.")
    ] = False,
) -> None:
    """What a reply means: intents, dates, amounts with their evidence, and the answer to it."""
    if jsonl:
        raise typer.Exit(_batch(text))
    if text is None:
        raise Refusal(
            "no reply given", 'yuehuan understand "我下周五发工资先还两千", or --jsonl', code=2
        )
    _one(text, _context(at, zone, channel, payday), as_json=as_json)


def _batch(path: str | None) -> int:
    """Stream lines; each answer is flushed. 0, or 1 when a line could not be read."""
    from bot.policy.lexicon import prepare, understand  # noqa: PLC0415

    prepare()
    failed = False
    with _lines(path) as lines:
        for out in read_lines(lines, understand, monotonic):
            failed = failed or "error" in out
            sys.stdout.write(json.dumps(out, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    return 1 if failed else 0


def _lines(path: str | None) -> Any:
    if path in (None, "-"):
        _utf8(sys.stdin)
        return nullcontext(sys.stdin)
    try:
        return Path(str(path)).open(encoding="utf-8", errors="replace")
    except OSError as problem:
        raise Refusal(
            f"cannot read {path}: {problem.strerror}", "name a file of JSON lines", code=2
        ) from problem


def _utf8(stream: TextIO) -> None:
    for each in (stream, sys.stdout):
        if hasattr(each, "reconfigure"):
            each.reconfigure(encoding="utf-8", errors="replace")


def _context(at: str | None, zone: str, channel: str, payday: int | None) -> Context:
    from bot.domain.understanding import Context  # noqa: PLC0415

    try:
        now, place = moment(at or system_now().isoformat(), zone)
    except ValueError as problem:
        raise Refusal(
            str(problem), "for example --at 2026-11-25T10:30 --zone Asia/Shanghai", code=2
        ) from problem
    return Context(now, place, channel, payday=payday)


def _one(text: str, context: Context, *, as_json: bool) -> None:
    from bot.policy.lexicon import prepare, understand  # noqa: PLC0415

    prepare()
    started = monotonic()
    reading = understand(text, context)
    micros = (monotonic() - started) * 1e6
    if as_json:
        typer.echo(json.dumps(document(None, reading, micros), ensure_ascii=False, indent=2))
        return
    local = context.now.astimezone(context.zone)
    _page(text, reading, local, micros)
    from bot.app.sample_answer import answer_to  # noqa: PLC0415

    typer.echo("\n答复 answer (to a sample case of 3000.00 CNY, due yesterday)")
    typer.echo(answer_to(reading, context))


def _page(text: str, reading: Understanding, local: datetime, micros: float) -> None:
    typer.echo(text)
    for span in reading.evidence:
        typer.echo(_underlined(text, span.start, span.end) + f"  {span.label}")
    typer.echo(f"\n{'read at':<14}{local:%Y-%m-%d %H:%M %A} {local.tzinfo}")
    for name, value in _facts(reading):
        typer.echo(f"{name:<14}{value}")
    for when in reading.when:
        end = f"{when.end:%Y-%m-%d %H:%M}"
        typer.echo(
            f"{'when':<14}{when.text}: {when.start:%Y-%m-%d %H:%M} – {end} {when.grain}, {when.kind}"
        )
    typer.echo(f"{'confidence':<14}{reading.confidence}   {reading.engine}, {micros:.0f} µs")


def _underlined(text: str, start: int, end: int) -> str:
    """Markers below text[start:end], two columns wide per Chinese character."""
    width = [2 if ord(char) > 0x2E7F else 1 for char in text]
    return " " * sum(width[:start]) + "‾" * max(sum(width[start:end]), 1)


def _facts(reading: Understanding) -> list[tuple[str, str]]:
    minor = reading.promise_amount_minor
    callback = reading.callback
    rows = [
        ("intents", ", ".join(intent.value for intent in reading.intents)),
        ("promise", _promise(reading)),
        ("amount", "" if minor is None else f"{minor / 100:.2f}"),
        ("portion", reading.promise_portion or str(reading.promise_fraction or "")),
        (
            "then",
            "; ".join(
                f"{d or '?'} {'' if m is None else f'{m / 100:.2f}'}"
                for d, m in reading.further_promises
            ),
        ),
        (
            "call back",
            "" if callback is None else f"{callback.start:%m-%d %H:%M} – {_end(callback.end)}",
        ),
        (
            "not at",
            "; ".join(f"{w.start:%m-%d %H:%M} – {_end(w.end)}" for w in reading.callback_avoid),
        ),
        ("dispute", reading.dispute_kind or ""),
        ("reason", reading.reason or ""),
        ("question", reading.question_kind or ""),
        ("flags", ", ".join(sorted(reading.flags))),
    ]
    return [(name, value) for name, value in rows if value.strip()]


def _promise(reading: Understanding) -> str:
    if reading.promise_date is None:
        return "asks for a date" if reading.asks_date else ""
    return ("by " if reading.promise_deadline else "on ") + f"{reading.promise_date:%Y-%m-%d %A}"


def _end(end: datetime | None) -> str:
    return f"{end:%m-%d %H:%M}" if end else "open"
