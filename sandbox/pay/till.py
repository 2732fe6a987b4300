"""Checkouts and what happens to them: paid, failed, refunded. Every change is logged first."""

import threading
from typing import Any

from sandbox.bad_input import BadInputError
from sandbox.clock import SimClock, iso, parse_iso
from sandbox.ids import NewId
from sandbox.journal import Entry, Journal
from sandbox.pay.checkout import Checkout, check_amount, check_request, checkout_from_log
from sandbox.pay.notices import Notices

#: Whose payers' banks can take money back, and which tell so.
DISPUTABLE = frozenset({"sandbox", "stripe"})


class Till:
    """All checkouts, in memory."""

    def __init__(self, clock: SimClock, journal: Journal, notices: Notices, ids: NewId) -> None:
        self._clock = clock
        self._journal = journal
        self._notices = notices
        self._ids = ids
        self._lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self.checkouts: dict[str, Checkout] = {}
            self._by_key: dict[str, str] = {}
            self._events: dict[str, list[dict[str, Any]]] = {}

    def open(self, raw: dict[str, Any], idempotency_key: str = "") -> Checkout:
        """A new checkout; the same key gives the one made before. Raises BadInputError."""
        return self.begin(check_request(raw), idempotency_key)

    def begin(self, wanted: dict[str, Any], idempotency_key: str) -> Checkout:
        """As `open`, for fields that were checked by the provider whose part is played."""
        if not self._notices.may_go_to(wanted["notify_url"]):
            raise BadInputError(
                "notify_url", "the sandbox may not post there; see SANDBOX_CALLBACK_HOSTS"
            )
        with self._lock:
            if idempotency_key in self._by_key:
                return self._same(self.checkouts[self._by_key[idempotency_key]], wanted)
            entry = self._journal.write(
                "checkout", id=self._ids("co_"), key=idempotency_key, **wanted
            )
            return self.keep(entry)

    def _same(self, checkout: Checkout, wanted: dict[str, Any]) -> Checkout:
        if any(getattr(checkout, name) != value for name, value in wanted.items()):
            raise BadInputError("Idempotency-Key", "this key was used for another checkout", 409)
        return checkout

    def keep(self, entry: Entry) -> Checkout:
        """Take in a `checkout` log entry."""
        checkout = checkout_from_log(entry)
        self.checkouts[checkout.id] = checkout
        if entry["key"]:
            self._by_key[entry["key"]] = checkout.id
        return checkout

    def find(self, checkout_id: str) -> Checkout:
        """Raises BadInputError (404) when there is none."""
        checkout = self.checkouts.get(checkout_id)
        if checkout is None:
            raise BadInputError("id", f"no checkout {checkout_id}", 404)
        return checkout

    def pay(self, checkout_id: str) -> Checkout:
        """Pay it in full and notify. Raises BadInputError (409) when it is not open."""
        with self._lock:
            checkout = self.find(checkout_id)
            if checkout.status != "open":
                raise BadInputError("id", f"checkout is {checkout.status} already", 409)
            return self._settle(checkout, "payment.succeeded", "payment", checkout.amount)

    def refund(self, checkout_id: str, amount: Any = None) -> Checkout:
        """Give back all that is left, or a part. Raises BadInputError."""
        with self._lock:
            checkout = self.find(checkout_id)
            left = checkout.amount - checkout.refunded
            if checkout.status != "paid":
                raise BadInputError("id", f"checkout is {checkout.status}, nothing to refund", 409)
            wanted = left if amount is None else check_amount(amount)
            if wanted > left:
                raise BadInputError("amount", f"only {left} is left to refund", 409)
            return self._settle(checkout, "payment.refunded", "refund", wanted)

    def dispute(self, checkout_id: str) -> Checkout:
        """The payer's bank takes back what was not refunded. Raises BadInputError."""
        with self._lock:
            checkout = self._reversible(checkout_id, disputed=False)
            left = checkout.amount - checkout.refunded
            return self._settle(checkout, "payment.charged_back", "dispute", left)

    def reinstate(self, checkout_id: str) -> Checkout:
        """And gives it back. Raises BadInputError."""
        with self._lock:
            checkout = self._reversible(checkout_id, disputed=True)
            left = checkout.amount - checkout.refunded
            return self._settle(checkout, "payment.reinstated", "dispute", left)

    def _reversible(self, checkout_id: str, *, disputed: bool) -> Checkout:
        checkout = self.find(checkout_id)
        if checkout.provider not in DISPUTABLE:
            raise BadInputError("id", f"{checkout.provider} tells of no disputes", 409)
        if checkout.status != "paid" or checkout.disputed != disputed:
            raise BadInputError("id", "nothing to take back or to give back", 409)
        return checkout

    def fail(self, checkout_id: str) -> Checkout:
        """The payer's attempt failed; the checkout stays open and nobody is notified."""
        checkout = self.find(checkout_id)
        if checkout.status != "open":
            raise BadInputError("id", f"checkout is {checkout.status} already", 409)
        self._journal.write("payment_failed", checkout=checkout.id, reference=checkout.reference)
        return checkout

    def _settle(self, checkout: Checkout, kind: str, entry_kind: str, amount: int) -> Checkout:
        payment_id = checkout.payment_id or self._ids("py_")
        now = iso(self._clock.now())
        event = {
            "id": self._ids("evt_"),
            "type": kind,
            "checkout_id": checkout.id,
            "payment_id": payment_id,
            "reference": checkout.reference,
            "amount": amount,
            "currency": checkout.currency,
            "paid_at": iso(checkout.paid_at) if checkout.paid_at else now,
            "livemode": False,
            "provider": checkout.provider,
            "total": checkout.amount,
            "refunded": checkout.refunded + (amount if entry_kind == "refund" else 0),
            "description": checkout.description,
            "told_at": now,
        }
        if entry_kind == "refund":
            event["refunded_at"] = now
        self.settle(self._journal.write(entry_kind, checkout=checkout.id, event=event))
        self._notices.send(checkout.notify_url, event)
        return checkout

    def settle(self, entry: Entry) -> None:
        """Take in a `payment` or `refund` log entry."""
        event, checkout = entry["event"], self.checkouts[entry["checkout"]]
        self._events.setdefault(checkout.id, []).append(event)
        if entry["kind"] == "dispute":
            checkout.disputed = event["type"] == "payment.charged_back"
            return
        if entry["kind"] == "refund":
            checkout.refunded += event["amount"]
            checkout.status = "refunded" if checkout.refunded == checkout.amount else "paid"
            return
        checkout.status = "paid"
        checkout.payment_id = event["payment_id"]
        checkout.paid_at = parse_iso(event["paid_at"])

    def events(self, checkout_id: str) -> list[dict[str, Any]]:
        """What was notified about a checkout, oldest first."""
        return self._events.get(checkout_id, [])

    def resend(self, event_id: str) -> None:
        """Start a notification anew (after a restart)."""
        for checkout in self.checkouts.values():
            for event in self.events(checkout.id):
                if event["id"] == event_id:
                    self._notices.send(checkout.notify_url, event)
