"""Random lives of a few cases, after which the checker must find nothing.

What happens is drawn by Hypothesis: days pass, ledgers come, debtors say all kinds of things, money
arrives, the carrier errs, collectors act, and nothing of it may lead to a broken promise of ours.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from desk_kit import DeskInHand, shanghai
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot.app.ledger_import import ledger_import
from bot.app.verify.breach import Evidence
from bot.app.verify.checks import run_checks
from bot.app.verify.log import read_log
from bot.flows.desk import DeskError
from bot.flows.import_ledger import ImportOrder
from bot.flows.ports.money import IncomingPayment
from bot.store.ledger_files import open_ledger

SAID = (
    "明天还两千",
    "月底还一半",
    "我已经还了",
    "这笔金额不对",
    "打错了，我不认识这个人",
    "在开会，下午三点再联系我",
    "把链接发我",
    "能分期吗",
    "失业了没钱还",
    "不还，爱怎样怎样",
    "退订",
    "STOP",
    "START",
    "找人工",
    "我要投诉你们",
    "他上个月去世了",
    "好的",
    "你是谁",
    "1",
    "2",
    "嗯嗯嗯",
    "。。。",
    "三年后还",
    "不想活了",
)

FAULTS: tuple[dict[str, object], ...] = (
    {"effect": "error_before", "every": 2},
    {"effect": "error_after", "every": 2},
    {"effect": "garbled", "every": 2},
    {"effect": "rate_limit", "every": 2},
    {"effect": "lose", "every": 2},
    {"effect": "duplicate"},
    {"effect": "reorder"},
    {"effect": "refuse", "code": 21614, "every": 3},
    {"effect": "refuse", "code": 21610, "every": 3},
    {"effect": "refuse", "code": 21611, "every": 2},
    {"effect": "refuse", "code": 20003, "times": 1},
    {"effect": "undelivered", "code": 30005, "every": 3},
    {"effect": "undelivered", "code": 30007, "every": 2},
    {"effect": "undelivered", "code": 30002, "every": 4},
)

HEADER = "合同编号,客户姓名,手机号,应还日期,应还金额,已还金额"

#: Contract, name, phone: two debtors share a phone, one has two contracts.
PEOPLE = (
    ("HT1", "马敏", "13800138101"),
    ("HT2", "李强", "13800138102"),
    ("HT3", "王芳", "13800138102"),
    ("HT4", "马敏", "13800138101"),
)

#: A sender's time is real time: the clock of the tests does not bring back its turns.
UNHELD = "UPDATE sender SET paced_to = NULL, stopped_reason = NULL, stopped_at = NULL"


class Lives(RuleBasedStateMachine):
    """One desk, four contracts, and whatever happens to them."""

    desk: DeskInHand
    database_url: str
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.numbers = count(1)
        tables = self.desk.sql(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname ="
            " 'public' AND tablename NOT IN ('alembic_version', 'procrastinate_periodic_defers')"
        )[0][0]
        self.desk.sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        self.desk.sandbox.reset(f"{self.desk.url}/webhooks/twilio/sms")

    @initialize(due=st.lists(st.integers(-20, 5), min_size=4, max_size=4))
    def open_books(self, due: list[int]) -> None:
        self.desk.set_now(shanghai("2026-03-10 09:00"))
        self.portfolio = self.desk.portfolio()
        self.collector = self.desk.one(
            "INSERT INTO collector (login, name, password_hash) VALUES ('zhao', '赵', 'x') "
            "RETURNING id"
        )
        self.due = [date(2026, 3, 10) + timedelta(days=days) for days in due]
        self.amounts = [200_000] * 4
        self.paid = [0] * 4
        self.import_ledger()

    @rule(raised=st.sampled_from([0, 0, 0, 10_000]), paid=st.sampled_from([0, 0, 50_000, 200_000]))
    def newer_ledger(self, raised: int, paid: int) -> None:
        row = next(self.numbers) % 4
        self.amounts[row] += raised
        self.paid[row] = max(self.paid[row], paid)
        self.import_ledger()

    def import_ledger(self) -> None:
        lines = [HEADER]
        for (contract, name, phone), due, amount, paid in zip(
            PEOPLE, self.due, self.amounts, self.paid, strict=True
        ):
            row = (
                contract,
                name,
                phone,
                due.isoformat(),
                f"{amount / 100:.2f}",
                f"{paid / 100:.2f}",
            )
            lines.append(",".join(row))
        path = self.folder / "ledger.csv"
        path.write_text("\n".join(lines), "utf-8")
        product = self.desk.product
        with ledger_import(self.database_url, product.seal, product.settler) as kit:
            kit.run(open_ledger(path), ImportOrder("loans"), self.desk.now)

    @rule(hours=st.sampled_from([1, 3, 5, 20, 24, 26, 72, 24 * 15]))
    def time_passes(self, hours: int) -> None:
        """Short spans are walked through, long ones are slept through."""
        self.desk.sql(UNHELD)
        for _ in range(1 if hours > 26 else max(hours // 3, 1)):
            self.desk.step(self.desk.now + timedelta(hours=hours if hours > 26 else min(hours, 3)))

    @rule(who=st.integers(0, 3), words=st.sampled_from(SAID), times=st.sampled_from([1, 1, 2]))
    def debtor_writes(self, who: int, words: str, times: int) -> None:
        phone = "+86" + PEOPLE[who][2]
        body = {"from": phone, "to": "+12025550100", "body": words, "times": times}
        self.desk.sandbox.call("POST", "/inbound", body)
        self.desk.read_replies()
        self.desk.send()

    @rule(who=st.integers(1, 3), share=st.sampled_from([0.1, 0.5, 1.0, 1.3]), again=st.booleans())
    def money_arrives(self, who: int, share: float, again: bool) -> None:
        """By bank file; the same line may come twice, and more than is owed may come."""
        cases = [row[0] for row in self.desk.sql("SELECT id FROM cases ORDER BY id")]
        case = cases[who % len(cases)]
        amount, reference = int(200_000 * share), f"b-{next(self.numbers)}"
        payment = IncomingPayment(case, amount, "CNY", "bank", reference, self.desk.now)
        for _ in range(2 if again else 1):
            self.desk.product.settler.receive(payment, livemode=False)
        self.desk.send()

    @rule(fault=st.sampled_from(FAULTS))
    def carrier_errs(self, fault: dict[str, object]) -> None:
        self.desk.sandbox.faults(fault)

    @rule()
    def carrier_recovers(self) -> None:
        self.desk.sandbox.faults()
        self.desk.sql("UPDATE attempt SET called_at = called_at - interval '20 minutes'")
        self.desk.product.attempts.run()

    @rule(button=st.sampled_from(["give_back", "close"]))
    def collector_acts(self, button: str) -> None:
        found = self.desk.sql("SELECT id FROM handoff WHERE state IN ('open', 'claimed') LIMIT 1")
        for (handoff,) in found:
            self.desk.product.desk.claim(handoff, self.collector)
            try:
                if button == "close":
                    self.desk.product.desk.close(handoff, self.collector, "谈妥")
                else:
                    self.desk.product.desk.give_back(handoff, self.collector)
            except DeskError:
                continue

    @rule()
    def connections_are_cut(self) -> None:
        self.desk.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND application_name LIKE 'yuehuan-test%%' AND datname = current_database()"
        )

    @invariant()
    def every_case_is_in_the_state_its_events_lead_to(self) -> None:
        wrong = self.desk.sql(
            "SELECT c.id FROM cases c JOIN LATERAL (SELECT state_after FROM case_event e "
            "WHERE e.case_id = c.id ORDER BY seq DESC LIMIT 1) last ON true "
            "WHERE last.state_after <> c.state"
        )
        assert wrong == []

    def teardown(self) -> None:
        self.desk.sandbox.faults()
        self.desk.sandbox.flush()
        log = read_log(self.desk.sandbox.url, None)
        with self.desk.product.pool.connection() as connection:
            findings = run_checks(Evidence(connection, log))
        assert [(f.invariant.name, b) for f in findings for b in f.breaches] == []


@pytest.mark.parametrize("profile", ["short and many", "long and few"])
def test_random_lives_end_without_a_breach(
    desk: DeskInHand, database_url: str, tmp_path: Path, profile: str
) -> None:
    examples, steps = {"short and many": (14, 10), "long and few": (5, 35)}[profile]
    here = type("Here", (Lives,), {"desk": desk, "database_url": database_url, "folder": tmp_path})
    run_state_machine_as_test(
        here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.shrink),
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
