"""What somebody wants to see: mode, portfolio, period, currency; read from the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.flows.playbook import zone_of
from bot.store.figures.reading import Row

#: The periods that can be picked; `days` takes its own first and last day.
PERIODS = ("today", "7d", "30d", "90d", "month", "last_month", "days")
USUAL = "30d"

#: As far back as figures are counted.
LONGEST = timedelta(days=400)


@dataclass(frozen=True)
class Asked:
    """One view of the desk. `books` are the portfolios it is about; both days are included."""

    livemode: bool
    code: str
    period: str
    first: date
    last: date
    today: date
    now: datetime
    zone: str
    currency: str
    currencies: tuple[str, ...]
    books: tuple[Row, ...]
    wrong: str = ""  #: what was asked and cannot be shown: `days`, `portfolio` or nothing

    @property
    def ids(self) -> list[int]:
        """Ids of the portfolios."""
        return [book["id"] for book in self.books]

    @property
    def days(self) -> int:
        """Length of the period."""
        return (self.last - self.first).days + 1

    @property
    def running(self) -> bool:
        """Whether the period holds the day that is not over yet."""
        return self.last >= self.today

    def query(self) -> dict[str, str]:
        """The address of the same view."""
        given = {
            "mode": "live" if self.livemode else "test",
            "portfolio": self.code,
            "period": self.period,
            "currency": self.currency,
        }
        if self.period == "days":
            given |= {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return {name: value for name, value in given.items() if value}


def asked_of(
    given: Mapping[str, str], books: Sequence[Row], clocks: Mapping[bool, datetime]
) -> Asked:
    """The view of an address, for a person who may see `books`.

    `clocks` is now, by livemode. What is not understood falls back to the usual view and says so.
    """
    livemode = _mode(given.get("mode"), books)
    of_mode = [book for book in books if book["livemode"] is livemode]
    code = given.get("portfolio", "")
    chosen = [book for book in of_mode if book["code"] == code] or of_mode
    wrong = "portfolio" if code and [book["code"] for book in chosen] != [code] else ""
    zone = chosen[0]["zone"] if chosen else "Asia/Shanghai"
    now = clocks[livemode]
    today = now.astimezone(zone_of(zone)).date()
    period = given.get("period", USUAL)
    days = _days(period, given, today)
    if days is None:
        wrong, period = "days", USUAL
    first, last = days or _ago(30, today)
    currencies = tuple(dict.fromkeys(book["currency"] for book in chosen)) or ("CNY",)
    currency = given.get("currency", "")
    return Asked(
        livemode=livemode,
        code="" if wrong == "portfolio" else code,
        period=period,
        first=first,
        last=last,
        today=today,
        now=now,
        zone=zone,
        currency=currency if currency in currencies else currencies[0],
        currencies=currencies,
        books=tuple(chosen),
        wrong=wrong,
    )


def _mode(wanted: str | None, books: Sequence[Row]) -> bool:
    """Live unless asked otherwise, or unless there is nothing live yet."""
    if wanted in {"live", "test"}:
        return wanted == "live"
    return any(book["livemode"] for book in books) or not books


def _days(period: str, given: Mapping[str, str], today: date) -> tuple[date, date] | None:
    """First and last day; None for a period that cannot be read."""
    month = today.replace(day=1)
    match period:
        case "today":
            return today, today
        case "7d" | "30d" | "90d":
            return _ago(int(period[:-1]), today)
        case "month":
            return month, today
        case "last_month":
            eve = month - timedelta(days=1)
            return eve.replace(day=1), eve
        case "days":
            return _named(given, today)
    return None


def _ago(days: int, today: date) -> tuple[date, date]:
    return today - timedelta(days=days - 1), today


def _named(given: Mapping[str, str], today: date) -> tuple[date, date] | None:
    try:
        first, last = (date.fromisoformat(given.get(name, "")) for name in ("first", "last"))
    except ValueError:
        return None
    last = min(last, today)
    return (first, last) if first <= last and last - first < LONGEST else None
