"""Money: integer minor units and an ISO 4217 code. Currencies never mix."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

#: Minor-unit digits that differ from two (ISO 4217, list one).
_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}

#: How an amount is named in a Chinese sentence.
_UNITS = {
    "CNY": "元",
    "TWD": "元",
    "HKD": "港元",
    "MOP": "澳门元",
    "USD": "美元",
    "SGD": "新加坡元",
    "MYR": "马币",
    "GBP": "英镑",
    "EUR": "欧元",
    "JPY": "日元",
}


class CurrencyMismatchError(ValueError):
    """Two currencies met in one sum."""


def exponent(currency: str) -> int:
    """Digits after the point of `currency` (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """`amount` in major units as minor units.

    Raises ValueError when the amount is finer than the currency's smallest unit.
    """
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is finer than one minor unit of {currency}")
    return int(scaled)


def to_major(minor: int, currency: str) -> Decimal:
    """Minor units as a Decimal of major units with the currency's digits."""
    return Decimal(minor).scaleb(-exponent(currency))


def plain(minor: int, currency: str) -> str:
    """`204750, CNY` → `2047.50`."""
    digits = exponent(currency)
    if not digits:
        return str(minor)
    whole, part = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{digits}d}"


def spoken(minor: int, currency: str) -> str:
    """The amount as a Chinese sentence names it: `2047.50元`, whole sums without zeros."""
    text = plain(minor, currency)
    if "." in text and not text.rsplit(".", 1)[1].strip("0"):
        text = text.split(".", 1)[0]
    return text + _UNITS.get(currency, currency)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} cannot be added")
        return Money(self.minor + other.minor, self.currency)

    def __str__(self) -> str:
        return f"{plain(self.minor, self.currency)} {self.currency}"
