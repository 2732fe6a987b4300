"""The golden replies: a line `text | intents | facts` each, and how a reading is compared with one.

facts: D=promise date (absent = none may be read), <= before it for a deadline, A=amount, P=half|full,
F=further step as date:amount, C=call-back start[~end], K=dispute kind, Q=question kind, R=reason,
!flag. Header lines `# now=… zone=… payday=… channel=… asked=…` hold for the lines below them.
The primary intent comes first; intents in parentheses may be read or not.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.understanding import Context, Understanding

FOLDER = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Case:
    """One golden reply and what must be read in it."""

    file: str
    line: int
    text: str
    context: Context
    intents: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    facts: dict[str, str] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()


def _context(settings: dict[str, str]) -> Context:
    zone = ZoneInfo(settings.get("zone", "Asia/Shanghai"))
    pending = settings.get("pending")
    return Context(
        now=datetime.fromisoformat(settings["now"]).replace(tzinfo=zone),
        zone=zone,
        channel=settings.get("channel", "sms"),
        offered=dict(pair.split(":") for pair in settings.get("offered", "").split(",") if pair),
        asked=settings.get("asked") or None,
        pending_promise=(date.fromisoformat(pending.split(":")[0]), int(pending.split(":")[1]))
        if pending
        else None,
        payday=int(settings["payday"]) if settings.get("payday") else None,
    )


def cases(path: Path) -> list[Case]:
    """The cases of one golden file."""
    out, settings = [], {"now": "2026-11-25T10:30"}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.startswith("#"):
            settings |= dict(part.split("=", 1) for part in line[1:].split() if "=" in part)
            continue
        if not line.strip():
            continue
        text, intents, *rest = (part.strip() for part in line.split(" | "))
        words = rest[0].split() if rest else []
        names = intents.split()
        out.append(
            Case(
                path.name,
                number,
                text.replace("\\n", "\n"),
                _context(settings),
                tuple(n for n in names if not n.startswith("(")),
                frozenset(n.strip("()") for n in names if n.startswith("(")),
                dict(w.split("=", 1) for w in words if "=" in w),
                frozenset(w[1:] for w in words if w.startswith("!")),
            )
        )
    return out


def all_cases() -> list[Case]:
    """Every golden case."""
    return [case for path in sorted(FOLDER.glob("*.txt")) for case in cases(path)]


def training_cases() -> list[Case]:
    """The replies written for the classifier; their file is told with its folder."""
    folders = sorted(FOLDER.parent.glob("training*"))
    return [
        replace(case, file=f"{folder.name}/{path.name}")
        for folder in folders
        for path in sorted(folder.glob("*.txt"))
        for case in cases(path)
    ]


def turn_cases() -> list[Case]:
    """Short turns whose intents alone are labelled (turns/*.txt)."""
    return _folder("turns")


def fact_cases() -> list[Case]:
    """Replies whose days, sums and call-backs are tested (facts/*.txt)."""
    return _folder("facts")


def _folder(name: str) -> list[Case]:
    return [case for path in sorted((FOLDER.parent / name).glob("*.txt")) for case in cases(path)]


def misreadings(case: Case, read: Understanding) -> list[str]:
    """What is wrong with a reading, one short line each; empty = as it should be."""
    got = [i.value for i in read.intents]
    wrong = []
    if got[0] != case.intents[0] and got[0] not in case.optional:
        wrong.append(f"top {got[0]} for {case.intents[0]}")
    missing = set(case.intents) - set(got)
    if got[0] in case.optional:
        missing.discard(case.intents[0])
    extra = set(got) - set(case.intents) - case.optional
    if missing or extra:
        wrong.append(f"set -{sorted(missing)} +{sorted(extra)}")
    for name, value in _facts_of(read).items():
        if name in case.facts:
            if value != case.facts[name]:
                wrong.append(f"{name} {value} for {case.facts[name]}")
        elif value is not None and name in "DAPC":
            wrong.append(f"{name} {value} invented")
    if not case.flags <= read.flags:
        wrong.append(f"flags {sorted(read.flags)} for {sorted(case.flags)}")
    return wrong


def _facts_of(read: Understanding) -> dict[str, str | None]:
    day = read.promise_date
    minor = read.promise_amount_minor
    return {
        "D": None
        if day is None
        else ("<=" if read.promise_deadline else "")
        + day.strftime("%m-%d" if day.year == 2026 else "%Y-%m-%d"),
        "A": None if minor is None else f"{minor / 100:g}",
        "P": read.promise_portion,
        "F": ",".join(
            f"{d:%m-%d}:{'' if m is None else f'{m / 100:g}'}"
            for d, m in read.further_promises
            if d
        )
        or None,
        "C": _window(read),
        "K": read.dispute_kind,
        "Q": read.question_kind,
        "R": read.reason,
    }


def _window(read: Understanding) -> str | None:
    if read.callback is None:
        return None
    end = read.callback.end
    return f"{read.callback.start:%m-%dT%H:%M}" + (f"~{end:%m-%dT%H:%M}" if end else "")


def primary_cases() -> list[tuple[str, tuple[str, ...]]]:
    """Short replies with the primary intents allowed, the likeliest first (primary/*.txt)."""
    out, allowed = [], ("other",)
    for path in sorted((FOLDER.parent / "primary").glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("="):
                allowed = tuple(line[1:].strip().split("/"))
            elif line and not line.startswith("#"):
                out += [(text.strip(), allowed) for text in line.split("|") if text.strip()]
    return out
