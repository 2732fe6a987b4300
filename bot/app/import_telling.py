"""What the import commands tell alike: figures, refusals, and how far they are."""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.app.errors import Refusal
from bot.policy.ledger_columns import Sentence

if TYPE_CHECKING:
    from rich.table import Table

#: Figures that are told even when they are zero.
_ALWAYS = frozenset({"rows", "rejected"})

Progress = Callable[[str, int, int | None], None]


def refusal_of(sentences: Mapping[str, Sentence], code: str, details: Mapping[str, str]) -> Refusal:
    """A file that cannot be used, in both languages, with what to do about it."""
    sentence = sentences[code].filled(details)
    problem, remedy = f"{sentence.zh} {sentence.en}", f"{sentence.remedy_zh} {sentence.remedy}"
    return Refusal(problem, remedy, code=2)


def counted(named: Iterable[tuple[str, str, int]]) -> Table:
    """Chinese, English, count; lines that say nothing are left out."""
    from rich.table import Table

    table = Table(show_header=False, box=None)
    for chinese, english, count in named:
        if count or english in _ALWAYS:
            table.add_row(chinese, english, f"{count:,}")
    return table


@contextmanager
def progress_bar(steps: Mapping[str, str]) -> Iterator[Progress]:
    """A bar for each step (name → words) on stderr when that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    tasks = {step: bar.add_task(words, total=None, visible=False) for step, words in steps.items()}

    def moved(step: str, done: int, total: int | None) -> None:
        bar.update(tasks[step], completed=done, total=total, visible=True)

    with bar:
        yield moved
