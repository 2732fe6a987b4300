"""Loads the carriers' route table and refuses what it cannot read, with file:line."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from bot.domain.gate.routes import ELSEWHERE, Route, RouteTable
from bot.domain.gate.rules import COLLECTOR_KINDS
from bot.domain.vocabulary import Channel, SenderKind
from bot.policy.conditions import collector_kinds
from bot.policy.marked import DataError, Marked, read

_KEYS = (
    "sender_kind",
    "region",
    "channel",
    "allowed",
    "status",
    "source",
    "reason_zh",
    "reason_en",
)
_FLAGS = ("offered", "one_way", "links", "finance", "consent_needed")


def load_routes(path: Path | None = None) -> RouteTable:
    """The route table that comes with the product, or another. Raises DataError."""
    file = path or Path(str(files("bot"))) / "carriers" / "routes.yaml"
    return parse_routes(file.read_text("utf-8"), f"carriers/{file.name}")


def parse_routes(text: str, source: str) -> RouteTable:
    """The route table from YAML text. Raises DataError with every problem in it."""
    found = read(text, source).fields(("version", "sender_kinds", "routes"))
    livemode = {
        _sender_kind(found["sender_kinds"], name): body.fields(("livemode",))["livemode"].flag()
        for name, body in found["sender_kinds"].entries().items()
    }
    table = RouteTable(found["version"].text(), livemode, _routes(found["routes"]))
    for kind in livemode:
        if missing := [each for each in Channel if table.find(kind, ELSEWHERE, each) is None]:
            found["routes"].fail(f"{kind} has no row for region '*' and {', '.join(missing)}")
    return table


def _sender_kind(marked: Marked, name: str) -> SenderKind:
    if name not in list(SenderKind):
        marked.fail(f"unknown sender kind {name!r}; known: {', '.join(SenderKind)}")
    return SenderKind(name)


def _routes(marked: Marked) -> tuple[Route, ...]:
    rows: dict[str, Route] = {}
    problems: list[str] = []
    for each in marked.items():
        try:
            row = _route(each)
            if row.rule_id in rows:
                each.fail(f"{row.rule_id} is here twice")
            rows[row.rule_id] = row
        except DataError as error:
            problems.extend(error.problems)
    if problems:
        raise DataError(problems)
    return tuple(rows.values())


def _route(marked: Marked) -> Route:
    found = marked.fields(_KEYS, (*_FLAGS, "collector_kinds"))
    status = found["status"].text()
    if status not in {"verified", "unverified"}:
        found["status"].fail("expected verified or unverified")
    kinds = found.get("collector_kinds")
    row = Route(
        sender_kind=found["sender_kind"].choice(SenderKind),
        region=found["region"].text(),
        channel=found["channel"].choice(Channel),
        allowed=found["allowed"].flag(),
        collector_kinds=collector_kinds(kinds) if kinds else COLLECTOR_KINDS,
        verified=status == "verified",
        reason_zh=found["reason_zh"].text(),
        reason_en=found["reason_en"].text(),
        source=found["source"].text(),
        place=marked.place,
        **{flag: found[flag].flag() for flag in _FLAGS if flag in found},
    )
    if row.allowed and not row.verified:
        marked.fail("a route that nobody has verified cannot be allowed")
    return row
