"""Cell texts → values. Every reader takes clean text and raises CellError with a reason's code."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from bot.domain.ledger.words import LedgerWords, clean, key_of
from bot.domain.phone import Phone, PhoneError, parse_phone

#: Due dates outside are a slip of the pen (a birthday, a phone number, a wrong century).
YEARS = (2000, 2099)

#: Days of serial 0 in Excel's 1900 system, for serials after its imaginary 1900-02-29.
_EXCEL_ZERO = date(1899, 12, 30)

_SEPARATED = re.compile(
    r"^(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})[日号號]?(?:[ T]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\.0+)?$")
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
_MINGUO = re.compile(r"^(?:民国|民國)(\d{2,3})[年./-](\d{1,2})[月./-](\d{1,2})[日号號]?$")

#: 1.38E+10: a spreadsheet kept the first digits only.
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")

_FIGURE = re.compile(r"^([^\d.]*)(\d[\d,]*(?:\.\d*)?|\.\d+)([^\d.]*)$")
_GROUPED = re.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
_PLAIN = re.compile(r"^(?:\d+(?:\.\d*)?|\.\d+)$")
_NEGATIVE = ("-", "−", "(")

_PHONE_LIST = re.compile(r"[、,;/|\n]+|\s+(?=\+)|(?<=\d{7})\s+(?=1\d{10}(?!\d))")
_INSTALMENT = re.compile(r"^第?(\d{1,4})期?(?:/\d{1,4}期?)?(?:\.0+)?$")
_WHOLE = re.compile(r"^(\d{1,6})(?:\.0+)?[次回]?$")
_DAY = re.compile(r"^(?:每月)?(\d{1,2})(?:\.0+)?[日号號]?$")
_ID = re.compile(r"^\d*[\dxX]$")


class CellError(ValueError):
    """A cell cannot be read. `code` names the sentence, `details` fill it."""

    def __init__(self, code: str, /, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def read_date(text: str) -> date:
    """ISO, 2026/3/5, 2026.3.5, 2026年3月5日, 20260305, Excel serial, 民国115年3月5日."""
    compact = text.replace(" ", "") if ":" not in text else text
    serial = _SERIAL.match(compact)
    if serial:
        return _in_years(_EXCEL_ZERO + timedelta(days=int(serial.group(1))))
    minguo = _MINGUO.match(compact)
    parts = _SEPARATED.match(compact) or _COMPACT.match(compact) or minguo
    if parts is None:
        raise CellError("date_unreadable")
    year, month, day = (int(part) for part in parts.groups())
    try:
        return _in_years(date(year + 1911 if minguo else year, month, day))
    except ValueError as wrong:
        if isinstance(wrong, CellError):
            raise
        raise CellError("date_impossible") from wrong


def _in_years(day: date) -> date:
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise CellError("date_out_of_range", first=str(YEARS[0]), last=str(YEARS[1]))
    return day


def read_amount(text: str, words: LedgerWords) -> tuple[Decimal, str | None]:
    """The figure in major units and the currency written beside it, if any.

    Commas, ￥, 元, 万, a sign before or after and accountants' brackets are understood.
    """
    parts = _FIGURE.match(text.replace(" ", "").removesuffix("整").removesuffix("正"))
    if parts is None:
        raise CellError("amount_unreadable")
    before, figure, after = parts.groups()
    negative = any(sign in before for sign in _NEGATIVE)
    currency = _sign(before.strip("-−(+"), words)
    factor, named = _suffix(after.rstrip(")"), words)
    value = _figure(figure) * factor
    return (-value if negative else value), currency or named


def _figure(figure: str) -> Decimal:
    if not (_PLAIN.match(figure) or _GROUPED.match(figure)):
        raise CellError("amount_unreadable")
    try:
        return Decimal(figure.replace(",", ""))
    except InvalidOperation as wrong:
        raise CellError("amount_unreadable") from wrong


def _sign(word: str, words: LedgerWords) -> str | None:
    """The currency a sign before the figure names; None for nothing or a bare $."""
    key = key_of(word)
    if not key or key == "$":
        return None
    if key not in words.currencies:
        raise CellError("amount_unreadable")
    return words.currencies[key]


def _suffix(word: str, words: LedgerWords) -> tuple[Decimal, str | None]:
    """Factor and currency of what stands after the figure: 万, 元, 万美元, HKD."""
    key = key_of(word)
    if not key:
        return Decimal(1), None
    if key in words.units:
        return words.units[key], None
    for cut in range(len(key)):
        unit, currency = key[:cut], words.currencies.get(key[cut:])
        if currency and (not unit or unit in words.units):
            return (words.units[unit] if unit else Decimal(1)), currency
    raise CellError("amount_unreadable")


def read_phones(text: str, region: str) -> tuple[list[Phone], list[str]]:
    """The phones in one cell (separated by 、 , ; / or lines) and codes of the unusable ones."""
    if _SCIENTIFIC.match(text):
        return [], ["number_truncated"]
    phones, codes = [], []
    for part in filter(None, (part.strip() for part in _PHONE_LIST.split(text))):
        try:
            phones.append(parse_phone(part, region))
        except PhoneError as wrong:
            codes.append(wrong.code)
    return phones, codes


def read_number_text(text: str) -> str:
    """A contract, invoice or customer number, without spaces; kept as written otherwise."""
    if _SCIENTIFIC.match(text):
        raise CellError("number_truncated")
    compact = text.replace(" ", "")
    if len(compact) > 100:
        raise CellError("number_too_long")
    return compact.removesuffix(".0") if compact[:-2].isdigit() else compact


def read_instalment(text: str) -> tuple[str, int | None]:
    """`3`, `第3期`, `3/12` → ("3", 3); a word (`尾款`) is a reference without a number."""
    found = _INSTALMENT.match(text.replace(" ", ""))
    if found:
        number = int(found.group(1))
        return str(number), number or None
    if len(text) > 40 or text.startswith("-") or not any(c.isalnum() for c in text):
        raise CellError("instalment_unreadable")
    return text, None


def read_currency(text: str, words: LedgerWords) -> str:
    """ISO 4217 code of a currency the product accepts."""
    found = words.currencies.get(key_of(text))
    if found is None:
        accepted = ", ".join(sorted(set(words.currencies.values())))
        raise CellError("currency_unknown", accepted=accepted)
    return found


def read_payday(text: str) -> int:
    """Day of the month, 1–31."""
    found = _DAY.match(text.replace(" ", ""))
    if found is None or not 1 <= int(found.group(1)) <= 31:
        raise CellError("payday_unreadable")
    return int(found.group(1))


def read_count(text: str) -> int:
    """A small whole number."""
    found = _WHOLE.match(text)
    if found is None or int(found.group(1)) > 999:
        raise CellError("count_unreadable")
    return int(found.group(1))


def read_locale(text: str, words: LedgerWords) -> str:
    """zh-CN, zh-TW or zh-HK."""
    found = words.locales.get(key_of(text))
    if found is None:
        raise CellError("locale_unknown")
    return found


def read_id_tail(text: str) -> str:
    """The last four characters of an identity number; nothing longer is ever kept.

    A shorter run of digits lost its leading zeros in a spreadsheet and gets them back.
    """
    compact = clean(text).replace(" ", "").removesuffix(".0").replace("*", "")
    if not _ID.match(compact):
        raise CellError("id_tail_unreadable")
    return compact[-4:].upper().zfill(4)
