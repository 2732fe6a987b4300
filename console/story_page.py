"""A page of a case's story, and the addresses of the pages around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.store.story_views import PARTS, Cursor, StoryViews
from bot.store.views import Row
from console.story import Entry, Teller
from console.words import rule_word

#: Entries on one page; the first tells where things stand, the rest is asked for.
LENGTH = 60


@dataclass(frozen=True, slots=True)
class StoryAsked:
    """Which part of the story, and from where on."""

    part: str = "all"
    before: Cursor | None = None

    @classmethod
    def read(cls, args: Mapping[str, str]) -> StoryAsked:
        """From an address; what means nothing is left out."""
        part = args.get("part", "")
        return cls(part if part in PARTS else "all", Cursor.read(args.get("before", "")))


@dataclass(frozen=True, slots=True)
class Told:
    """A page of the story by days; `older` is the next page's cursor, empty at the end."""

    days: Sequence[tuple[str, list[Entry]]]
    part: str
    older: str
    first: bool


def tell(stories: StoryViews, case: Row, today: date, asked: StoryAsked) -> Told:
    """The page that is asked for."""
    page = stories.page(case["id"], part=asked.part, before=asked.before, limit=LENGTH)
    teller = Teller(case["currency"], case["zone"], today, rule_word)
    older = page.older.told() if page.older else ""
    return Told(teller.by_day(teller.tell(page.items)), asked.part, older, asked.before is None)
