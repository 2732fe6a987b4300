"""The words a ledger's header and cells may use; data, made by `bot.policy.ledger_columns`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache


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
    PRINCIPAL = "principal"
    INTEREST = "interest"
    CHARGES = "charges"
    CURRENCY = "currency"
    ID_TAIL = "id_tail"
    PAYDAY = "payday"
    LATE_COUNT = "late_count"
    LOCALE = "locale"
    IGNORE = "ignore"


#: Characters of the longest word that means nothing was written.
LONGEST_BLANK = 8


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

    def is_blank(self, text: str) -> bool:
        """Whether a clean cell says nothing."""
        return not text or (len(text) <= LONGEST_BLANK and key_of(text) in self.blanks)


_SPACES = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")
_DECORATION = re.compile(r"[\s_*:/／·.、。\-]+")


def clean(cell: str) -> str:
    """Full width → half width (NFKC), control characters out, white space folded."""
    if not cell.isprintable():
        cell = _CONTROL.sub("", cell)
    text = cell if cell.isascii() else unicodedata.normalize("NFKC", cell)
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", text).strip()


@lru_cache(maxsize=8192)
def key_of(text: str) -> str:
    """How headers and words are compared: clean, lower case, without spaces and decoration."""
    return _DECORATION.sub("", clean(text).casefold())
