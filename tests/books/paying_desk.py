"""A desk whose debtors pay: checkouts, what providers tell of them, and what the books say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from desk_kit import DeskInHand

from bot.app.verify.breach import Evidence
from bot.app.verify.money import books_agree, money_adds_up, notices_acted_on
from bot.app.verify.records import paid_but_open, states_replay
from bot.flows.ports.money import NoticeKind, PaymentNotice

DUE = date(2026, 3, 8)
SUCCEEDED, FAILED = NoticeKind.SUCCEEDED, NoticeKind.FAILED
REFUNDED, REFUNDED_TO = NoticeKind.REFUNDED, NoticeKind.REFUNDED_TO
CHARGED_BACK, REINSTATED = NoticeKind.CHARGED_BACK, NoticeKind.REINSTATED


@dataclass
class PayingDesk:
    """One portfolio, and notices with running event ids."""

    desk: DeskInHand
    portfolio: int
    told: list[PaymentNotice] = field(default_factory=list)

    def case(self, amount: int = 200_000, **changed: Any) -> int:
        """A case with one debt."""
        return self.desk.case(self.portfolio, due_on=DUE, amount=amount, **changed)

    def checkout(self, case: int, amount: int = 200_000, currency: str = "CNY") -> str:
        """A payment that somebody began; returns our reference."""
        reference = f"ref-{case}-{len(self.desk.sql('SELECT id FROM checkout'))}"
        self.desk.sql(
            "INSERT INTO checkout (reference, case_id, amount_minor, currency, provider, created_at)"
            " VALUES (%s, %s, %s, %s, 'stripe', %s)",
            *(reference, case, amount, currency, self.desk.now),
        )
        return reference

    def notice(
        self, kind: NoticeKind, reference: str, amount: int, **changed: Any
    ) -> PaymentNotice:
        """What Stripe would tell."""
        values: dict[str, Any] = {
            "provider": "stripe",
            "event_id": f"evt_{len(self.told)}",
            "kind": kind,
            "reference": reference,
            "amount_minor": amount,
            "currency": "CNY",
            "paid_at": self.desk.now,
            "payment_id": f"pi_{reference}" if reference else "",
            **changed,
        }
        self.told.append(PaymentNotice(**values))
        return self.told[-1]

    def tell(self, kind: NoticeKind, reference: str, amount: int, **changed: Any) -> str:
        """Tell it; returns what became of it."""
        return self.desk.product.settler.notice(self.notice(kind, reference, amount, **changed))

    def paid(self, case: int, amount: int = 200_000) -> str:
        """A checkout that was begun and paid; returns its reference."""
        reference = self.checkout(case, amount)
        assert self.tell(SUCCEEDED, reference, amount) == "applied"
        return reference

    def owed(self, case: int) -> int:
        """What the case owes by its debts."""
        return int(
            self.desk.one("SELECT sum(owed_minor)::bigint FROM debt WHERE case_id = %s", case)
        )

    def credit(self, case: int) -> int:
        """The debtor's money that no debt took."""
        query = "SELECT coalesce(sum(credit_minor), 0)::bigint FROM payment WHERE case_id = %s"
        return int(self.desk.one(query, case))

    def handoffs(self, case: int) -> list[str]:
        """Reasons of open hand-offs."""
        rows = self.desk.sql(
            "SELECT reason FROM handoff WHERE case_id = %s AND state = 'open'", case
        )
        return [row[0] for row in rows]

    def alarms(self) -> list[tuple[str, str]]:
        """Kind and message of those that stand."""
        return self.desk.sql("SELECT kind, message FROM alarm WHERE cleared_at IS NULL ORDER BY id")

    def promise(self, case: int, due_on: date, amount: int) -> None:
        """An open promise, and the case promised."""
        desk = self.desk
        desk.sql(
            "INSERT INTO promise (case_id, due_on, amount_minor, made_at) VALUES (%s, %s, %s, %s)",
            *(case, due_on, amount, desk.now),
        )
        desk.sql(
            "INSERT INTO case_event (case_id, seq, at, event, state_before, state_after, actor) "
            "SELECT id, event_seq + 1, %s, 'promise_made', 'active', 'promised', 'test' "
            "FROM cases WHERE id = %s",
            *(desk.now, case),
        )
        desk.sql(
            "UPDATE cases SET state = 'promised', event_seq = event_seq + 1 WHERE id = %s", case
        )

    def promises(self, case: int) -> list[tuple[str, int]]:
        """State and paid sum, in order."""
        return self.desk.sql(
            "SELECT state, paid_minor FROM promise WHERE case_id = %s ORDER BY id", case
        )

    def breaches(self) -> list[str]:
        """What `verify` finds about money and states."""
        checks = (books_agree, money_adds_up, notices_acted_on, paid_but_open, states_replay)
        with self.desk.product.pool.connection() as connection:
            evidence = Evidence(connection, None)
            return [f"{found.where} {found.what}" for check in checks for found in check(evidence)]
