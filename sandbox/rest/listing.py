"""Lists: pages as Twilio makes them, and `GET Messages.json` with its filters and order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from sandbox.clock import parse_iso
from sandbox.sms.book import Book
from sandbox.sms.errors import Refusal
from sandbox.sms.message import Message

FILTERS = ("To", "From", "DateSent", "DateSent>", "DateSent<")
LARGEST_PAGE = 1000
Test = Callable[[Message], bool]


@dataclass(frozen=True)
class Query:
    """A list request: `filters` as given, `below` the message number a page starts under."""

    filters: Mapping[str, str]
    size: int
    page: int
    below: int | None


def read_query(args: Mapping[str, str]) -> Query:
    """The list request in a query string. Raises Refusal 20001 for what is not understood."""
    return page_of(args, FILTERS, "PASM")


def page_of(args: Mapping[str, str], known: Sequence[str], prefix: str) -> Query:
    """Filters and page of a list whose page tokens begin with `prefix`. Raises Refusal 20001."""
    filters = {name: args[name] for name in known if args.get(name)}
    unknown = set(args) - {*known, "PageSize", "Page", "PageToken"}
    if unknown:
        raise Refusal(20001, detail=f"Unknown parameters: {', '.join(sorted(unknown))}")
    token = args.get("PageToken", "")
    return Query(
        filters=filters,
        size=min(_whole(args, "PageSize", 50) or 50, LARGEST_PAGE),
        page=_whole(args, "Page", 0),
        below=_token_number(token, prefix) if token else None,
    )


def _whole(args: Mapping[str, str], name: str, default: int) -> int:
    text = args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()):
        raise Refusal(20001, detail=f"{name} is not a whole number: {text}")
    return int(text)


def _token_number(token: str, prefix: str) -> int:
    if not (token.startswith(prefix) and token[4:].isdigit()):
        raise Refusal(20001, detail=f"PageToken is none of this list: {token}")
    return int(token[4:])


def list_page(book: Book, query: Query, account: str, path: str) -> dict[str, Any]:
    """One page, newest messages first, with Twilio's paging fields."""
    found = list(islice(_matching(book, query), query.size + 1))
    shown, more = found[: query.size], len(found) > query.size
    token = f"PASM{shown[-1].seq}" if more else None
    return {
        "messages": [message.resource(account) for message in shown],
        **paging(query, path, len(shown), token),
    }


def paging(query: Query, path: str, shown: int, token: str | None) -> dict[str, Any]:
    """Twilio's paging fields; `token` leads to the next page, None: this is the last."""
    start = query.page * query.size
    following = {"Page": query.page + 1, "PageToken": token} if token else None
    return {
        "first_page_uri": _uri(path, query, {"Page": 0}),
        "next_page_uri": _uri(path, query, following) if following else None,
        "previous_page_uri": None,
        "uri": _uri(path, query, {"Page": query.page}),
        "page": query.page,
        "page_size": query.size,
        "start": start,
        "end": max(start, start + shown - 1),
    }


def _uri(path: str, query: Query, page: Mapping[str, Any]) -> str:
    return f"{path}?{urlencode({**query.filters, 'PageSize': query.size, **page})}"


def _matching(book: Book, query: Query) -> Iterator[Message]:
    tests = [_test(name, value) for name, value in query.filters.items()]
    to, from_ = query.filters.get("To", ""), query.filters.get("From", "")
    number = next((n for n in (to, from_) if n in book.by_number), None)
    for message in book.newest_first(number):
        below = query.below is None or message.seq < query.below
        if below and all(test(message) for test in tests):
            yield message


def _test(name: str, value: str) -> Test:
    if name == "To":
        return lambda message: message.to == value
    if name == "From":
        return lambda message: (message.from_ or message.sender) == value
    # the client library writes a date as its midnight; equal to a midnight means that day
    first, last = span(value.removesuffix("T00:00:00Z") if name == "DateSent" else value, name)
    if name == "DateSent>":
        return lambda message: _when(message) >= first
    if name == "DateSent<":
        return lambda message: _when(message) < last
    return lambda message: first <= _when(message) < last


def _when(message: Message) -> datetime:
    """A message that is still queued counts by its creation, so that a look-up finds it."""
    return message.sent or message.created


def span(text: str, name: str) -> tuple[datetime, datetime]:
    """First instant of the value and first after it: a day (GMT), or one second of a date-time."""
    try:
        instant = parse_iso(text)
    except ValueError:
        raise Refusal(20001, detail=f"{name} is no ISO date: {text}") from None
    if len(text) == 10:
        start = datetime.combine(instant.date(), time(0), UTC)
        return start, start + timedelta(days=1)
    return instant, instant + timedelta(seconds=1)
