"""A desk that calls: placing, the person at the handset, and what the database knows of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import requests
from desk_kit import SENDER, TOKEN, DeskInHand, shanghai
from twilio.request_validator import RequestValidator

#: The day past due on which the shipped cadence only calls, and the hour it begins.
DUE, CALL_DAY = date(2026, 3, 10), "2026-03-11"
CALL_TIME = f"{CALL_DAY} 13:30"

#: The last four digits of the identity document on file.
TAIL = "123X"


def let_call(desk: DeskInHand, *, lines: int = 100, per_second: float = 1000.0) -> None:
    """The sandbox sender may place and take calls."""
    desk.sender()
    desk.sql("UPDATE sender SET voice = true, lines = %s, calls_per_second = %s", lines, per_second)
    desk.sandbox.call("PUT", "/voice-url", {"url": f"{desk.url}/webhooks/twilio/voice/inbound"})


def called(desk: DeskInHand, *, phone: str | None = None, **changed: Any) -> int:
    """A case one day late whose debtor is being called; returns its id."""
    let_call(desk)
    case_id = desk.case(desk.portfolio(), due_on=DUE, phone=phone, **changed)
    know_tail(desk, case_id)
    desk.step(shanghai(f"{CALL_DAY} 00:10"))
    desk.step(shanghai(CALL_TIME))
    return case_id


def know_tail(desk: DeskInHand, case_id: int, tail: str = TAIL) -> None:
    """Put the identity document's last digits on file."""
    desk.sql(
        "UPDATE debtor SET id_tail_sealed = %s WHERE id = (SELECT debtor_id FROM cases WHERE id = %s)",
        desk.product.seal.seal(tail),
        case_id,
    )


def calls(desk: DeskInHand) -> list[dict[str, Any]]:
    """Calls at the carrier, oldest first."""
    return list(desk.sandbox.call("GET", "/calls")["calls"])


def sid_of(desk: DeskInHand, case_id: int) -> str:
    """The carrier's name of the newest call of the case."""
    phone = desk.phones[case_id]
    return str([c for c in calls(desk) if phone in {c["to"], c["from"]}][-1]["sid"])


def act(desk: DeskInHand, sid: str, what: str, **body: Any) -> dict[str, Any]:
    """The person at the handset does something."""
    return dict(desk.sandbox.call("POST", f"/calls/{sid}/{what}", body))


def call_row(desk: DeskInHand, case_id: int) -> dict[str, Any]:
    """The newest call of the case as we know it."""
    names = ("id", "state", "outcome", "connected", "turn", "seconds", "transfer", "provider_sid")
    query = f"SELECT {', '.join(names)} FROM call WHERE case_id = %s ORDER BY id DESC LIMIT 1"
    return dict(zip(names, desk.sql(query, case_id)[0], strict=True))


def turns(desk: DeskInHand, case_id: int) -> list[tuple[int, str, str | None]]:
    """(number, said, heard) of every turn of the case's calls."""
    opened = desk.product.seal.open
    rows = desk.sql(
        "SELECT t.number, t.said_sealed, t.heard_sealed FROM call_turn t "
        "JOIN call c ON c.id = t.call_id WHERE c.case_id = %s ORDER BY t.id",
        case_id,
    )
    return [(n, opened(said), opened(heard) if heard else None) for n, said, heard in rows]


def talk(desk: DeskInHand, sid: str, *inputs: str | None) -> dict[str, Any]:
    """Keys, words, or silence (None), one after the other; the call as the carrier knows it."""
    shown: dict[str, Any] = {}
    for each in inputs:
        if each is None:
            shown = act(desk, sid, "silence")
        elif set(each) <= set("0123456789*#"):
            shown = act(desk, sid, "press", keys=each)
        else:
            shown = act(desk, sid, "speak", text=each)
        assert shown["taken"], (each, shown)
    return shown


#: Being the person, and the last four digits of the document with the star for its X.
KNOWN = ("1", "123*")


def post(desk: DeskInHand, page: str, form: dict[str, str]) -> requests.Response:
    """A webhook as the carrier signs it."""
    url = f"{desk.url}/webhooks/twilio/voice/{page}"
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    return requests.post(url, form, headers={"X-Twilio-Signature": signature}, timeout=20)


def settle(desk: DeskInHand) -> None:
    """Deliver what the carrier owes and handle what was reached."""
    desk.sandbox.flush()
    desk.read_replies()


__all__ = ["SENDER", "shanghai"]
