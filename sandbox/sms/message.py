"""One text message, either way, as the carrier keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.clock import iso, parse_iso, rfc2822
from sandbox.faults.rule import Rule
from sandbox.sms.errors import ERRORS

API_VERSION = "2010-04-01"
LOST = frozenset({"undelivered", "failed"})
FINAL = frozenset({"delivered", "undelivered", "failed", "received"})
Step = tuple[str, int | None]


@dataclass(slots=True)
class Message:
    """Mutable only under the book's lock. Instants are simulated, UTC.

    `to`/`from_` as given; `from_` is None while a messaging service has not chosen yet. `steps`
    are the statuses still to come at creation, with their error codes; `rev` is the log entry of
    the last change. `callbacks` is the story of its webhooks, for inspection; `held` are those
    kept back by a fault.
    """

    seq: int
    sid: str
    direction: str
    to: str
    from_: str | None
    body: str
    status: str
    created: datetime
    updated: datetime
    segments: int
    service: str | None = None
    callback: str | None = None
    attempt: str | None = None
    validity: int | None = None
    steps: tuple[Step, ...] = ()
    troubles: tuple[Rule, ...] = ()
    sent: datetime | None = None
    code: int | None = None
    rev: int = 0
    sender: str = ""
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    held: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def inbound(self) -> bool:
        """From the debtor's handset to us."""
        return self.direction == "inbound"

    @property
    def debtor(self) -> str:
        """The handset's number, whichever way the message went."""
        return (self.from_ or "") if self.inbound else self.to

    @property
    def our_number(self) -> str:
        """The sender's number, whichever way; known before a messaging service reveals it."""
        return self.to if self.inbound else self.sender

    def move(self, status: str, code: int | None, at: datetime) -> None:
        """Take the next status; one that failed never left the queue."""
        self.status, self.code, self.updated = status, code, at
        if status in {"sent", "delivered", "undelivered"}:
            self.sent = self.sent or at
        if status != "accepted":
            self.from_ = self.from_ or self.sender

    def resource(self, account: str) -> dict[str, Any]:
        """Twilio's Message resource."""
        uri = f"/{API_VERSION}/Accounts/{account}/Messages/{self.sid}"
        return {
            "account_sid": account,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": rfc2822(self.created),
            "date_sent": rfc2822(self.sent),
            "date_updated": rfc2822(self.updated),
            "direction": self.direction,
            "error_code": self.code,
            "error_message": ERRORS[self.code].message if self.code in ERRORS else None,
            "from": self.from_,
            "messaging_service_sid": self.service,
            "num_media": "0",
            "num_segments": str(self.segments),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }

    def to_json(self) -> dict[str, Any]:
        """The message as the control API and the handset see it."""
        return {
            "seq": self.seq,
            "rev": self.rev,
            "sid": self.sid,
            "direction": self.direction,
            "to": self.to,
            "from": self.from_ or self.sender,
            "body": self.body,
            "status": self.status,
            "error_code": self.code,
            "created": iso(self.created),
            "updated": iso(self.updated),
            "sent": iso(self.sent) if self.sent else None,
            "segments": self.segments,
            "service": self.service,
            "status_callback": self.callback,
            "attempt": self.attempt,
            "validity": self.validity,
            "callbacks": list(self.callbacks),
        }


def message_from_log(entry: dict[str, Any]) -> Message:
    """The message that a `request` (accepted) or `inbound` log entry tells of."""
    at = parse_iso(entry["at"])
    inbound = entry["kind"] == "inbound"
    return Message(
        seq=entry["message_seq"],
        sid=entry["sid"],
        direction="inbound" if inbound else "outbound-api",
        to=entry["to"],
        from_=entry["from"],
        body=entry["body"],
        status=entry["status"],
        created=at,
        updated=at,
        sent=at if inbound else None,
        segments=entry["segments"],
        service=entry.get("service"),
        callback=entry.get("callback"),
        attempt=entry.get("attempt"),
        validity=entry.get("validity"),
        steps=tuple((status, code) for status, code in entry.get("steps", ())),
        sender=entry.get("sender", ""),
        rev=entry["seq"],
    )
