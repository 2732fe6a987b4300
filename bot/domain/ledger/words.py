"""The words a ledger's header and cells may use; data, made by `bot.policy.ledger_columns`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Column(StrEnum):
    """What a column can hold. `IGNORE` is for `--map 列名=ignore`."""

    CONTRACT = "contract"
    INVOICE = "invoice"
    INSTALMENT = "instalment"
    NAME = "name"
    CUSTOMER_NO = "customer_no"
    PHONE = "phone"
    DUE_ON = "due_on"
    AMOUNT = "amount"
    PAID = "paid"
    CURRENCY = "currency"
    ID_TAIL = "id_tail"
    PAYDAY = "payday"
    LATE_COUNT = "late_count"
    LOCALE = "locale"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class LedgerWords:
    """Synonyms, all in the form `key_of` gives."""

    columns: Mapping[str, Column]  #: header → column
    ranks: Mapping[str, int]  #: header → place in its list; the first listed wins
    refused: Mapping[str, str]  #: header of somebody else's phone → why it stays out
    units: Mapping[str, Decimal]  #: unit in a header, or after a figure → factor (万 = 10,000)
    currencies: Mapping[str, str]  #: code, name or sign → ISO 4217
    locales: Mapping[str, str]  #: word → zh-CN, zh-TW, zh-HK
    locale_of_region: Mapping[str, str]  #: ISO 3166 → locale
    default_locale: str
    totals: frozenset[str]  #: 合计, total …
    notes: tuple[str, ...]  #: beginnings of rows that are remarks: 制表人, 备注 …
    blanks: frozenset[str]  #: cells that mean nothing was written: -, 无, N/A …


_SPACES = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")
_DECORATION = re.compile(r"[\s_*:/／·.、。\-]+")


def clean(cell: str) -> str:
    """Full width → half width (NFKC), control characters out, white space folded."""
    if cell.isascii() and cell.isprintable():
        return cell.strip() if "  " not in cell else " ".join(cell.split())
    return _SPACES.sub(" ", _CONTROL.sub("", unicodedata.normalize("NFKC", cell))).strip()


def key_of(text: str) -> str:
    """How headers and words are compared: clean, lower case, without spaces and decoration."""
    return _DECORATION.sub("", clean(text).casefold())
