"""Loads the contact rules from packs/*.yaml and refuses what it cannot read, with file:line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.gate.judging import FAULT
from bot.domain.gate.rules import (
    CallDuty,
    Confidence,
    EnforcedBy,
    Example,
    FeeDuty,
    Kind,
    Pack,
    Rule,
)
from bot.domain.gate.ruleset import BASE
from bot.policy.conditions import read_condition, read_scope
from bot.policy.marked import DataError, Marked, read

_PACK_KEYS = ("id", "version", "jurisdiction", "effective_from", "zone", "region", "rules")
_RULE_KEYS = ("id", "title", "instrument", "article", "kind", "confidence", "enforced_by")
_RULE_MORE = ("reason_zh", "scope", "condition", "note", "cases", "call", "fees")


class UnknownPackError(LookupError):
    """A portfolio names a pack that does not exist."""


@dataclass(frozen=True, slots=True)
class Packs:
    """All packs there are, by id."""

    by_id: dict[str, Pack]

    def chosen(self, ids: Iterable[str]) -> tuple[Pack, ...]:
        """The base pack and the packs a portfolio names. Raises UnknownPackError."""
        wanted = tuple(dict.fromkeys([BASE, *ids]))
        for each in wanted:
            if each not in self.by_id:
                there = ", ".join(sorted(self.by_id))
                raise UnknownPackError(f"no policy pack {each!r}; there are: {there}")
        return tuple(self.by_id[each] for each in wanted)


def packs_folder() -> Path:
    """Where the packs that come with the product are."""
    return Path(str(files("bot"))) / "policy" / "packs"


def load_packs(folder: Path | None = None) -> Packs:
    """Every pack of a folder. Raises DataError with all problems of all files."""
    loaded: dict[str, Pack] = {}
    problems: list[str] = []
    for path in sorted((folder or packs_folder()).glob("*.yaml")):
        try:
            loaded[path.stem] = load_pack(path)
        except DataError as error:
            problems.extend(error.problems)
    if problems:
        raise DataError(problems)
    return Packs(loaded)


def load_pack(path: Path) -> Pack:
    """One pack. Raises DataError with every problem in it; its id must be the file's name."""
    return parse_pack(path.read_text("utf-8"), f"packs/{path.name}")


def parse_pack(text: str, source: str) -> Pack:
    """One pack from YAML text; `source` names the file in messages. Raises DataError."""
    found = read(text, source).fields(_PACK_KEYS, ("unknowns",))
    pack_id, version = found["id"].text(), found["version"].text()
    if f"{pack_id}.yaml" != source.rsplit("/", 1)[-1]:
        found["id"].fail(f"the pack {pack_id!r} must stand in a file {pack_id}.yaml")
    rules, examples = _rules(found["rules"], pack_id, f"{pack_id}@{version}")
    unknowns = found["unknowns"].items() if "unknowns" in found else []
    return Pack(
        id=pack_id,
        version=version,
        jurisdiction=found["jurisdiction"].text(),
        effective_from=found["effective_from"].day(),
        zone=_zone(found["zone"]),
        region=found["region"].text(),
        rules=rules,
        examples=examples,
        unknowns=tuple(each.text() for each in unknowns),
    )


def _zone(marked: Marked) -> str:
    name = marked.text()
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        marked.fail(f"there is no time zone {name!r}; use an IANA name like Asia/Shanghai")
    return name


def _rules(
    marked: Marked, pack_id: str, stamp: str
) -> tuple[tuple[Rule, ...], dict[str, tuple[Example, ...]]]:
    rules: dict[str, Rule] = {}
    examples: dict[str, tuple[Example, ...]] = {}
    problems: list[str] = []
    for each in marked.items():
        try:
            rule, cases = _rule(each, pack_id, stamp)
            if rule.id in rules:
                each.fail(f"the rule {rule.id} is here twice")
            rules[rule.id], examples[rule.id] = rule, cases
        except DataError as error:
            problems.extend(error.problems)
    if problems:
        raise DataError(problems)
    return tuple(rules.values()), examples


def _rule(marked: Marked, pack_id: str, stamp: str) -> tuple[Rule, tuple[Example, ...]]:
    found = marked.fields(_RULE_KEYS, _RULE_MORE)
    condition = read_condition(found["condition"]) if "condition" in found else None
    rule = Rule(
        id=_rule_id(found["id"], pack_id),
        pack=stamp,
        title=found["title"].text(),
        instrument=found["instrument"].text(),
        article=found["article"].text(),
        kind=tuple(each.choice(Kind) for each in found["kind"].items()),
        confidence=found["confidence"].choice(Confidence),
        enforced_by=tuple(each.choice(EnforcedBy) for each in found["enforced_by"].items()),
        reason_zh=found["reason_zh"].text() if "reason_zh" in found else "",
        scope=read_scope(found.get("scope"), condition),
        condition=condition,
        note=found["note"].text() if "note" in found else "",
        place=marked.place,
        call=frozenset(each.choice(CallDuty) for each in found["call"].items())
        if "call" in found
        else frozenset(),
        fees=found["fees"].choice(FeeDuty) if "fees" in found else None,
    )
    cases = tuple(_example(each) for each in found["cases"].items()) if "cases" in found else ()
    _refuse_unproved(marked, rule, cases)
    return rule, cases


def _rule_id(marked: Marked, pack_id: str) -> str:
    name = marked.text()
    if not name.startswith(pack_id + "."):
        marked.fail(f"a rule of this pack is named {pack_id}.…")
    return name


def _refuse_unproved(marked: Marked, rule: Rule, cases: tuple[Example, ...]) -> None:
    """What the gate enforces has a condition, words for the console, and cases for both sides."""
    gated = EnforcedBy.GATE in rule.enforced_by and rule.id != FAULT
    if gated != (rule.condition is not None):
        marked.fail("a rule has a condition exactly when the gate enforces it")
    if EnforcedBy.NOT_ENFORCED in rule.enforced_by and not rule.note:
        marked.fail("a rule that nothing enforces needs a note that says so to the operator")
    if not gated:
        return
    if not rule.reason_zh:
        marked.fail("a rule of the gate needs reason_zh, the words the console shows")
    answers = {each.expect == "allow" for each in cases}
    if answers != {True, False}:
        marked.fail("a rule of the gate needs cases: at least one allowed, one not")


def _example(marked: Marked) -> Example:
    found = marked.fields(("title", "given", "expect"), ("until",))
    expect = found["expect"].text()
    if expect not in {"allow", "deny", "defer"}:
        found["expect"].fail("expected allow, deny or defer")
    if (expect == "defer") != ("until" in found):
        marked.fail("defer, and only that, says until when")
    given = found["given"].plain()
    if not isinstance(given, dict):
        found["given"].fail("expected a mapping of facts")
    until = found["until"].text() if "until" in found else ""
    return Example(found["title"].text(), given, expect, until, marked.place)
