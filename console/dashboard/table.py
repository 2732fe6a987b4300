"""A table of the dashboard: typed columns, so that page, CSV and workbook show the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from bot.domain.figures.ratio import Ratio


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"  #: minor units of the table's currency
    SHARE = "share"  #: a Ratio told in per cent
    MONEY_RATIO = "money_ratio"  #: a Ratio of two sums, in per cent
    PLACE = "place"  #: a drawing; left out of files


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; `hint` is the definition, shown on hover."""

    name: str
    kind: Kind = Kind.TEXT
    hint: str = ""


Value = str | int | Ratio | Markup


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `tone` hot for what has to be looked at, total for sums. `hint` as of a column."""

    values: tuple[Value, ...]
    tone: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Table:
    """`key` names it in addresses. `note` says what has to be known to read it."""

    key: str
    title: str
    columns: Sequence[Column]
    lines: Sequence[Line]
    note: str = ""
    chart: Markup | None = None
    currency: str = ""
    empty: str = ""
    wide: bool = False
