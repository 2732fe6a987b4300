"""All simulated debtors: they read what is new, and do in time what they decided; they answer calls."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from importlib.resources import files

import requests
import yaml

from sandbox.clock import iso
from sandbox.debtors.browser import Payer, open_and_pay
from sandbox.debtors.memory import NOBODY, Memory, sample_memories
from sandbox.debtors.persona import Act, Lines, Persona, persona_for
from sandbox.debtors.telephone import Telephone
from sandbox.exchange import Exchange
from sandbox.sms.inbound import NoSuchNumberError

BROWSERS = 4  #: people who are on their way to pay at the same moment


def load_lines() -> Lines:
    """What debtors write, by occasion."""
    text = files("sandbox.debtors").joinpath("lines.yaml").read_text("utf-8")
    return {
        str(name): [str(line) for line in lines] for name, lines in yaml.safe_load(text).items()
    }


class Crowd:
    """The debtors of one seed. `act` is called whenever the clock was moved."""

    def __init__(
        self, exchange: Exchange, seed: int, memories: Mapping[str, Memory] | None = None
    ) -> None:
        """`memories`: what people know of themselves, besides those of the sample ledger."""
        self._exchange = exchange
        self._seed = seed
        self._lines = load_lines()
        self._people: dict[str, Persona] = {}
        self._plans: list[tuple[datetime, int, str, str, Act]] = []
        self._order = itertools.count()
        self._read_up_to = 0
        self._lock = threading.Lock()
        self._known = known = {**sample_memories(), **(memories or {})}
        self._turn = itertools.count()
        self._browsers = ThreadPoolExecutor(BROWSERS)
        self._telephone = Telephone(exchange, seed, self._lines, self._person, known)
        self.done = self._telephone.done

    def act(self) -> dict[str, object]:
        """Read what is new, do what is due. `next` is when something more is due, or None."""
        with self._lock:
            self._read()
            calls = self._answer_calls()
            due = self._take_due()
            for number, ours, act in due:
                self._carry_out(number, ours, act)
            self._pay_all([(number, act.share) for number, _, act in due if act.kind == "pay"])
            upcoming = iso(self._plans[0][0]) if self._plans else None
            return {"acted": len(due) + calls, "next": upcoming, "done": dict(self.done)}

    def _take_due(self) -> list[tuple[str, str, Act]]:
        """What people had in mind to do by now, in the order they had."""
        now, due = self._exchange.clock.now(), []
        while self._plans and self._plans[0][0] <= now:
            *_, number, ours, act = heapq.heappop(self._plans)
            due.append((number, ours, act))
        return due

    def _read(self) -> None:
        book = self._exchange.book
        while True:
            with book.lock:
                fresh = book.after(self._read_up_to, 500)
                seen = [(m.seq, m.inbound, m.status, m.debtor, m.our_number, m.body) for m in fresh]
            if not seen:
                return
            for seq, inbound, status, debtor, ours, body in seen:
                self._read_up_to = seq
                if not inbound and status not in {"undelivered", "failed"}:
                    self._plan(debtor, ours, body)

    def _answer_calls(self) -> int:
        """Pick up what rings; who missed a call may call back some hours later."""
        count = self._telephone.pick_up_all()
        missed, self._telephone.call_back = self._telephone.call_back, []
        for number, ours in missed:
            act = self._person(number).call_back(self._exchange.clock.now())
            heapq.heappush(self._plans, (act.at, next(self._order), number, ours, act))
        return count

    def _person(self, number: str) -> Persona:
        if number not in self._people:
            self._people[number] = persona_for(number, self._seed, self._lines)
        return self._people[number]

    def _plan(self, number: str, ours: str, body: str) -> None:
        person = self._person(number)
        for act in person.read(body, self._exchange.clock.now()):
            heapq.heappush(self._plans, (act.at, next(self._order), number, ours, act))

    def _carry_out(self, number: str, ours: str, act: Act) -> None:
        if act.kind == "write":
            self._write(number, ours, act.text)
        elif act.kind == "dial":
            self._telephone.dial(number, ours)

    def _pay_all(self, shares: Sequence[tuple[str, float]]) -> None:
        """Some of them at once, each with a browser of their own."""
        work = [partial(self._pay, number, share, next(self._turn)) for number, share in shares]
        self.done.update(self._browsers.map(lambda pay: pay(), work))

    def _write(self, number: str, ours: str, text: str) -> None:
        try:
            self._exchange.inbound.receive(number, ours, text, 1)
            self.done["wrote"] += 1
        except NoSuchNumberError:
            self.done["could not write"] += 1

    def _pay(self, number: str, share: float, turn: int) -> str:
        """What came of it."""
        link = self._people[number].link
        if link is None:
            return "had no link"
        exchange = self._exchange
        papers = self._known.get(number, NOBODY).id_last4
        digits = (papers, number[-4:]) if papers else (number[-4:],)
        payer = Payer(digits, turn, exchange.notices.may_go_to, exchange.till.pay)
        try:
            return open_and_pay(link, share, payer)
        except requests.RequestException:
            return "page did not answer"
