"""The sum a debtor typed."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from bot.domain.money import to_minor
from bot.flows.pay import AmountError

_SUM = re.compile(r"\d{1,12}(?:\.\d{0,6})?|\.\d{1,6}")
_AROUND = re.compile(r"[\s,，¥￥$元圆块圓塊]|NT\$?|HK\$?|RMB|CNY", re.IGNORECASE)


def typed_sum(text: str, currency: str) -> int:
    """Minor units of `500`, `５００．５`, `1,000元`.

    Raises AmountError: `empty`, `not_a_sum`, `too_fine`, `not_positive`.
    """
    tidy = _AROUND.sub("", unicodedata.normalize("NFKC", text))
    if not tidy:
        raise AmountError("empty")
    if not _SUM.fullmatch(tidy):
        raise AmountError("not_positive" if tidy.startswith("-") else "not_a_sum")
    try:
        minor = to_minor(Decimal(tidy), currency)
    except ValueError as finer:
        raise AmountError("too_fine") from finer
    if minor <= 0:
        raise AmountError("not_positive")
    return minor
