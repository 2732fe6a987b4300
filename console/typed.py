"""What people type into a case's forms: days and sums, or a clear no."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

from bot.domain.money import to_minor
from bot.flows.desk import DeskError


def typed_day(text: str) -> date:
    """An ISO day, as date fields send it. Raises DeskError(bad_date)."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise DeskError("bad_date") from wrong


def typed_minor(text: str, currency: str) -> int | None:
    """`1,000.5`, `￥１０００`, `1000元` in minor units; None when nothing was typed.

    Raises DeskError(bad_amount).
    """
    bare = unicodedata.normalize("NFKC", text).strip().rstrip("元").replace(",", "").strip("¥ ")
    try:
        return to_minor(Decimal(bare), currency) if bare else None
    except (InvalidOperation, ValueError, OverflowError) as wrong:
        raise DeskError("bad_amount") from wrong
