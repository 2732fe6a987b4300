"""How many SMS segments a text takes.

Source: GSM 03.38 (7-bit alphabet: 160 characters, 153 each when concatenated) and UCS-2
(70 UTF-16 units, 67 each when concatenated). One character outside the alphabet, so any
Chinese one, makes the whole text UCS-2.
"""

from __future__ import annotations

GSM_SINGLE, GSM_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
_LAST_BMP = "\uffff"


def segments(text: str) -> int:
    """Segments `text` is billed as; an empty text takes one."""
    units = _gsm_units(text)
    if units is not None:
        return 1 if units <= GSM_SINGLE else -(-units // GSM_PART)
    length = len(text.encode("utf-16-le")) // 2
    if length != len(text):
        return _with_surrogates(text)
    return 1 if length <= UCS2_SINGLE else -(-length // UCS2_PART)


def encoding(text: str) -> str:
    """The alphabet it is sent in: GSM-7 or UCS-2."""
    return "UCS-2" if _gsm_units(text) is None else "GSM-7"


def _gsm_units(text: str) -> int | None:
    """Septets of `text`, None when it does not fit the 7-bit alphabet."""
    if text[:1] == "【":  # every Chinese SMS begins so: spare it the scan
        return None
    units = 0
    for char in text:
        if char in _GSM_BASIC:
            units += 1
        elif char in _GSM_EXTENDED:
            units += 2
        else:
            return None
    return units


def _with_surrogates(text: str) -> int:
    """Counts UTF-16 units; a pair (a rare character, an emoji) is never split over segments."""
    widths = [2 if char > _LAST_BMP else 1 for char in text]
    if sum(widths) <= UCS2_SINGLE:
        return 1
    parts, room = 1, UCS2_PART
    for width in widths:
        if width > room:
            parts, room = parts + 1, UCS2_PART
        room -= width
    return parts
