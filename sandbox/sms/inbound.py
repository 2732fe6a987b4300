"""Messages from a handset to us: logged, then posted to our webhook while the caller waits."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import SimClock
from sandbox.delivery.poster import Posted, Poster
from sandbox.ids import NewId
from sandbox.journal import Journal
from sandbox.numbers import country
from sandbox.sms.answer import Answer, understand
from sandbox.sms.book import Book
from sandbox.sms.message import API_VERSION, Message
from sandbox.sms.segments import segment_count

# Twilio, "Opt-out keywords": whole messages, any case
STOP = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})


class NoSuchNumberError(LookupError):
    """Nobody here owns the number that was texted, or it has no webhook."""


@dataclass
class Inbound:
    """The receiving half of the carrier. `urls` by number come before the one for all."""

    clock: SimClock
    journal: Journal
    book: Book
    poster: Poster
    ids: NewId
    account: str
    senders: tuple[str, ...]
    url: str
    urls: dict[str, str] = field(default_factory=dict)

    def receive(self, from_: str, to: str, body: str, times: int = 1) -> dict[str, Any]:
        """Deliver one text, its webhook posted `times` times (a carrier may repeat itself).

        Returns the message and the last webhook's outcome. Raises NoSuchNumberError.
        """
        url = self._url(to)
        message, opt = self._enter(from_, to, body, url)
        params = inbound_params(message, self.account, opt)
        for _ in range(times):
            posted = self.poster.post_form(url, params)
            answer = understand(posted)
            self._note(message, url, posted, answer)
        return {"message": message.to_json(), "webhook": _outcome(posted, answer)}

    def _url(self, to: str) -> str:
        if self.senders and to not in self.senders:
            raise NoSuchNumberError(f"{to} is none of SANDBOX_SENDERS: {', '.join(self.senders)}")
        url = self.urls.get(to, self.url)
        if not url:
            raise NoSuchNumberError(f"{to} has no inbound webhook; set SANDBOX_INBOUND_URL")
        if not self.poster.may_post_to(url):
            raise NoSuchNumberError(
                f"the sandbox may not post to {url}; see SANDBOX_CALLBACK_HOSTS"
            )
        return url

    def _enter(self, from_: str, to: str, body: str, url: str) -> tuple[Message, str | None]:
        opt = opt_out_type(body)
        with self.book.lock:
            message = self._new(from_, to, body)
            entry = self.journal.write(
                "inbound", sid=message.sid, body=body, to=to, url=url, status="received",
                segments=message.segments, message_seq=message.seq, opt_out=opt,
                **{"from": from_},
            )  # fmt: skip
            message.rev = entry["seq"]
            self.book.add(message)
            apply_opt_out(self.book, from_, to, opt)
        return message, opt

    def _new(self, from_: str, to: str, body: str) -> Message:
        now = self.clock.now()
        return Message(
            seq=self.book.next_seq(),
            sid=self.ids("SM"),
            direction="inbound",
            to=to,
            from_=from_,
            body=body,
            status="received",
            created=now,
            updated=now,
            sent=now,
            segments=segment_count(body),
        )

    def _note(self, message: Message, url: str, posted: Posted, answer: Answer) -> None:
        story = _outcome(posted, answer)
        with self.book.lock:
            entry = self.journal.write("inbound_answer", sid=message.sid, url=url, **story)
            message.callbacks.append({"at": entry["at"], **story})
            self.book.touch(message, entry["seq"])


def _outcome(posted: Posted, answer: Answer) -> dict[str, Any]:
    return {
        "result": answer.result,
        "http": posted.http,
        "tries": posted.tries,
        "ms": posted.ms,
        "code": answer.code,
        "reason": answer.reason,
        "sends": list(answer.sends),
    }


def opt_out_type(body: str) -> str | None:
    """`STOP`, `START` or `HELP` when the whole text is one of Twilio's keywords."""
    word = body.strip().upper()
    for kind, words in (("STOP", STOP), ("START", START), ("HELP", HELP)):
        if word in words:
            return kind
    return None


def apply_opt_out(book: Book, debtor: str, our_number: str, opt: str | None) -> None:
    """The carrier's own block list, per pair of numbers."""
    if opt == "STOP":
        book.unsubscribed.add((debtor, our_number))
    elif opt == "START":
        book.unsubscribed.discard((debtor, our_number))


def inbound_params(message: Message, account: str, opt: str | None) -> dict[str, str]:
    """The form fields of an incoming message (Twilio, "Messaging webhooks")."""
    from_, to = message.from_ or "", message.to
    params = {
        "AccountSid": account,
        "ApiVersion": API_VERSION,
        "Body": message.body,
        "From": from_,
        "FromCity": "",
        "FromCountry": country(from_),
        "FromState": "",
        "FromZip": "",
        "MessageSid": message.sid,
        "NumMedia": "0",
        "NumSegments": str(message.segments),
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "To": to,
        "ToCity": "",
        "ToCountry": country(to),
        "ToState": "",
        "ToZip": "",
    }
    return {**params, "OptOutType": opt} if opt else params
