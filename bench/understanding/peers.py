"""The same dates read by public libraries, in the same run and by the same rule as the product.

python -m bench.understanding.peers [--json FILE] [--folder DIR] [--only NAME …]

Each library is installed by pip or npm into a folder that is thrown away afterwards (or kept with
--folder); nothing here touches the project's own environment or lock files.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.understanding import tally
from bench.understanding.readings import in_process
from bench.understanding.rows import HERE, Expression, expressions
from bot.domain.understanding import ENGINE

RUNNERS = HERE / "runners"
MINUTES = 20


@dataclass(frozen=True, slots=True)
class Peer:
    """A library: what installs it, what runs it, what must be on the machine."""

    name: str
    packages: tuple[str, ...]
    runner: tuple[str, ...]
    needs: str
    node: bool = False


PEERS = (
    Peer("JioNLP, time in a sentence", ("jionlp",), ("jionlp_run.py", "extract"), "pip"),
    Peer("JioNLP, whole text as a time", ("jionlp",), ("jionlp_run.py", "parse"), "pip"),
    Peer("dateparser", ("dateparser",), ("dateparser_run.py",), "pip"),
    Peer(
        "Duckling fork for Chinese (JVM)",
        ("duckling-chinese", "lunardate"),
        ("duckling_run.py",),
        "java",
    ),
    Peer(
        "Recognizers-Text",
        ("@microsoft/recognizers-text-date-time",),
        ("node_run.cjs", "recognizers-text"),
        "npm",
        node=True,
    ),
    Peer("chrono-node", ("chrono-node",), ("node_run.cjs", "chrono-node"), "npm", node=True),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one reader made of every expression."""

    name: str
    version: str
    when: Mapping[str, Sequence[Mapping[str, Any]]]
    micros: Sequence[float]
    start_seconds: float | None


class UnavailableError(Exception):
    """The library cannot be had on this machine; the message says why."""


def install(peer: Peer, folder: Path) -> Callable[[str], str]:
    """Install the library under `folder`; answer a function from input lines to output lines."""
    return _install_node(peer, folder) if peer.node else _install_python(peer, folder)


def _install_python(peer: Peer, folder: Path) -> Callable[[str], str]:
    if peer.needs == "java" and not shutil.which("java"):
        raise UnavailableError("no JVM on this machine; install a Java runtime")
    home = folder / peer.packages[0]
    if not home.exists():
        venv.create(home, with_pip=True)
        _run([str(home / "bin" / "pip"), "install", "-q", *peer.packages])
    command = [str(home / "bin" / "python"), str(RUNNERS / peer.runner[0]), *peer.runner[1:]]
    return lambda feed: _run(command, feed)


def _install_node(peer: Peer, folder: Path) -> Callable[[str], str]:
    if not shutil.which("npm"):
        raise UnavailableError("no npm on this machine; install Node.js")
    home = folder / peer.name
    if not home.exists():
        home.mkdir(parents=True)
        (home / "package.json").write_text("{}")
        _run(["npm", "install", "--silent", "--no-fund", *peer.packages], at=home)
    command = ["node", str(RUNNERS / peer.runner[0]), *peer.runner[1:]]
    environment = {"NODE_PATH": str(home / "node_modules"), "TZ": "UTC"}
    return lambda feed: _run(command, feed, environment)


def _run(
    command: list[str],
    feed: str = "",
    environment: Mapping[str, str] | None = None,
    at: Path | None = None,
) -> str:
    done = subprocess.run(
        command,
        input=feed,
        capture_output=True,
        text=True,
        timeout=MINUTES * 60,
        env={**os.environ, **(environment or {})},
        cwd=at,
        check=False,
    )
    if done.returncode:
        raise UnavailableError(f"{command[0]} failed: {done.stderr.strip()[-300:]}")
    return done.stdout


def read_by(peer: Peer, rows: Sequence[Expression], folder: Path) -> Outcome:
    """Install, run once on one row for the start, then on all. Raises UnavailableError."""
    run = install(peer, folder)
    began = time.perf_counter()
    run(_feed(rows[:1]))
    start = time.perf_counter() - began
    answers = [json.loads(line) for line in run(_feed(rows)).splitlines() if line.startswith("{")]
    references = {row.id: row.reference for row in rows}
    return Outcome(
        peer.name,
        _version(peer, folder),
        {a["id"]: [_aware(w, references[a["id"]]) for w in a["when"]] for a in answers},
        [a["micros"] for a in answers],
        start,
    )


def _feed(rows: Sequence[Expression]) -> str:
    lines = [
        {"id": row.id, "text": row.text, "reference_datetime": row.reference.isoformat()}
        for row in rows
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _aware(when: Mapping[str, Any], reference: datetime) -> dict[str, str | None]:
    """Peers answer in local time; the row's own offset makes it an instant."""

    def shift(value: str | None) -> str | None:
        if value is None:
            return None
        return datetime.fromisoformat(value).replace(tzinfo=reference.tzinfo).isoformat()

    return {"start": shift(when["start"]), "end": shift(when["end"])}


def _version(peer: Peer, folder: Path) -> str:
    if peer.node:
        manifest = folder / peer.name / "node_modules" / peer.packages[0] / "package.json"
        return str(json.loads(manifest.read_text())["version"])
    home = folder / peer.packages[0]
    shown = _run([str(home / "bin" / "pip"), "show", peer.packages[0]])
    lines = [line for line in shown.splitlines() if line.startswith("Version: ")]
    return lines[0].removeprefix("Version: ")


def own(rows: Sequence[Expression]) -> Outcome:
    """The product on the same rows; its µs are of the whole understanding, not of dates alone."""
    read = in_process(rows)
    return Outcome(
        "约还 (yuehuan)",
        ENGINE,
        {name: reading.when for name, reading in read.items()},
        [reading.micros for reading in read.values()],
        None,
    )


def measure(outcome: Outcome, rows: Sequence[Expression]) -> dict[str, Any]:
    """The figures of one reader."""
    when = {row.id: outcome.when.get(row.id, []) for row in rows}
    held, empty = tally.dates([row for row in rows if row.single_reading], when)
    plain, _ = tally.dates(
        [row for row in rows if row.single_reading and not row.house_convention], when
    )
    return {
        "name": outcome.name,
        "version": outcome.version,
        "exact": held.exact_rate,
        "wrong": held.wrong_rate,
        "none": held.none / held.of,
        "exact_without_house_conventions": plain.exact_rate,
        "wrong_without_house_conventions": plain.wrong_rate,
        "expressions": held.of,
        "expressions_without_house_conventions": plain.of,
        "invented": empty.wrong,
        "texts_without_a_date": empty.of,
        "micros_median": median(outcome.micros),
        "micros_p95": quantiles(outcome.micros, n=20)[-1],
        "start_seconds": outcome.start_seconds,
    }


def table(figures: Sequence[Mapping[str, Any]]) -> Table:
    """The figures side by side."""
    shown = Table(title="Chinese date and time expressions: the product and its peers")
    headings = "reader,version,exact,wrong,none,exact*,wrong*,invented,µs median,µs p95,start s"
    for heading in headings.split(","):
        shown.add_column(heading, justify="left" if heading == "reader" else "right")
    for one in figures:
        shown.add_row(*_cells(one))
    shown.caption = "* without the expressions whose label rests on a convention of this project"
    return shown


def _cells(one: Mapping[str, Any]) -> list[str]:
    rates = ("exact", "wrong", "none")
    plain = ("exact_without_house_conventions", "wrong_without_house_conventions")
    start = one["start_seconds"]
    return [
        one["name"],
        one["version"],
        *(f"{one[key] * 100:.1f} %" for key in (*rates, *plain)),
        f"{one['invented']}/{one['texts_without_a_date']}",
        f"{one['micros_median']:.0f}",
        f"{one['micros_p95']:.0f}",
        "" if start is None else f"{start:.1f}",
    ]


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.understanding.peers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument("--folder", type=Path, help="install here and keep it")
    parser.add_argument("--only", nargs="*", default=[], help="peers whose name contains this")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Read the dates by the product and by every peer that can be had, and compare."""
    options, rows, console = _arguments(argv), expressions(), Console()
    outcomes, missing = [own(rows)], {}
    wanted = [
        p
        for p in PEERS
        if not options.only or any(o.lower() in p.name.lower() for o in options.only)
    ]
    holder = nullcontext(options.folder) if options.folder else tempfile.TemporaryDirectory()
    with holder as folder:
        for peer in wanted:
            try:
                outcomes.append(read_by(peer, rows, Path(folder).resolve()))
            except (UnavailableError, subprocess.TimeoutExpired) as error:
                missing[peer.name] = str(error)
    figures = [measure(outcome, rows) for outcome in outcomes]
    console.print(table(figures))
    for name, reason in missing.items():
        console.print(f"{name}: not available ({reason})", markup=False)
    if options.json:
        text = json.dumps({"readers": figures, "not_available": missing}, ensure_ascii=False)
        options.json.write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
