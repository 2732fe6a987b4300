"""A message's life after acceptance: its statuses, and the webhooks that tell of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.clock import SimClock
from sandbox.delivery.poster import Posted, Poster
from sandbox.delivery.schedule import Schedule
from sandbox.faults.rule import Rule
from sandbox.journal import Journal
from sandbox.sms.book import Book
from sandbox.sms.message import API_VERSION, FINAL, LOST, Message, Step


@dataclass
class Delays:
    """How long a message waits before it is sent, and then before its end; settable at run time."""

    sent_s: float
    delivered_s: float
    virtual: bool

    def before(self, status: str) -> float:
        """Seconds before `status` is reached."""
        if status in FINAL:
            return self.delivered_s
        return self.sent_s if status == "sent" else 0.0


@dataclass
class Life:
    """Moves messages forward. One message's callbacks are posted one after the other, in order."""

    clock: SimClock
    journal: Journal
    book: Book
    schedule: Schedule
    poster: Poster
    delays: Delays
    account: str

    def begin(self, message: Message) -> None:
        """Start a new message on its way."""
        self._plan_step(message, 0)

    def resume(self, message: Message) -> None:
        """Go on with a message after a restart: its next status is the one not yet reached."""
        if message.status not in FINAL:
            reached = [status for status, _ in message.steps]
            done = reached.index(message.status) + 1 if message.status in reached else 0
            self._plan_step(message, done)

    def _plan_step(self, message: Message, index: int) -> None:
        if index < len(message.steps):
            delay = self.delays.before(message.steps[index][0])
            self.schedule.add(lambda: self._step(message, index), delay, self.delays.virtual)

    def _step(self, message: Message, index: int) -> None:
        if self.book.by_sid.get(message.sid) is not message:  # the sandbox was reset meanwhile
            return
        step = self._expired(message) or message.steps[index]
        last = index == len(message.steps) - 1 or step[0] in FINAL
        params = self._move(message, step)
        if message.callback:
            self._announce(message, params, last)
        if not last:
            self._plan_step(message, index + 1)

    def _expired(self, message: Message) -> Step | None:
        if message.validity is None or message.sent is not None:
            return None
        waited = (self.clock.now() - message.created).total_seconds()
        return ("failed", 30036) if waited > message.validity else None

    def _move(self, message: Message, step: Step) -> dict[str, str]:
        status, code = step
        with self.book.lock:
            entry = self.journal.write("status", sid=message.sid, status=status, code=code)
            message.move(status, code, self.clock.now())
            if status in LOST:
                self.book.never_arrived(message)
            self.book.touch(message, entry["seq"])
            return status_params(message, self.account)

    def _announce(self, message: Message, params: Mapping[str, str], last: bool) -> None:
        rules = [r for r in message.troubles if r.concerns(params["MessageStatus"])]
        effects = {rule.effect: rule for rule in rules}
        if "lose" in effects:
            self._note(message, params, None, "lost")
        elif "reorder" in effects:
            self._hold(message, params, last)
        elif "late" in effects:
            self._later(message, params, effects)
        else:
            self._post(message, params, _copies(effects))

    def _hold(self, message: Message, params: Mapping[str, str], last: bool) -> None:
        """Keep callbacks back until the last one, then post them in the wrong order."""
        held = message.held = [*message.held, params]
        if last:
            for late in reversed(held):
                self._post(message, late, 1, "reordered")

    def _later(
        self, message: Message, params: Mapping[str, str], effects: Mapping[str, Rule]
    ) -> None:
        rule = effects["late"]
        copies = _copies(effects)
        self.schedule.add(
            lambda: self._post(message, params, copies, "late"), rule.seconds, rule.virtual
        )

    def _post(
        self, message: Message, params: Mapping[str, str], copies: int, note: str = ""
    ) -> None:
        if self.book.by_sid.get(message.sid) is not message:
            return
        for copy in range(copies):
            posted = self.poster.post_form(message.callback or "", params)
            self._note(message, params, posted, note or ("duplicate" if copy else ""))

    def _note(
        self, message: Message, params: Mapping[str, str], posted: Posted | None, note: str
    ) -> None:
        """Write down what became of one callback (`posted` None: it was lost on purpose)."""
        story = {
            "status": params["MessageStatus"],
            "code": message.code if params["MessageStatus"] == message.status else None,
            "result": _result(posted),
            "http": posted.http if posted else None,
            "tries": posted.tries if posted else 0,
            "ms": posted.ms if posted else 0,
            "trouble": posted.trouble if posted else None,
            "note": note,
        }
        with self.book.lock:
            entry = self.journal.write("callback", sid=message.sid, url=message.callback, **story)
            message.callbacks.append({"at": entry["at"], **story})
            self.book.touch(message, entry["seq"])


def _copies(effects: Mapping[str, Rule]) -> int:
    return effects["duplicate"].copies if "duplicate" in effects else 1


def _result(posted: Posted | None) -> str:
    if posted is None:
        return "lost"
    return "arrived" if posted.arrived else "failed"


def status_params(message: Message, account: str) -> dict[str, str]:
    """The form fields of a status callback (Twilio, "Track outbound message status")."""
    params = {
        "AccountSid": account,
        "ApiVersion": API_VERSION,
        "From": message.from_ or message.sender,
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "To": message.to,
    }
    if message.code:
        params["ErrorCode"] = str(message.code)
    if message.service:
        params["MessagingServiceSid"] = message.service
    if message.status in {"delivered", "undelivered"}:
        params["RawDlrDoneDate"] = message.updated.strftime("%y%m%d%H%M")
    return params
