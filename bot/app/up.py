"""All processes in one terminal: what one of them says is prefixed with its name."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.app.parent import VARIABLE
from bot.app.ticker import STOP_SIGNALS

COLOURS = (36, 33, 35, 32, 34)  # cyan, yellow, magenta, green, blue
STOP_WITHIN = 30.0  # seconds; a worker may be in the middle of a batch
LAST_LINES_WITHIN = 5.0
LINE_LIMIT = 1 << 20


@dataclass(frozen=True)
class Child:
    """A program to run beside the others.

    Attributes:
        command: program and arguments.
        extra: environment variables on top of ours.
    """

    name: str
    command: Sequence[str]
    extra: Mapping[str, str] = field(default_factory=dict)


def yuehuan(name: str, *words: str, extra: Mapping[str, str] | None = None) -> Child:
    """A child that is one of our own commands."""
    command = [sys.executable, "-m", "bot.app.cli", *(words or [name])]
    return Child(name, command, extra or {})


def run_together(children: Sequence[Child]) -> str | None:
    """Run all children until Ctrl-C, SIGTERM, or the end of one of them; then stop the rest.

    Returns:
        None after a signal; otherwise what became of the child that ended by itself.
    """
    return asyncio.run(_Terminal(children).run())


class _Terminal:
    def __init__(self, children: Sequence[Child]) -> None:
        self.children = children
        self.width = max(len(child.name) for child in children)
        self.coloured = sys.stdout.isatty()
        self.processes: dict[str, asyncio.subprocess.Process] = {}

    async def run(self) -> str | None:
        asked = asyncio.Event()
        for each in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(each, asked.set)
        readers = [await self._start(place, child) for place, child in enumerate(self.children)]
        stop = asyncio.create_task(asked.wait(), name="")
        ends = [asyncio.create_task(p.wait(), name=name) for name, p in self.processes.items()]
        done, _ = await asyncio.wait([stop, *ends], return_when=asyncio.FIRST_COMPLETED)
        await self._stop_all()
        await asyncio.wait(readers, timeout=LAST_LINES_WITHIN)
        if stop in done:
            return None
        stop.cancel()
        first = done.pop()
        return f"{first.get_name()} {_outcome(int(first.result()))}"

    async def _start(self, place: int, child: Child) -> asyncio.Task[None]:
        process = await asyncio.create_subprocess_exec(
            *child.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", VARIABLE: "1", **child.extra},
            limit=LINE_LIMIT,
            start_new_session=True,  # Ctrl-C reaches us alone, so that we stop them in order
        )
        self.processes[child.name] = process
        assert process.stdout is not None
        colour = COLOURS[place % len(COLOURS)]
        return asyncio.create_task(self._repeat(child.name, colour, process.stdout))

    async def _repeat(self, name: str, colour: int, lines: asyncio.StreamReader) -> None:
        prefix = f"{name:<{self.width}} | "
        if self.coloured:
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        while line := await lines.readline():
            sys.stdout.write(prefix + line.decode(errors="replace").rstrip("\n") + "\n")
            sys.stdout.flush()

    async def _stop_all(self) -> None:
        """Everybody is asked at once: a request or a job that runs is finished by its process."""
        running = [p for p in self.processes.values() if p.returncode is None]
        for process in running:
            _send(process, signal.SIGTERM)
        if not running:
            return
        _, late = await asyncio.wait(
            [asyncio.create_task(process.wait()) for process in running], timeout=STOP_WITHIN
        )
        if late:
            for process in running:
                _send(process, signal.SIGKILL)


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except ProcessLookupError:
        return


def _outcome(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
