"""One fault rule: which requests it takes, and what happens to them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sandbox.numbers import E164

ANSWER = frozenset(
    {"refuse", "rate_limit", "error_before", "error_after", "hang_before", "hang_after", "garbled"}
)
MESSAGE_FATE = frozenset({"undelivered", "failed"})
CALL_FATE = frozenset(
    {
        "dead", "unreachable", "carrier_down", "busy", "no_answer", "machine", "machine_silent",
        "fax", "undetected", "silent", "hang_up", "announces_dead", "announces_off",
        "announces_stopped",
    }
)  # fmt: skip
FATE = MESSAGE_FATE | CALL_FATE
CALLBACKS = frozenset({"lose", "duplicate", "late", "reorder", "repeat"})
EFFECTS = ANSWER | FATE | CALLBACKS
OPERATIONS = frozenset(
    {"create", "fetch", "list", "call", "call_fetch", "call_list", "call_update"}
)
FITTING = {
    "create": EFFECTS - CALL_FATE - {"repeat"},
    "call": EFFECTS - MESSAGE_FATE,
}
DEFAULT_CODES = {"undelivered": 30003, "failed": 30008}


class BadRuleError(ValueError):
    """A rule the control API cannot take; the text says what to write instead."""


@dataclass(frozen=True)
class Rule:
    """A fault. Empty conditions match everything; `every`, `skip` and `times` count matches.

    effect: one of EFFECTS. on: the operation it concerns. to / to_ends / from_ / body_has:
    conditions. every: only each n-th match. skip: let the first n matches pass. times: at most n
    applications (0 = no limit). per_number: count per destination. code, http: of a refusal or of
    the final status. seconds: of a hang, of lateness, of Retry-After. copies: posts of a duplicated
    callback. statuses: the callbacks concerned (empty = all).
    """

    id: str
    effect: str
    on: str = "create"
    to: str = ""
    to_ends: str = ""
    from_: str = ""
    body_has: str = ""
    every: int = 1
    skip: int = 0
    times: int = 0
    per_number: bool = False
    code: int = 0
    http: int = 0
    seconds: float = 0.0
    copies: int = 2
    statuses: tuple[str, ...] = ()
    virtual: bool = False

    def matches(self, on: str, to: str, from_: str, body: str) -> bool:
        """Whether the conditions hold; counting is the table's business."""
        return (
            self.on == on
            and self.to in ("", to)
            and to.endswith(self.to_ends)
            and self.from_ in ("", from_)
            and self.body_has in body
        )

    def concerns(self, status: str) -> bool:
        """Whether a callback that reports `status` is touched."""
        return not self.statuses or status in self.statuses

    def to_json(self) -> dict[str, Any]:
        """The rule as the control API writes it (`from_` is `from` there)."""
        return {
            f.name.rstrip("_"): getattr(self, f.name)
            for f in fields(self)
            if getattr(self, f.name) != f.default
        }


def parse_rule(raw: Any, rule_id: str) -> Rule:
    """A rule from the control API's JSON. Raises BadRuleError naming field and remedy."""
    if not isinstance(raw, Mapping):
        raise BadRuleError('a rule is an object such as {"effect": "undelivered", "to": "+86…"}')
    given = {("from_" if name == "from" else name): value for name, value in raw.items()}
    given.pop("id", None)
    known = {f.name: f for f in fields(Rule) if f.name != "id"}
    for name, value in given.items():
        if name not in known:
            allowed = ", ".join(sorted(n.rstrip("_") for n in known))
            raise BadRuleError(f"unknown field {name!r}; known are {allowed}")
        _check_type(name, value, known[name].default)
    given["statuses"] = tuple(given.get("statuses", ()))
    rule = Rule(id=rule_id, effect=given.pop("effect", ""), **given)
    _check_sense(rule)
    return rule


def _check_type(name: str, value: Any, default: Any) -> None:
    if name == "statuses":
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
    elif isinstance(default, bool):
        good = isinstance(value, bool)
    elif isinstance(default, int | float):
        whole = isinstance(default, int)
        good = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    else:
        good = isinstance(value, str)
    if not good:
        raise BadRuleError(f"field {name.rstrip('_')!r} has a value of the wrong type: {value!r}")


def _check_sense(rule: Rule) -> None:
    if rule.effect not in EFFECTS:
        raise BadRuleError(
            f"effect {rule.effect!r} is unknown; use one of {', '.join(sorted(EFFECTS))}"
        )
    if rule.on not in OPERATIONS:
        raise BadRuleError(f"on {rule.on!r} is unknown; use one of {', '.join(sorted(OPERATIONS))}")
    if rule.effect not in FITTING.get(rule.on, ANSWER):
        fitting = ", ".join(on for on, effects in FITTING.items() if rule.effect in effects)
        raise BadRuleError(f"effect {rule.effect!r} makes no sense on {rule.on}, only on {fitting}")
    if rule.effect == "refuse" and not rule.code:
        raise BadRuleError('effect "refuse" needs a code, e.g. 21211')
    if rule.to and not E164.fullmatch(rule.to):
        raise BadRuleError(f"to {rule.to!r} is not E.164; for an ending use to_ends")
    if rule.every < 1 or rule.copies < 1 or min(rule.skip, rule.times, rule.seconds) < 0:
        raise BadRuleError("every and copies start at 1; skip, times and seconds at 0")
