"""The same promise as `test_books_rules`, kept by the flows on the real database."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from desk_kit import shanghai
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from paying_desk import CHARGED_BACK, REFUNDED, REFUNDED_TO, REINSTATED, PayingDesk

from bot.app.ledger_import import ledger_import
from bot.domain.books import Kind
from bot.flows.bookkeeping import Adjustment, charge_fee, waive
from bot.flows.import_ledger import ImportOrder
from bot.flows.ports.money import IncomingPayment, NoticeKind
from bot.store.ledger_files import open_ledger

HEADER = "合同编号,客户姓名,手机号,期次,应还日期,应还金额,已还金额,本金,利息,费用\n"
REVERSALS = [REFUNDED, REFUNDED_TO, CHARGED_BACK, CHARGED_BACK, REINSTATED]


def steps(chance: random.Random, count: int) -> Iterator[tuple]:
    """A load, a payment, and then anything."""

    def load() -> tuple:
        rows = [
            (
                chance.randint(1, 3),
                chance.randint(1, 400),
                chance.choice([0, 0, chance.randint(1, 400)]),
                chance.randint(0, 90),
                chance.randint(0, 90),
            )
            for _ in range(chance.randint(1, 3))
        ]
        return "load", rows, chance.random() < 0.5

    yield load()
    yield "checkout", chance.randint(1, 600)
    for _ in range(count):
        place, amount = chance.randint(0, 5), chance.randint(1, 400)
        yield chance.choice(
            [
                load(),
                load(),
                ("pay", amount),
                ("checkout", amount),
                (chance.choice(REVERSALS), place, amount // 2),
                (chance.choice(REVERSALS), place, amount // 2),
                ("fee", place, amount),
                ("waive", place, amount),
            ]
        )


@dataclass
class Life:
    """One debtor's case, by its contract; what happens to it goes through the flows."""

    paying: PayingDesk
    url: str
    folder: Path
    number: int
    references: list[str] = field(default_factory=list)
    steps: int = 0

    @property
    def case(self) -> int | None:
        query = "SELECT case_id FROM debt WHERE contract = %s LIMIT 1"
        return self.paying.desk.one(query, f"HT{self.number}")

    def act(self, step: tuple) -> None:
        """One step; before the first import only a load does anything."""
        what, *rest = step
        self.steps += 1
        desk = self.paying.desk
        desk.set_now(desk.now + timedelta(minutes=1))
        if what == "load":
            self.load(*rest)
        elif self.case is None:
            return
        elif what == "pay":
            payment = IncomingPayment(self.case, *rest, "CNY", "bank", self.key(), desk.now)
            desk.product.settler.receive(payment, livemode=False)
        elif what == "checkout":
            self.references.append(self.paying.paid(self.case, *rest))
        elif isinstance(what, NoticeKind):
            self.tell(what, *rest)
        else:
            self.adjust(what, *rest)

    def key(self) -> str:
        return f"{self.number}-{self.steps}"

    def load(self, stated: list[tuple[int, int, int, int, int]], full: bool) -> None:
        """A file with these instalments: amount, paid, interest and fees."""
        lines = []
        for instalment, amount, paid, *wanted in {row[0]: row for row in stated}.values():
            interest = min(wanted[0], amount)
            fees = min(wanted[1], amount - interest)
            parts = (amount - interest - fees, interest, fees)
            shown = ",".join(f"{each / 100:.2f}" for each in parts)
            due = date(2026, 3, 1) + timedelta(days=30 * instalment)
            told = f"{min(paid, amount) / 100:.2f}" if paid else ""
            lines.append(
                f"HT{self.number},马敏{self.number},+861380{self.number:07d},{instalment},{due},"
                f"{amount / 100:.2f},{told},{shown}\n"
            )
        path = self.folder / "ledger.csv"
        path.write_text(HEADER + "".join(lines), encoding="utf-8")
        product = self.paying.desk.product
        with ledger_import(self.url, product.seal, product.settler) as kit:
            order = ImportOrder("loans", full_balance=full, settle_missing=full)
            kit.run(open_ledger(path), order, self.paying.desk.now)

    def tell(self, kind: NoticeKind, place: int, amount: int) -> None:
        if self.references:
            reference = self.references[place % len(self.references)]
            self.paying.tell(kind, reference, amount)

    def adjust(self, what: str, place: int, amount: int) -> None:
        """A fee or a waiver of a debt that owes something, as a collector would."""
        desk, case = self.paying.desk, self.case
        assert case is not None
        query = "SELECT id, owed_minor FROM debt WHERE case_id = %s AND owed_minor > 0 ORDER BY id"
        debts = desk.sql(query, case)
        if not debts:
            return
        debt, owed = debts[place % len(debts)]
        with desk.product.transactions() as store:
            store.lock_debtors([store.debtor_of(case)])
            if what == "fee":
                charge_fee(store, Adjustment(case, debt, amount, self.key(), "test"), at=desk.now)
                return
            waiver = Adjustment(case, debt, min(amount, owed), self.key(), "test")
            waive(store, waiver, at=desk.now)
            state = store.facts([case], desk.now)[0].state
            desk.product.settler.owes_less(store, case, state, desk.now, reason="waiver")


def test_any_sequence_leaves_the_database_s_books_equal_to_its_debts(
    paying: PayingDesk, database_url: str, tmp_path: Path
) -> None:
    numbers = iter(range(1, 10_000))

    @settings(
        max_examples=15,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.integers(0, 2**32))
    def live(seed: int) -> None:
        paying.desk.set_now(shanghai("2026-03-10 10:00"))
        life = Life(paying, database_url, tmp_path, next(numbers))
        for step in steps(random.Random(seed), 12):
            life.act(step)
        assert paying.breaches() == []
        if life.case is not None:
            assert not (paying.owed(life.case) and paying.credit(life.case))

    live()
    lived = {row[0] for row in paying.desk.sql("SELECT DISTINCT kind FROM entry")}
    sure = (Kind.PAYMENT, Kind.REFUND, Kind.CHARGEBACK, Kind.FEE, Kind.WAIVER, Kind.WITHDRAWN)
    assert lived >= {kind.value for kind in sure}
