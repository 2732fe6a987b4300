"""The telephones of the crowd: whoever is called picks up or not, and talks to the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from sandbox.bad_input import BadInputError
from sandbox.debtors.caller import Caller, Move, caller_for
from sandbox.debtors.memory import NOBODY, Memory
from sandbox.debtors.persona import Lines, Persona
from sandbox.exchange import Exchange
from sandbox.voice.amd import Callee
from sandbox.voice.call import Call

MOST_MOVES = 40
AT_ONCE = 30  # calls taken at one go, so that whoever asked the crowd to act hears back in time
ANSWERS_AS_COLLECTOR = 0.75
CALLS_BACK = 0.12


class Telephone:
    """Acts on every call that rings, one after the other, in the order they were placed."""

    def __init__(
        self, exchange: Exchange, seed: int, lines: Lines,
        person_of: Callable[[str], Persona], memories: Mapping[str, Memory],
    ) -> None:  # fmt: skip
        self._exchange = exchange
        self._seed = seed
        self._lines = lines
        self._person_of = person_of
        self._memories = memories
        self._calls: Counter[str] = Counter()
        self._random = Random(f"{seed}:telephone")  # noqa: S311  (play)
        self.done: Counter[str] = Counter()
        self.call_back: list[tuple[str, str]] = []

    def pick_up_all(self) -> int:
        """Answer what rings, up to AT_ONCE; how many calls that were.

        What rings has this crowd's attention from here on: it does not stop by itself meanwhile.
        """
        ringing = self._ringing("outbound-api")
        for call in ringing:
            line = self._exchange.voice.line_of(call)
            line.submit(line.hold)
        for call in ringing[:AT_ONCE]:
            self._guarded(call, self._take)
        return min(len(ringing), AT_ONCE)

    def dial(self, number: str, ours: str) -> None:
        """Call the number that called before."""
        try:
            call = self._exchange.voice.people.dial(number, ours)
        except BadInputError:
            self.done["could not dial"] += 1
            return
        self.done["dialled"] += 1
        self._guarded(call, lambda call: self._talk(call, self._caller(call)))

    def _ringing(self, direction: str) -> list[Call]:
        book = self._exchange.voice.book
        with book.lock:
            live = sorted(book.live.values(), key=lambda call: call.seq)
        return [
            c for c in live if c.direction == direction and c.status == "ringing" and not c.fate
        ]

    def _guarded(self, call: Call, work: Callable[[Call], None]) -> None:
        """A call may end under one's hands: the other side hung up."""
        try:
            work(call)
        except BadInputError:
            self.done["call over"] += 1

    def _caller(self, call: Call) -> Caller:
        number = call.handset
        self._calls[number] += 1
        memory = self._memories.get(number, NOBODY)
        return caller_for(self._person_of(number), self._seed, self._calls[number], memory)

    # ── the debtor ──────────────────────────────────────────────────────────────────────────────
    def _take(self, call: Call) -> None:
        people, caller = self._exchange.voice.people, self._caller(call)
        way, callee = caller.pick_up()
        if way == "ignore":
            people.ignore(call.sid)
        elif way == "decline":
            people.decline(call.sid)
        else:
            people.answer(call.sid, callee)
        self.done["answered" if way == "answer" else f"call {way}d"] += 1
        if way == "answer" and callee.kind != "human":
            self._machine(call)
        elif way == "answer":
            self._talk(call, caller)
        elif caller.random.random() < CALLS_BACK:
            self.call_back.append((call.handset, call.our_number))

    def _machine(self, call: Call) -> None:
        for _ in range(MOST_MOVES):
            if not call.live or not self._exchange.voice.people.silence(call.sid)[1]:
                break
        if call.live:
            self._exchange.voice.people.hang_up(call.sid)
        self.done["machine"] += 1

    def _talk(self, call: Call, caller: Caller) -> None:
        heard = 0
        for _ in range(MOST_MOVES):
            self._collectors(call)
            waiting = call.waiting
            if not call.live or waiting is None:
                break
            said = call.transcript[heard:]
            heard = len(call.transcript)
            prompt = "".join(line["text"] for line in said if line["who"] in {"us", "other"})
            self._move(call, caller.hear(prompt, waiting, self._exchange.clock.now()))
        if call.live:
            self._exchange.voice.people.hang_up(call.sid)
        self.done["talked"] += 1

    def _move(self, call: Call, move: Move) -> None:
        people = self._exchange.voice.people
        if move.kind == "press":
            people.press(call.sid, move.text)
        elif move.kind == "speak":
            people.speak(call.sid, move.text, move.confidence)
        elif move.kind == "hangup" or not people.silence(call.sid)[1]:
            people.hang_up(call.sid)

    # ── the collector ───────────────────────────────────────────────────────────────────────────
    def _collectors(self, call: Call) -> None:
        """Whoever the debtor is being put through to picks up, listens to the whisper, and talks."""
        for leg in self._ringing("outbound-dial"):
            if leg.parent == call.sid:
                self._guarded(leg, self._serve)

    def _serve(self, leg: Call) -> None:
        people = self._exchange.voice.people
        if self._random.random() > ANSWERS_AS_COLLECTOR:
            people.ignore(leg.sid)
            self.done["collector missed"] += 1
            return
        people.answer(leg.sid, Callee("human"))
        if leg.waiting and leg.waiting["kind"] == "gather":
            people.press(leg.sid, "1")
        if leg.waiting and leg.waiting["kind"] == "bridge":
            people.speak(leg.sid, self._random.choice(self._lines["collector"]), 0.95)
            self.done["collector talked"] += 1
