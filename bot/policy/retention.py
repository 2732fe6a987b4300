"""How long recordings of calls are kept: the longest any of the portfolio's packs asks for.

Rules cn.retain (consumer-finance company measures: at least five years), us.retain (12 CFR 1006.100:
three years), tw (at least six months); hk and uk state no figure, one year is a product choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

_DAYS: Mapping[str, int] = {"cn": 5 * 366, "us": 3 * 366, "tw": 184, "hk": 366, "uk": 366}

#: Of a pack nobody has stated a figure for.
_USUAL = 366


def kept_for(packs: Iterable[str]) -> timedelta:
    """The span recordings of a portfolio with these packs are kept."""
    return timedelta(days=max((_DAYS.get(pack, _USUAL) for pack in packs), default=_USUAL))
