"""What a simulated debtor does on the telephone: picks up or not, listens, presses, speaks, hangs up.

They understand no more of a prompt than a person half listening: which key is said to be for what, and
whether they are asked who they are, a number, a day or a sum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal

from sandbox.debtors.memory import Memory
from sandbox.debtors.persona import Persona
from sandbox.voice.amd import Callee
from sandbox.voice.automata import ANNOUNCEMENTS, GREETING

#: Of a hundred calls (invented, so that every path is walked; people differ in `_READY`).
PICK_UP = {
    "answer": 62,
    "ignore": 22,
    "decline": 6,
    "machine": 6,
    "machine_silent": 2,
    "announcement": 2,
}
_READY = {"silent": 0.35, "refuse": 0.5}
MOST_TURNS = 14
_HANGS_UP = 0.02
_MISHEARD = 0.06

_OPTION = re.compile(r"([^，,。；;、：:？?！!]*?)(?:请|請)?(?:按|撳)([0-9*#])")
_PROOF = re.compile(r"(最后|最後|末|后|後)(四|4)[位碼码个個]")
_CONTRACT = re.compile(r"合同|合約|合约")
_REFERENCE = re.compile(r"编号里的数字|編號裡的數字|編號入面嘅數字")
_DAY = re.compile(r"哪天|直接说日期|月和日|邊日|邊一日|哪一天")
_SUM = re.compile(r"(按|撳)金[额額]")
_IDENTITY = re.compile(r"(请问|請問)?(您是|係唔係|我找|我搵).{0,20}(吗|嗎|？|本人)")
_STRANGER = re.compile(r"打错了|打錯了|打錯咗")
_MORE = re.compile(r"还有别的|還有別的|仲有其他|仲有冇|還有其他")

#: What each kind of debtor looks for among the options.
WISHES = {
    "pays": r"链接|連結|账户|帳戶|户口|戶口",
    "keeps": r"日期|约|約",
    "breaks": r"日期|约|約",
    "pays_part": r"日期|约|約",
    "dispute": r"疑问|疑問",
    "already_paid": r"已经还|已經還|已經找",
    "call_later": r"不方便|唔方便",
    "human": r"人工|专员|專員|專人",
    "opt_out": r"不想再接|唔想再",
    "complaint": r"人工|专员|專員|專人",
    "deceased": r"人工|专员|專員|專人",
}
_SAYS = {"question", "hardship", "refuse", "installment", "deceased", "complaint", "unclear"}


@dataclass(frozen=True, slots=True)
class Move:
    """What the person does next."""

    kind: Literal["press", "speak", "silence", "hangup"]
    text: str = ""
    confidence: float = 0.9


@dataclass
class Caller:
    """One person on one call. `hear` is given what was said since the last move."""

    person: Persona
    random: Random
    memory: Memory
    turns: int = 0
    asked: list[str] = field(default_factory=list)

    def pick_up(self) -> tuple[str, Callee]:
        """`answer`, `ignore` or `decline`, and who or what answers."""
        weights = dict(PICK_UP)
        weights["answer"] = round(weights["answer"] * _READY.get(self.person.kind, 1.0))
        way = self.random.choices(list(weights), weights=list(weights.values()))[0]
        if way == "machine":
            return "answer", Callee("machine", GREETING, beep=True)
        if way == "machine_silent":
            return "answer", Callee("machine", GREETING, beep=False)
        if way == "announcement":
            return "answer", Callee("machine", ANNOUNCEMENTS["announces_off"], beep=False)
        return way, Callee("human")

    def hear(self, prompt: str, waiting: dict[str, Any], now: datetime) -> Move:
        """Decide on the next move. `waiting` is what the line waits for."""
        self.turns += 1
        if self.turns > MOST_TURNS or self.random.random() < _HANGS_UP:
            return Move("hangup")
        kind, accepts = waiting["kind"], waiting["accepts"]
        if kind == "record":
            return self._leave_word()
        if kind in {"queue", "dial"}:
            return Move("silence") if self.turns < MOST_TURNS - 2 else Move("hangup")
        if kind == "bridge":
            return self._talk()
        return self._answer(prompt, accepts, now)

    # ── to the menu ─────────────────────────────────────────────────────────────────────────────
    def _answer(self, prompt: str, accepts: list[str], now: datetime) -> Move:
        options = {key: words for words, key in _OPTION.findall(prompt)}
        if asked := self._number_asked(prompt):
            return asked
        if _IDENTITY.search(prompt):
            return self._who(options, accepts)
        misunderstood = _STRANGER.search(prompt) and self.person.kind != "wrong_person"
        if misunderstood or _MORE.search(prompt):
            return Move("hangup")
        if _DAY.search(prompt):
            return self._day(accepts, now)
        return self._choose(options, accepts, now)

    def _number_asked(self, prompt: str) -> Move | None:
        if _REFERENCE.search(prompt):
            return self._number(self.memory.contract_digits, "#")
        if _PROOF.search(prompt):
            contract = _CONTRACT.search(prompt) is not None
            last4 = self.memory.contract_digits[-4:] if contract else self.memory.id_last4
            return self._number(last4, "")
        if _SUM.search(prompt):
            return Move("press", f"{self.random.choice([300, 500, 1000])}#")
        return None

    def _who(self, options: dict[str, str], accepts: list[str]) -> Move:
        if self.person.kind == "wrong_person":
            return self._say(
                "wrong_person", accepts, fallback=self._key(options, "不是|唔係") or "2"
            )
        if self.random.random() < 0.04:
            return Move("silence")
        if self.person.kind == "question" and not self.asked:
            self.asked.append("who")
            return self._say("who", accepts, fallback="1")
        yes = self._key(options, r"是|係|本人") or "1"
        if self.random.random() < 0.6:
            return Move("press", yes)
        return self._say("yes", accepts, fallback=yes)

    def _number(self, digits: str, end: str) -> Move:
        """Type a number one knows, now and then wrong (an X is the star); who does not, gives up."""
        if not digits:
            return Move("silence") if self.random.random() < 0.5 else Move("hangup")
        if self.random.random() < 0.05:
            digits = str((int(digits[0]) + 1) % 10) + digits[1:]
        return Move("press", digits.upper().replace("X", "*") + end)

    def _day(self, accepts: list[str], now: datetime) -> Move:
        day = (now + timedelta(days=self.random.randint(1, 6))).date()
        if "speech" in accepts and self.random.random() < 0.6:
            return self._spoken(f"{day.month}月{day.day}日")
        return Move("press", f"{day.month:02d}{day.day:02d}")

    def _choose(self, options: dict[str, str], accepts: list[str], now: datetime) -> Move:
        if self.person.kind == "silent":
            return Move("silence")
        if self.person.kind == "wrong_person":
            return Move("press", self._key(options, "不是|唔係") or "2")
        if self.person.kind in _SAYS and self.person.kind not in self.asked:
            self.asked.append(self.person.kind)
            return self._say(self.person.kind, accepts, fallback="8")
        return self._confirmation(options) or self._wish(options, accepts, now)

    def _wish(self, options: dict[str, str], accepts: list[str], now: datetime) -> Move:
        key = self._key(options, WISHES.get(self.person.kind, WISHES["keeps"]))
        if key and self.random.random() < 0.7:
            return Move("press", key)
        if "speech" in accepts and self._words_for() and self.random.random() < 0.9:
            return self._spoken(self._line(self._words_for(), now))
        if key or options:
            return Move("press", key or self.random.choice(sorted(options)))
        return Move("silence")

    def _confirmation(self, options: dict[str, str]) -> Move | None:
        """A promise is read back, or a share of the sum is offered."""
        if key := self._key(options, r"^(对|對|啱|可以)$|就$"):
            if self.random.random() < 0.85:
                self.person.promised = True
                return Move("press", key)
            return Move("press", self._key(options, "改") or "2")
        if key := self._key(options, "全部|全數"):
            half = self._key(options, "一半")
            part = self.person.kind == "pays_part" or self.random.random() < 0.15
            return Move("press", half if part and half else key)
        return None

    # ── to people and machines ──────────────────────────────────────────────────────────────────
    def _leave_word(self) -> Move:
        if "word" in self.asked:
            return Move("press", "#")
        self.asked.append("word")
        return Move("speak", self.random.choice(self.person.lines["dispute"]))

    def _talk(self) -> Move:
        said = self.asked.count("talk")
        self.asked.append("talk")
        if said >= 2:
            return Move("hangup")
        return Move("speak", self.random.choice(self.person.lines["on_the_line"]))

    # ── words ───────────────────────────────────────────────────────────────────────────────────
    def _key(self, options: dict[str, str], wanted: str) -> str | None:
        return next((key for key, words in options.items() if re.search(wanted, words)), None)

    def _words_for(self) -> str:
        kind = (
            "promise" if self.person.kind in {"keeps", "breaks", "pays_part"} else self.person.kind
        )
        kind = "link" if kind == "pays" else kind
        return kind if kind in self.person.lines else ""

    def _say(self, occasion: str, accepts: list[str], fallback: str) -> Move:
        if "speech" not in accepts:
            return Move("press", fallback)
        return self._spoken(self.random.choice(self.person.lines[occasion]))

    def _line(self, occasion: str, now: datetime) -> str:
        day = (now + timedelta(days=self.random.randint(1, 6))).date()
        text = self.random.choice(self.person.lines[occasion])
        amount = self.random.choice(["五百", "一千", "两千"])
        return text.format(day=f"{day.month}月{day.day}日", amount=amount)

    def _spoken(self, text: str) -> Move:
        """Said aloud; now and then the line is bad and only a piece is understood."""
        if self.random.random() < _MISHEARD:
            return Move(
                "speak", text[: max(1, len(text) // 3)], round(self.random.uniform(0.2, 0.5), 2)
            )
        return Move("speak", text, round(self.random.uniform(0.75, 0.98), 2))


def caller_for(person: Persona, seed: int, number_of_call: int, memory: Memory) -> Caller:
    """The person on their n-th call; the same seed makes the same call."""
    random = Random(f"{seed}:{person.number}:call:{number_of_call}")  # noqa: S311  (play)
    return Caller(person, random, memory)
