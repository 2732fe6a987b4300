"""Small worlds to be counted by hand: rows written as the flows write them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from desk_kit import DeskInHand, shanghai

from bot.app.counting import figures
from bot.domain.figures.stock import Stock
from bot.domain.figures.sums import Sums
from bot.store.figures.reading import FigureViews

_numbers = count(1)


@dataclass
class World:
    """One portfolio in Shanghai."""

    desk: DeskInHand
    book: int = 0

    def __post_init__(self) -> None:
        self.book = self.book or self.desk.portfolio()

    def case(
        self, entered: str = "2026-03-02 09:00", due: date = date(2026, 3, 8), **more: object
    ) -> int:
        """A case that came to the desk then, with its claim of 2,000 yuan."""
        self.desk.set_now(shanghai(entered))
        return self.desk.case(self.book, due_on=due, **more)  # type: ignore[arg-type]

    def sms(self, case_id: int, at: str, state: str = "delivered", **more: object) -> int:
        """A text that the carrier took; returns the attempt's id."""
        touch = {
            "purpose": "reminder",
            "script": "reminder.d1_5",
            "tier": "d1_5",
            "channel": "sms",
            "allowed": True,
            "segments": 1,
            **more,
        }
        number = next(_numbers)
        moment, key = shanghai(at), f"k{number}"
        touch_id = self.desk.one(
            "INSERT INTO touch (key, case_id, debtor_id, portfolio_id, sender_id, contact_point_id, "
            "channel, purpose, script, script_version, tier, due_at, latest_at, state, created_at, "
            "updated_at) SELECT %s, c.id, c.debtor_id, c.portfolio_id, s.id, q.id, %s, %s, %s, 1, %s, "
            "%s, %s, 'attempted', %s, %s FROM cases c JOIN contact_point q ON q.debtor_id = c.debtor_id, "
            "sender s WHERE c.id = %s RETURNING id",
            *(key, touch["channel"], touch["purpose"], touch["script"], touch["tier"]),
            *(moment, moment, moment, moment, case_id),
        )
        if touch["allowed"]:
            self.verdict(case_id, at, "allow", touch_id)
        return int(
            self.desk.one(
                "INSERT INTO attempt (token, touch_id, case_id, debtor_id, contact_point_id, sender_id, "
                "channel, purpose, state, body_sealed, segments, at, called_at, updated_at) "
                "SELECT key, id, case_id, debtor_id, contact_point_id, sender_id, channel, purpose, %s, "
                "'x', %s, %s, %s, %s FROM touch WHERE id = %s RETURNING id",
                *(state, touch["segments"], moment, moment, moment, touch_id),
            )
        )

    def call(self, case_id: int, at: str, outcome: str = "answered", **more: object) -> None:
        """A call that was placed; `seconds`, `verified`."""
        attempt = self.sms(case_id, at, "delivered", channel="voice", script="ivr.d1_5", **more)
        moment = shanghai(at)
        self.desk.sql(
            "INSERT INTO call (attempt_id, sender_id, case_id, debtor_id, outcome, state, placed_at, "
            "called_at, seconds, verified_at) SELECT id, sender_id, case_id, debtor_id, %s, 'ended', "
            "%s, %s, %s, %s FROM attempt WHERE id = %s",
            *(outcome, moment, moment, more.get("seconds", 0)),
            *(moment if more.get("verified") else None, attempt),
        )

    def verdict(
        self, case_id: int, at: str, outcome: str, touch_id: int | None, rule: str = ""
    ) -> None:
        """What a rule said."""
        self.desk.sql(
            "INSERT INTO verdict (touch_id, case_id, stage, outcome, rule, at) "
            "VALUES (%s, %s, 'plan', %s, %s, %s)",
            *(touch_id, case_id, outcome, rule, shanghai(at)),
        )

    def reply(self, case_id: int, at: str, intent: str = "promise_to_pay", *flags: str) -> int:
        """A message that has been read."""
        number = next(_numbers)
        return int(
            self.desk.one(
                "INSERT INTO reply (provider_sid, channel, to_address, from_sealed, from_hash, "
                "body_sealed, received_at, handled_at, state, case_id, understanding) "
                "VALUES (%s, 'sms', 'x', 'x', 'x', 'x', %s, %s, 'handled', %s, %s) RETURNING id",
                *(f"SM{number}", shanghai(at), shanghai(at), case_id),
                json.dumps({"intents": [intent], "flags": list(flags)}),
            )
        )

    def promise(self, case_id: int, made: str, due: date, state: str = "open", **sums: int) -> None:
        """A promise; `amount` and `paid` in minor units."""
        self.desk.sql(
            "INSERT INTO promise (case_id, due_on, amount_minor, paid_minor, state, made_at) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            *(case_id, due, sums.get("amount", 50_000), sums.get("paid", 0), state, shanghai(made)),
        )

    def paid(self, case_id: int, at: str, amount: int) -> None:
        """Money, in the books and on the debt."""
        number = next(_numbers)
        payment = self.desk.one(
            "INSERT INTO payment (case_id, portfolio_id, amount_minor, currency, provider, provider_ref, "
            "paid_at, received_at) SELECT id, portfolio_id, %s, currency, 'sandbox', %s, %s, %s "
            "FROM cases WHERE id = %s RETURNING id",
            *(amount, f"p{number}", shanghai(at), shanghai(at), case_id),
        )
        self.moved(case_id, at, amount, ("received", "debt"), f"payment:{payment}")
        self.desk.sql(
            "UPDATE debt SET paid_minor = paid_minor + %s WHERE case_id = %s", amount, case_id
        )

    def moved(
        self, case_id: int, at: str, amount: int, way: tuple[str, str], source: str = "test"
    ) -> None:
        """An entry in the books, between the case's only debt and another account."""
        number = next(_numbers)
        self.desk.sql(
            "INSERT INTO entry (case_id, debt_id, debit, credit, amount_minor, currency, kind, source, "
            "key, at) SELECT case_id, id, %s, %s, %s, 'CNY', 'test', %s, %s, %s FROM debt "
            "WHERE case_id = %s",
            *(*way, amount, source, f"e{number}", shanghai(at), case_id),
        )

    def handoff(
        self, case_id: int, opened: str, claimed: str | None = None, reason: str = "dispute"
    ) -> None:
        """A hand-off due in an hour, claimed or closed."""
        at = shanghai(opened)
        who = self.desk.one("SELECT id FROM collector") or self.desk.product.collectors.add(
            "chen", "陈静", "collector", "correct horse battery"
        )
        self.desk.sql(
            "INSERT INTO handoff (case_id, portfolio_id, reason, priority, opened_at, due_at, state, "
            "claimed_by, claimed_at) VALUES (%s, %s, %s, 1, %s, %s, %s, %s, %s)",
            *(case_id, self.book, reason, at, at + timedelta(hours=1)),
            *(("claimed", who, shanghai(claimed)) if claimed else ("open", None, None)),
        )

    def counted(self, at: str) -> World:
        """Count everything as of then."""
        self.desk.set_now(shanghai(at))
        figures(self.desk.product).run(livemode=False)
        return self

    def sums(self, first: date, last: date) -> Sums:
        """Of a period."""
        with self.desk.product.pool.connection() as connection:
            return FigureViews(connection).sums([self.book], first, last)

    def stock(self, first: date, last: date) -> Stock:
        """At both ends of a period."""
        with self.desk.product.pool.connection() as connection:
            return FigureViews(connection).stock([self.book], first, last)

    def rows(self) -> list[tuple[object, ...]]:
        """Every count, in a fixed order."""
        return sorted(self.desk.sql("SELECT * FROM figure"), key=str)


MARCH = date(2026, 3, 1), date(2026, 3, 31)
