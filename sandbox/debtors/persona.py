"""Who a simulated debtor is, and what they do about a message they read.

Everything follows from the debtor's own random generator, so that a seed makes the same people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal

Lines = Mapping[str, Sequence[str]]

#: How many of a hundred debtors are of each kind (invented, so that every path is walked).
MIX = {
    "silent": 24,
    "pays": 16,
    "keeps": 14,
    "breaks": 7,
    "pays_part": 7,
    "dispute": 4,
    "opt_out": 4,
    "wrong_person": 4,
    "call_later": 3,
    "already_paid": 3,
    "hardship": 3,
    "question": 3,
    "refuse": 2,
    "installment": 2,
    "human": 1,
    "complaint": 1,
    "deceased": 1,
    "unclear": 1,
}

_LINK = re.compile(r"https?://[^\s]+/p/[\w-]+")
_READ_BACK = re.compile(r"确认请回1|確認請回1")
_WHICH_DAY = re.compile(r"(\d{1,2}月\d{1,2}日)(?:还是|還是)(\d{1,2}月\d{1,2}日)")
_LATEST_DAY = re.compile(r"最(?:晚|遲)可(?:约|約)(?:到|至)(\d{1,2}月\d{1,2}日)")
_REMINDER = re.compile(r"(今日|今天|明日|明天|提醒)")


@dataclass(frozen=True, slots=True)
class Act:
    """Something a debtor will do: write `text`, pay `share` of what the link shows, or call us."""

    at: datetime
    kind: Literal["write", "pay", "dial"]
    text: str = ""
    share: float = 1.0


@dataclass
class Persona:
    """One debtor. `read` returns what they decide to do; the crowd carries it out in time."""

    number: str
    kind: str
    random: Random
    lines: Lines
    link: str | None = None
    answered: int = 0
    promised: bool = False
    settled: bool = False
    said: list[str] = field(default_factory=list)

    def read(self, body: str, now: datetime) -> list[Act]:
        """Read one message at `now` (UTC) and decide."""
        found = _LINK.search(body)
        if found:
            self.link = found.group()
        if self.settled or self.kind == "silent":
            return []
        if _READ_BACK.search(body):
            return self._read_back(now)
        if day := _WHICH_DAY.search(body) or _LATEST_DAY.search(body):
            return self._name_day(day.group(1), now)
        if self.promised:
            return self._about_the_promise(body, now)
        return self._first_words(now)

    def call_back(self, now: datetime) -> Act:
        """They missed our call and will call back within the working day."""
        return Act(self._later(now, (20, 240)), "dial")

    def _read_back(self, now: datetime) -> list[Act]:
        self.promised = True
        if self.random.random() < 0.3:
            return []
        return [self._write("confirm", now, minutes=(1, 60))]

    def _name_day(self, day: str, now: datetime) -> list[Act]:
        if self.random.random() < 0.2:
            return []
        return [self._write("day", now, minutes=(2, 120), day=day)]

    def _about_the_promise(self, body: str, now: datetime) -> list[Act]:
        if not (self.link and _REMINDER.search(body)) or self.kind == "breaks":
            return []
        share = 0.5 if self.kind == "pays_part" and self.random.random() < 0.5 else 1.0
        self.settled = share == 1.0
        return [self._pay(now, share)]

    def _first_words(self, now: datetime) -> list[Act]:
        self.answered += 1
        if self.answered > 4 or self.random.random() < 0.35:
            return []
        if self.kind == "pays":
            self.settled = self.link is not None
            return [self._pay(now, 1.0)] if self.link else []
        self.settled = self.kind in {"opt_out", "wrong_person", "deceased"}
        occasion = self._occasion()
        if self.kind == "question":
            self.kind = "pays"
        return [self._write(occasion, now)]

    def _occasion(self) -> str:
        if self.kind in {"keeps", "breaks", "pays_part"}:
            return "promise"
        if self.kind == "installment":
            return self.random.choice(["installment", "link"])
        return self.kind

    def _pay(self, now: datetime, share: float) -> Act:
        return Act(self._later(now, (10, 600)), "pay", share=share)

    def _write(
        self,
        occasion: str,
        now: datetime,
        *,
        minutes: tuple[int, int] = (3, 300),
        day: str | None = None,
    ) -> Act:
        at = self._later(now, minutes)
        text = self.random.choice(self.lines[occasion])
        words = {
            "day": day or _spoken(at.date() + timedelta(days=self.random.randint(1, 6))),
            "amount": self.random.choice(["500", "一千", "2000元", "一半"]),
        }
        self.said.append(occasion)
        return Act(at, "write", text.format(**words))

    def _later(self, now: datetime, minutes: tuple[int, int]) -> datetime:
        return now + timedelta(minutes=self.random.randint(*minutes))


def _spoken(day: date) -> str:
    return f"{day.month}月{day.day}日"


def persona_for(number: str, seed: int, lines: Lines) -> Persona:
    """The debtor who owns `number` in the crowd of `seed`."""
    random = Random(f"{seed}:{number}")  # noqa: S311  (play, not secrecy)
    kind = random.choices(list(MIX), weights=list(MIX.values()))[0]
    return Persona(number, kind, random, lines)
