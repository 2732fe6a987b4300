"""What the dashboard is handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bot.store.figures.reading import FigureViews


@dataclass(frozen=True)
class FigureParts:
    """Reads, and the line of the trail that an export leaves."""

    read: Callable[[], AbstractContextManager[FigureViews]]
    exported: Callable[[int, Mapping[str, str]], None]  #: collector's id, what was taken
