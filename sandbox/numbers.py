"""What the sandbox knows of phone numbers."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

E164 = re.compile(r"\+[1-9]\d{6,14}")
SHORT_CODE = re.compile(r"\d{5,6}")
ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +\-_&]{1,11}")


@lru_cache(maxsize=65_536)
def _parsed(number: str) -> phonenumbers.PhoneNumber | None:
    if not E164.fullmatch(number):
        return None
    try:
        return phonenumbers.parse(number)
    except NumberParseException:
        return None


@lru_cache(maxsize=65_536)
def is_dialable(number: str) -> bool:
    """E.164 with a country code that exists and a length that country uses."""
    parsed = _parsed(number)
    return parsed is not None and phonenumbers.is_possible_number(parsed)


@lru_cache(maxsize=65_536)
def is_landline(number: str) -> bool:
    """Certainly a fixed line (numbers that may be either, as in North America, are not)."""
    parsed = _parsed(number)
    return parsed is not None and phonenumbers.number_type(parsed) == PhoneNumberType.FIXED_LINE


def is_sender_shape(sender: str) -> bool:
    """E.164, a short code, or an alphanumeric sender of up to 11 characters."""
    return any(shape.fullmatch(sender) for shape in (E164, SHORT_CODE, ALPHANUMERIC))


def country(number: str) -> str:
    """`CN`, `US` …; empty when unknown."""
    parsed = _parsed(number)
    return (phonenumbers.region_code_for_number(parsed) or "") if parsed else ""


@lru_cache(maxsize=65_536)
def readable(number: str) -> str:
    """`+86 138 0013 8000` for E.164; anything else unchanged."""
    parsed = _parsed(number)
    if parsed is None:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
