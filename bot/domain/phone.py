"""Phone numbers as people write them → E.164, what the line can carry, and where it may lie.

The numbering plans are those of the `phonenumbers` library.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, timezone

from bot.domain.vocabulary import PhoneKind


@dataclass(frozen=True, slots=True)
class Phone:
    """One number of one person. `zones` is never empty."""

    e164: str  #: `+8613800138000`
    kind: PhoneKind
    region: str  #: ISO 3166 region, `ZZ` when the plan does not say
    zones: tuple[str, ...]  #: IANA zones the number may lie in
    extension: str | None = None  #: digits to press once the switchboard answers

    @property
    def masked(self) -> str:
        """`138****5678`, for logs and lists."""
        return mask(self.e164)


class PhoneError(ValueError):
    """The text is no number of a person. `code` names why; the text itself is not repeated.

    Codes: `phone_unreadable` (no number at all), `phone_invalid` (not in the numbering plan),
    `phone_service` (free-phone, premium, shared-cost and other service numbers).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_KINDS = {
    PhoneNumberType.MOBILE: PhoneKind.MOBILE,
    PhoneNumberType.FIXED_LINE: PhoneKind.LANDLINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: PhoneKind.UNKNOWN,
    PhoneNumberType.PERSONAL_NUMBER: PhoneKind.UNKNOWN,
    PhoneNumberType.VOIP: PhoneKind.UNKNOWN,
    PhoneNumberType.UNKNOWN: PhoneKind.UNKNOWN,
}

_NOWHERE = "Etc/Unknown"
_SPACES = re.compile(r"[\s\u200b\u200e\u202a-\u202e\ufeff]+")
_DASHES = re.compile(r"[‐‑‒–—―−ー－]")

#: 转 203, 分机203, and the third group of 010-65529988-203.
_EXTENSION = re.compile(r"(?:转|轉|分机|分機|内线|內線|#)[::]?(\d{1,7})$")
_THIRD_GROUP = re.compile(r"^(\(?0\d{2,3}\)?-\d{7,8})-(\d{1,6})$")


def parse_phone(text: str, region: str) -> Phone:
    """The number `text` names; one without a country code is read in `region` (ISO 3166).

    Full-width digits, spaces, dashes, brackets, `0086` and extensions are understood.
    Raises PhoneError.
    """
    return _parse(_tidy(text), region)


@lru_cache(maxsize=4096)
def _parse(tidy: str, region: str) -> Phone:
    body, extension = _split(tidy)
    try:
        number = phonenumbers.parse(_international(body), region)
    except phonenumbers.NumberParseException as wrong:
        raise PhoneError("phone_unreadable") from wrong
    if not phonenumbers.is_valid_number(number):
        raise PhoneError("phone_invalid")
    kind = _KINDS.get(phonenumbers.number_type(number))
    zones = tuple(z for z in timezone.time_zones_for_number(number) if z != _NOWHERE)
    if kind is None or not zones:
        raise PhoneError("phone_service")
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        kind=kind,
        region=phonenumbers.region_code_for_number(number) or "ZZ",
        zones=zones,
        extension=extension or number.extension,
    )


def _tidy(text: str) -> str:
    return _DASHES.sub("-", _SPACES.sub("", unicodedata.normalize("NFKC", text)))


def _split(tidy: str) -> tuple[str, str | None]:
    """The number and its extension."""
    written = _EXTENSION.search(tidy)
    if written:
        return tidy[: written.start()], written.group(1)
    third = _THIRD_GROUP.match(tidy)
    return (third.group(1), third.group(2)) if third else (tidy, None)


def _international(body: str) -> str:
    """00 is the international prefix nearly everywhere and begins no subscriber number."""
    return f"+{body[2:]}" if body.startswith("00") else body


def mask(e164: str) -> str:
    """`+8613800138000` → `138****8000`; other countries keep their code: `+852 51****30`.

    A number that cannot be parsed keeps its first two characters only.
    """
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return f"{e164[:2]}****"
    digits = _national(number)
    head, tail = (3, 4) if len(digits) > 9 else (2, 2)
    masked = f"{digits[:head]}****{digits[-tail:]}"
    return masked if number.country_code == 86 else f"+{number.country_code} {masked}"


def _national(number: PhoneNumber) -> str:
    return phonenumbers.national_significant_number(number)
