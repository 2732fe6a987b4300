"""One checkout: an exact amount that somebody may pay once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.bad_input import BadInputError
from sandbox.clock import iso, parse_iso

CURRENCY = re.compile(r"[A-Z]{3}")
# ISO 4217: currencies without minor units, among those the product may meet
WITHOUT_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})
LARGEST_AMOUNT = 10**12
TEXTS = {"reference": 200, "return_url": 2000, "notify_url": 2000}


@dataclass(slots=True)
class Checkout:
    """`amount`, `refunded`: minor units. `status`: open, paid, refunded (in full).

    `provider` is whose part the sandbox plays; `cancel_url` is where its payer goes without paying,
    empty for `return_url` with the result. `disputed`: the payer's bank took the money back.
    """

    id: str
    amount: int
    currency: str
    reference: str
    return_url: str
    notify_url: str
    description: str
    created: datetime
    status: str = "open"
    payment_id: str | None = None
    paid_at: datetime | None = None
    refunded: int = 0
    provider: str = "sandbox"
    cancel_url: str = ""
    disputed: bool = False

    @property
    def shown_amount(self) -> str:
        """`1,234.50` in major units."""
        if self.currency in WITHOUT_CENTS:
            return f"{self.amount:,}"
        return f"{self.amount // 100:,}.{self.amount % 100:02d}"

    def to_json(self, base_url: str) -> dict[str, Any]:
        """The resource, instants in ISO 8601 on the simulated clock."""
        return {
            "id": self.id,
            "url": f"{base_url}/pay/{self.id}",
            "status": self.status,
            "provider": self.provider,
            "disputed": self.disputed,
            "amount": self.amount,
            "currency": self.currency,
            "reference": self.reference,
            "description": self.description,
            "return_url": self.return_url,
            "notify_url": self.notify_url,
            "created": iso(self.created),
            "payment_id": self.payment_id,
            "paid_at": iso(self.paid_at) if self.paid_at else None,
            "refunded": self.refunded,
        }


def check_request(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a create request. Raises BadInputError."""
    unknown = set(raw) - {"amount", "currency", "description", *TEXTS}
    if unknown:
        raise BadInputError(min(unknown), f"unknown field {min(unknown)!r}")
    amount = check_amount(raw.get("amount"))
    currency = raw.get("currency")
    if not isinstance(currency, str) or not CURRENCY.fullmatch(currency):
        raise BadInputError("currency", "currency is an ISO 4217 code such as CNY")
    texts = {name: _text(raw, name, longest) for name, longest in TEXTS.items()}
    description = raw.get("description", "")
    if not isinstance(description, str) or len(description) > 200:
        raise BadInputError("description", "description is a text of up to 200 characters")
    return {"amount": amount, "currency": currency, "description": description, **texts}


def check_amount(amount: Any) -> int:
    """A positive whole number of minor units. Raises BadInputError."""
    whole = isinstance(amount, int) and not isinstance(amount, bool)
    if not whole or not 0 < amount <= LARGEST_AMOUNT:
        raise BadInputError("amount", "amount is a positive whole number of minor units (分)")
    return int(amount)


def _text(raw: Mapping[str, Any], name: str, longest: int) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise BadInputError(name, f"{name} is required, a text of up to {longest} characters")
    if name.endswith("_url") and not value.startswith(("http://", "https://")):
        raise BadInputError(name, f"{name} must begin with http:// or https://")
    return value


def checkout_from_log(entry: Mapping[str, Any]) -> Checkout:
    """The checkout that a `checkout` log entry tells of."""
    names = ("id", "amount", "currency", "description", *TEXTS)
    played = {name: entry[name] for name in ("provider", "cancel_url") if name in entry}
    own = {name: entry[name] for name in names}
    return Checkout(created=parse_iso(entry["at"]), **own, **played)
