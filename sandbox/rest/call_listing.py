"""`GET Calls.json`: filters, order and pages as Twilio does them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sandbox.rest.listing import Query, page_of, paging, span
from sandbox.sms.errors import Refusal
from sandbox.voice.book import CallBook
from sandbox.voice.call import Call

STATUSES = frozenset(
    {"queued", "ringing", "in-progress", "canceled", "completed", "failed", "busy", "no-answer"}
)
FILTERS = (
    "To", "From", "Status", "ParentCallSid", "StartTime", "StartTime>", "StartTime<", "EndTime",
    "EndTime>", "EndTime<",
)  # fmt: skip
Test = Callable[[Call], bool]


def read_call_query(args: Mapping[str, str]) -> Query:
    """The list request in a query string. Raises Refusal 20001 for what is not understood."""
    return page_of(args, FILTERS, "PACA")


def list_calls(book: CallBook, query: Query, account: str, path: str) -> dict[str, Any]:
    """One page, newest calls first, with Twilio's paging fields."""
    found = list(islice(_matching(book, query), query.size + 1))
    shown = found[: query.size]
    last = shown[-1].seq if len(found) > query.size else None
    return {
        "calls": [call.resource(account) for call in shown],
        **paging(query, path, len(shown), f"PACA{last}" if last else None),
    }


def _matching(book: CallBook, query: Query) -> Iterator[Call]:
    tests = [_test(name, value) for name, value in query.filters.items()]
    to, from_ = query.filters.get("To", ""), query.filters.get("From", "")
    number = next((n for n in (to, from_) if n in book.by_number), None)
    for call in book.newest_first(number):
        below = query.below is None or call.seq < query.below
        if below and all(test(call) for test in tests):
            yield call


def _test(name: str, value: str) -> Test:
    if name == "To":
        return lambda call: call.order.to == value
    if name == "From":
        return lambda call: call.order.shown_from == value
    if name == "ParentCallSid":
        return lambda call: call.parent == value
    if name == "Status":
        if value not in STATUSES:
            raise Refusal(20001, detail=f"Status is none of a call's: {value}")
        return lambda call: call.resource("")["status"] == value
    return _time_test(name, value)


def _time_test(name: str, value: str) -> Test:
    when = _start if name.startswith("StartTime") else _end
    plain = name in {"StartTime", "EndTime"}
    # the client library writes a date as its midnight; equal to a midnight means that day
    first, after = span(value.removesuffix("T00:00:00Z") if plain else value, name)

    def test(call: Call) -> bool:
        instant = when(call)
        if instant is None:
            return False
        if name.endswith(">"):
            return instant >= first
        return instant < after if name.endswith("<") else first <= instant < after

    return test


def _start(call: Call) -> datetime | None:
    """A call nobody answered counts by its creation, so that a look-up finds it."""
    return call.at(call.answered_s) or call.created


def _end(call: Call) -> datetime | None:
    return call.at(call.ended_s)
