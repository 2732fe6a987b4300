"""Counts of right, wrong and missing answers, and the goals they are held to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median, quantiles

from bench.understanding.matching import judge
from bench.understanding.readings import Reading
from bench.understanding.rows import HARMFUL, Expression, Reply

STOPS = HARMFUL - {"refuse"}
KINDLY_TAKEN = frozenset(("promise_to_pay", "greeting_ack"))


@dataclass
class Tally:
    """One measure: how many were right, wrong, unanswered, and which were not right."""

    right: int = 0
    wrong: int = 0
    none: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def of(self) -> int:
        return self.right + self.wrong + self.none

    @property
    def exact_rate(self) -> float:
        return self.right / self.of if self.of else 1.0

    @property
    def wrong_rate(self) -> float:
        return self.wrong / self.of if self.of else 0.0

    def count(self, verdict: str, note: str) -> None:
        name = {"exact": "right"}.get(verdict, verdict)
        setattr(self, name, getattr(self, name) + 1)
        if name != "right":
            self.misses.append(f"{verdict:5} {note}")


@dataclass(frozen=True, slots=True)
class Goal:
    """A measure and the least or most it may be."""

    name: str
    value: float
    limit: float
    at_least: bool
    tally: Tally

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def dates(
    rows: Iterable[Expression], times: Mapping[str, Sequence[Mapping[str, object]]]
) -> tuple[Tally, Tally]:
    """(expressions that hold a time, texts that hold none: right means nothing was read)."""
    held, empty = Tally(), Tally()
    for row in rows:
        read = times[row.id]
        note = f"{row.id} {row.text!r} read {[(w['start'], w['end']) for w in read]}"
        (held if row.readings[0] else empty).count(judge(row, read), note)
    return held, empty


def values(
    rows: Iterable[Reply], read: Mapping[str, Reading], name: str, match: Callable[..., bool]
) -> tuple[Tally, Tally]:
    """(replies that give the value, replies that do not: right means none was invented)."""
    given, absent = Tally(), Tally()
    for row in rows:
        got, accepted = getattr(read[row.id], name), row.accepted(name)
        note = f"{row.id} {row.text!r} expected {accepted} read {got}"
        if None not in accepted:
            verdict = "none" if got is None else "exact" if match(row, got) else "wrong"
            given.count(verdict, note)
        else:
            absent.count("exact" if got is None or match(row, got) else "wrong", note)
    return given, absent


def equals(name: str) -> Callable[[Reply, str], bool]:
    """The value is one of those the label allows."""
    return lambda row, got: got in row.accepted(name)


def same_callback(row: Reply, got: str) -> bool:
    """By grain: the minute, the part of the day within three hours, or the day."""
    start = datetime.fromisoformat(got)
    grain = row.expect.get("callback_grain", "minute")
    return any(_near(start, datetime.fromisoformat(v), grain) for v in _given(row))


def _given(row: Reply) -> list[str]:
    return [value for value in row.accepted("callback_start") if value is not None]


def _near(start: datetime, want: datetime, grain: str) -> bool:
    if grain == "minute":
        return abs(start - want) < timedelta(minutes=1)
    same_day = start.date() == want.date()
    return same_day and (grain == "day" or abs(start - want) <= timedelta(hours=3))


def callback_windows(rows: Iterable[Reply], read: Mapping[str, Reading]) -> Tally:
    """Where a reply states the end of its window, the end is read too."""
    tally = Tally()
    for row in rows:
        want, got = row.expect["callback_end"], read[row.id].callback_end
        if want is None or None in row.accepted("callback_start"):
            continue
        same = got is not None and datetime.fromisoformat(got) == datetime.fromisoformat(want)
        note = f"{row.id} {row.text!r} expected {want} read {got}"
        tally.count("none" if got is None else "exact" if same else "wrong", note)
    return tally


def primary(rows: Iterable[Reply], read: Mapping[str, Reading]) -> tuple[Tally, Tally]:
    """(top intent where one reading exists, top intent over all)."""
    single, every = Tally(), Tally()
    for row in rows:
        got = read[row.id].intents[0]
        note = f"{row.id} {row.text!r} expected {row.primaries} read {list(read[row.id].intents)}"
        verdict = "exact" if got in row.primaries else "wrong"
        every.count(verdict, note)
        if row.single_reading:
            single.count(verdict, note)
    return single, every


def all_intents(rows: Iterable[Reply], read: Mapping[str, Reading]) -> tuple[Tally, Tally]:
    """(replies with several intents whose every intent was found, intents read beyond them)."""
    found, beyond = Tally(), Tally()
    for row in rows:
        got = set(read[row.id].intents)
        note = f"{row.id} {row.text!r} expected {row.intents} read {sorted(got)}"
        if len(row.intents) > 1:
            found.count("exact" if set(row.intents) <= got else "wrong", note)
        beyond.count("exact" if got <= row.welcome else "wrong", note)
    return found, beyond


def harm(rows: Iterable[Reply], read: Mapping[str, Reading]) -> Tally:
    """Right means: no stop, stranger, death, complaint, dispute or refusal was taken kindly."""
    tally = Tally()
    for row in rows:
        got = read[row.id]
        note = f"{row.id} {row.text!r} {row.intents} read {list(got.intents)} {got.promise_date}"
        tally.count("wrong" if harmful(row, got) else "exact", note)
    return tally


def harmful(row: Reply, got: Reading) -> bool:
    """A promise or an acknowledgement read where there must be none, or a stop lost to one."""
    top = got.intents[0]
    kind = top in KINDLY_TAKEN and top not in row.primaries
    if row.expect["harm"]:
        return (
            kind
            or got.promise_date not in {None, *row.accepted("promise_date")}
            or got.promise_amount not in {None, *row.accepted("promise_amount")}
        )
    stop = set(row.intents) & STOPS
    return bool(stop) and kind and not set(got.intents) & (HARMFUL | {"request_human"})


def disputes(rows: Iterable[Reply], read: Mapping[str, Reading]) -> Tally:
    """The kind of a dispute, where the label names one and the dispute was seen."""
    tally = Tally()
    for row in rows:
        want, got = row.expect.get("dispute_kind"), read[row.id]
        if want is None or "dispute" not in got.intents:
            continue
        note = f"{row.id} {row.text!r} expected {want} read {got.dispute_kind}"
        kind = got.dispute_kind
        tally.count("none" if kind is None else "exact" if kind == want else "wrong", note)
    return tally


def speed(read: Iterable[Reading]) -> tuple[float, float]:
    """(median, 95th percentile) of a call, in microseconds."""
    laps = [reading.micros for reading in read]
    return median(laps), quantiles(laps, n=20)[-1]
