"""The rules in force and their counters."""

import itertools
import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sandbox.faults.magic import magic_rule
from sandbox.faults.rule import ANSWER, CALLBACKS, FATE, Rule, parse_rule


@dataclass(frozen=True)
class Trouble:
    """What a request has coming: how it is answered, how the message ends, what callbacks suffer."""

    answer: Rule | None = None
    fate: Rule | None = None
    callbacks: tuple[Rule, ...] = ()

    @property
    def rule_ids(self) -> list[str]:
        """The rules that applied, for the log."""
        rules = [self.answer, self.fate, *self.callbacks]
        return [rule.id for rule in rules if rule]


CALM = Trouble()


class FaultTable:
    """Rules set at run time come before the magic numbers; of one stage the first rule wins."""

    def __init__(self, magic: bool) -> None:
        self.magic = magic
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._numbering = itertools.count(1)
        self._seen: dict[tuple[str, str], int] = defaultdict(int)
        self._applied: dict[tuple[str, str], int] = defaultdict(int)

    def take(self, on: str, to: str = "", from_: str = "", body: str = "") -> Trouble:
        """The trouble this request meets; counters move on."""
        if not (self._rules or self.magic):
            return CALM
        with self._lock:
            rules = [rule for rule in self._candidates(on, to) if rule.matches(on, to, from_, body)]
            struck = [rule for rule in rules if self._strikes(rule, to)]
        return _by_stage(struck) if struck else CALM

    def _candidates(self, on: str, to: str) -> list[Rule]:
        built_in = magic_rule(on, to) if self.magic else None
        return [*self._rules, built_in] if built_in else self._rules

    def _strikes(self, rule: Rule, to: str) -> bool:
        key = (rule.id, to if rule.per_number else "")
        self._seen[key] += 1
        counted = self._seen[key] - rule.skip
        due = counted > 0 and counted % rule.every == 0
        if not due or (rule.times and self._applied[key] >= rule.times):
            return False
        self._applied[key] += 1
        return True

    def replace(self, raw_rules: list[Any]) -> None:
        """Put these rules in force instead of all others. Raises BadRuleError; then nothing changes."""
        parsed = [parse_rule(raw, f"f{next(self._numbering)}") for raw in raw_rules]
        with self._lock:
            self._rules = parsed

    def add(self, raw: Any) -> Rule:
        """Append one rule. Raises BadRuleError."""
        rule = parse_rule(raw, f"f{next(self._numbering)}")
        with self._lock:
            self._rules = [*self._rules, rule]
        return rule

    def remove(self, rule_id: str) -> bool:
        """Drop one rule; False when there is none of that id."""
        with self._lock:
            left = [rule for rule in self._rules if rule.id != rule_id]
            found = len(left) < len(self._rules)
            self._rules = left
        return found

    def reset(self, magic: bool) -> None:
        """No rules, counters at zero, magic numbers as the settings say."""
        with self._lock:
            self._rules = []
            self._seen.clear()
            self._applied.clear()
            self.magic = magic

    def to_json(self) -> dict[str, Any]:
        """Rules with how often each was met and applied."""
        with self._lock:
            rules = [
                {**rule.to_json(), "id": rule.id} | self._figures(rule) for rule in self._rules
            ]
        return {"magic": self.magic, "rules": rules}

    def _figures(self, rule: Rule) -> dict[str, int]:
        return {
            "seen": sum(n for key, n in self._seen.items() if key[0] == rule.id),
            "applied": sum(n for key, n in self._applied.items() if key[0] == rule.id),
        }


def _by_stage(struck: list[Rule]) -> Trouble:
    answers = [rule for rule in struck if rule.effect in ANSWER]
    fates = [rule for rule in struck if rule.effect in FATE]
    callbacks = tuple(rule for rule in struck if rule.effect in CALLBACKS)
    return Trouble(
        answers[0] if answers else None,
        fates[0] if fates else None,
        callbacks,
    )
