"""One call, either way, as the carrier keeps it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import iso, parse_iso, rfc2822
from sandbox.faults.rule import Rule
from sandbox.numbers import readable
from sandbox.sms.message import API_VERSION
from sandbox.voice.order import CallOrder, order_from_log

LIVE = frozenset({"queued", "initiated", "ringing", "in-progress"})
OUTBOUND = frozenset({"outbound-api", "outbound-dial"})


@dataclass(slots=True)
class Call:
    """Mutable only under the book's lock.

    Time on the line is `elapsed`, seconds since `created` (simulated, UTC): it moves by what is
    said, waited and pressed, not by the clock. `answered_s` and `ended_s` are on that scale.
    `transcript`: what was said, pressed and done. `turns`: the webhooks that fetched TwiML.
    `rev` is the book's count at the last change.
    """

    seq: int
    sid: str
    direction: str
    order: CallOrder
    status: str
    created: datetime
    parent: str | None = None
    troubles: tuple[Rule, ...] = ()
    fate: str = ""
    rev: int = 0
    elapsed: float = 0.0
    answered_s: float | None = None
    ended_s: float | None = None
    answered_by: str | None = None
    sip: int | None = None
    sequence: int = 0
    waiting: dict[str, Any] | None = None
    transcript: list[dict[str, Any]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    complaints: list[dict[str, Any]] = field(default_factory=list)
    held: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def live(self) -> bool:
        """Not over yet."""
        return self.status in LIVE

    @property
    def inbound(self) -> bool:
        """Dialled on a handset."""
        return self.direction == "inbound"

    @property
    def handset(self) -> str:
        """The number of the person on the line."""
        return self.order.from_ if self.inbound else self.order.to

    @property
    def our_number(self) -> str:
        """The number the person sees or dialled."""
        return self.order.to if self.inbound else self.order.shown_from

    @property
    def moment(self) -> datetime:
        """Where the line's own time stands, UTC."""
        return self.created + timedelta(seconds=self.elapsed)

    @property
    def duration(self) -> int | None:
        """Whole seconds from answer to end, begun ones counted; None while it lasts or unanswered."""
        if self.answered_s is None or self.ended_s is None:
            return None
        return math.ceil(round(self.ended_s - self.answered_s, 3))

    def at(self, seconds: float | None) -> datetime | None:
        """The instant at `seconds` of line time."""
        return None if seconds is None else self.created + timedelta(seconds=seconds)

    def resource(self, account: str) -> dict[str, Any]:
        """Twilio's Call resource."""
        uri = f"/{API_VERSION}/Accounts/{account}/Calls/{self.sid}"
        return {
            "account_sid": account,
            "annotation": None,
            "answered_by": self.answered_by,
            "api_version": API_VERSION,
            "caller_name": None,
            "date_created": rfc2822(self.created),
            "date_updated": rfc2822(self.moment),
            "direction": self.direction,
            "duration": None if self.live else str(self.duration or 0),
            "end_time": rfc2822(self.at(self.ended_s)),
            "forwarded_from": None,
            "from": self.order.shown_from,
            "from_formatted": readable(self.order.shown_from),
            "group_sid": None,
            "parent_call_sid": self.parent,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "sid": self.sid,
            "start_time": rfc2822(self.at(self.answered_s)),
            "status": "queued" if self.status == "initiated" else self.status,
            "subresource_uris": {
                name: f"{uri}/{path}.json"
                for name, path in (("recordings", "Recordings"), ("notifications", "Notifications"))
            },
            "to": self.order.to,
            "to_formatted": readable(self.order.to),
            "trunk_sid": None,
            "uri": f"{uri}.json",
        }

    def to_json(self) -> dict[str, Any]:
        """The call as the control API and the handset see it."""
        return {
            "seq": self.seq,
            "rev": self.rev,
            "sid": self.sid,
            "parent": self.parent,
            "direction": self.direction,
            "to": self.order.to,
            "from": self.order.shown_from,
            "handset": self.handset,
            "our_number": self.our_number,
            "title": readable(self.handset),
            "our_title": readable(self.our_number),
            "status": self.status,
            "live": self.live,
            "sip": self.sip,
            "created": iso(self.created),
            "elapsed": round(self.elapsed, 2),
            "answered_at": iso(at) if (at := self.at(self.answered_s)) else None,
            "ended_at": iso(at) if (at := self.at(self.ended_s)) else None,
            "duration": self.duration,
            "answered_by": self.answered_by,
            "status_callback": self.order.callback or None,
            "attempt": self.order.attempt,
            "waiting": dict(self.waiting) if self.waiting else None,
            "transcript": list(self.transcript),
            "turns": list(self.turns),
            "callbacks": list(self.callbacks),
            "complaints": list(self.complaints),
        }


def call_from_log(entry: dict[str, Any]) -> Call:
    """The call that a `call` log entry tells of."""
    return Call(
        seq=entry["call_seq"],
        sid=entry["sid"],
        direction=entry["direction"],
        order=order_from_log(entry["order"]),
        status=entry["status"],
        created=parse_iso(entry["created"]),
        parent=entry.get("parent"),
        fate=entry.get("fate", ""),
    )
