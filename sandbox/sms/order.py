"""What a create request asks for, checked as Twilio checks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sandbox.ids import is_sid
from sandbox.numbers import is_dialable, is_landline, is_sender_shape
from sandbox.sms.errors import Refusal

LONGEST_BODY = 1600
LONGEST_VALIDITY_S = 36_000
DELIVERED_FIELDS = frozenset(
    {"To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod"}
)
HARMLESS_FIELDS = frozenset(
    {
        "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ContentRetention",
        "AddressRetention", "SmartEncoded", "ShortenUrls", "TrafficType", "MessageIntent",
        "RiskCheck", "ForceDelivery",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """A create request as it was written, nothing checked yet; "" means absent."""

    to: str
    from_: str
    service: str
    body: str
    callback: str
    validity: str
    unknown: tuple[str, ...]

    @property
    def attempt(self) -> str | None:
        """The attempt id that the status-callback URL carries as `attempt=…`, if any."""
        found = parse_qs(urlsplit(self.callback).query).get("attempt")
        return found[0] if found else None


def read_order(form: Mapping[str, str]) -> Order:
    """The order in a form; never fails."""
    known = DELIVERED_FIELDS | HARMLESS_FIELDS
    return Order(
        to=form.get("To", "").strip(),
        from_=form.get("From", "").strip(),
        service=form.get("MessagingServiceSid", "").strip(),
        body=form.get("Body", ""),
        callback=form.get("StatusCallback", ""),
        validity=form.get("ValidityPeriod", ""),
        unknown=tuple(sorted(name for name in form if name not in known)),
    )


def check_order(order: Order, senders: tuple[str, ...]) -> None:
    """Raises Refusal with the code Twilio would give; the first fault found counts."""
    if order.unknown:
        names = ", ".join(order.unknown)
        raise Refusal(20001, detail=f"Unknown parameters (or not spoken by the sandbox): {names}")
    _check_destination(order)
    _check_sender(order, senders)
    if not order.body.strip():
        raise Refusal(21602)
    if len(order.body) > LONGEST_BODY:
        raise Refusal(21617)
    validity_seconds(order.validity)


def _check_destination(order: Order) -> None:
    if not order.to:
        raise Refusal(21604)
    if not is_dialable(order.to):
        raise Refusal(21211, to=order.to)
    if is_landline(order.to):
        raise Refusal(21614, to=order.to)


def _check_sender(order: Order, senders: tuple[str, ...]) -> None:
    if order.service:
        if not is_sid(order.service, "MG"):
            raise Refusal(21701, service=order.service)
        if not (senders or order.from_):
            raise Refusal(21703)
    elif not order.from_:
        raise Refusal(21603)
    if order.from_ == order.to:
        raise Refusal(21266, to=order.to)
    if order.from_ and not is_sender_shape(order.from_):
        raise Refusal(21212, from_=order.from_)
    if order.from_ and senders and order.from_ not in senders:
        raise Refusal(21606, from_=order.from_)


def validity_seconds(text: str) -> int | None:
    """`ValidityPeriod` in seconds; None when absent. Raises Refusal 21624 outside 1…36000."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LONGEST_VALIDITY_S):
        raise Refusal(21624)
    return int(text)
