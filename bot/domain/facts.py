"""What the deciders see: frozen snapshots of a case, taken by the store, free of any I/O.

Instants are timezone-aware UTC; days are in the portfolio's zone unless said otherwise;
amounts are integer minor units.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.domain.vocabulary import (
    INITIATED,
    AllocationOrder,
    CaseState,
    Channel,
    Owner,
    PhoneKind,
    PromiseState,
    Purpose,
    SenderKind,
)


@dataclass(frozen=True, slots=True)
class DebtFacts:
    """One instalment or invoice.

    `amount_minor` is all that is asked: the ledger's figure with the desk's fees, less what was
    waived. The two `…_owed_minor` say how much of what is outstanding is interest and fees; the
    rest is principal.
    """

    debt_id: int
    ref: str  #: contract and instalment, or invoice number, as the creditor writes it
    due_on: date
    amount_minor: int
    paid_minor: int
    sequence: int | None = None  #: instalment number, 1 = first
    interest_owed_minor: int = 0
    fee_owed_minor: int = 0
    fee_minor: int = 0  #: charged by this desk, within `amount_minor`
    waived_minor: int = 0  #: given up so far, no longer within `amount_minor`

    @property
    def outstanding_minor(self) -> int:
        """Never negative: an overpayment is credit, not debt."""
        return max(self.amount_minor - self.paid_minor, 0)


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """A promise to pay; `amount_minor` None means all that was owed."""

    promise_id: int
    due_on: date
    amount_minor: int | None
    state: PromiseState
    made_at: datetime
    plan_id: int | None = None  #: an instalment of a plan that is active


@dataclass(frozen=True, slots=True)
class ContactPointFacts:
    """A phone of the debtor or of a guarantor. The number itself stays in the store."""

    contact_point_id: int
    kind: PhoneKind
    region: str  #: ISO 3166 region of the number, `CN`; `ZZ` unknown
    zones: tuple[str, ...]  #: IANA zones the number may lie in, never empty
    owner: Owner = Owner.DEBTOR
    disabled: str | None = None  #: why it is not to be used: wrong_person, dead, landline …
    suppressed: frozenset[Channel] = frozenset()  #: opted out here
    consent_voice: bool = False  #: prior express consent for synthetic voice
    checked_at: datetime | None = None  #: debtor texted from it, or checked not reassigned
    disabled_at: datetime | None = None

    def can_carry(self, channel: Channel) -> bool:
        """Whether the line itself can carry `channel` (a landline takes no SMS)."""
        return channel is Channel.VOICE or self.kind is not PhoneKind.LANDLINE


@dataclass(frozen=True, slots=True)
class ContactFact:
    """One past contact with the debtor (any case or portfolio of the same creditor).

    An attempt whose outcome is unknown is listed like one that was sent. `connected` is for
    calls: somebody spoke. Inbound calls are listed with `inbound=True`.
    """

    at: datetime
    channel: Channel
    purpose: Purpose
    contact_point_id: int
    case_id: int
    connected: bool = False
    inbound: bool = False

    @property
    def initiated(self) -> bool:
        """Started by the desk, so that frequency caps count it."""
        return not self.inbound and self.purpose in INITIATED


@dataclass(frozen=True, slots=True)
class LastTouch:
    """The latest pattern day on which a cadence rule already produced a touch."""

    rule: str
    anchor: date  #: the date the pattern counted from: due date, entry or promised date
    day: int
    planned_on: date | None = None  #: the day it was planned for; None reads as anchor + day


@dataclass(frozen=True, slots=True)
class PortfolioFacts:
    """One creditor's book, as far as decisions need it."""

    portfolio_id: int
    code: str
    creditor: str  #: who is owed, as the debtor knows it
    signature: str  #: SMS signature without the brackets
    zone: str  #: IANA
    region: str  #: ISO 3166; phones without a country code are read in it
    currency: str
    cadence: str
    packs: tuple[str, ...]
    livemode: bool
    collector_kind: str = "first_party"  #: or `third_party` (Regulation F binds those)
    sender_kind: SenderKind = SenderKind.SANDBOX
    sender_id: int = 0
    per_second: float = 1.0  #: messages the sender's carrier takes per second
    phone: str = ""  #: the desk's number that a debtor can call
    complaint_phone: str = ""
    payee_account: str = ""  #: the creditor-designated repayment account, masked as printed
    contact_name: str = ""  #: whom a message left on an answering machine may name
    grace_days: int = 1
    allocation: AllocationOrder = AllocationOrder.OLDEST_DUE_FIRST
    offered: frozenset[Channel] = frozenset({Channel.SMS})  #: what its sender can carry
    wording: int = 0  #: state of its own wording of scripts; 0: all as shipped


@dataclass(frozen=True, slots=True)
class DebtorFacts:
    """The person, across all cases with one creditor."""

    debtor_id: int
    name: str
    locale: str = "zh-CN"  #: zh-CN, zh-TW or zh-HK
    vulnerable: str | None = None  #: minor, severe_illness, self_harm …
    deceased: bool = False
    attorney: bool = False
    stop_all: bool = False  #: asked for no contact at all
    human_only: bool = False
    agreed_hours: tuple[int, int] | None = None  #: local hours the debtor agreed to, [from, to)
    inconvenient_hours: tuple[tuple[int, int], ...] = ()
    payday: int | None = None  #: day of month
    us_state: str | None = None
    answered_hours: tuple[int, ...] = ()  #: local hours in which calls were answered, newest last
    contact_points: tuple[ContactPointFacts, ...] = ()


class Account(Protocol):
    """What is owed and to whom: all that days, tiers and the limits of an answer depend on."""

    @property
    def portfolio(self) -> PortfolioFacts:
        """Whose book it is in."""
        ...

    @property
    def currency(self) -> str:
        """ISO 4217."""
        ...

    @property
    def debts(self) -> tuple[DebtFacts, ...]:
        """In no order."""
        ...


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the debtor's page shows of a case and checks an answer against; an `Account`."""

    case_id: int
    state: CaseState
    portfolio: PortfolioFacts
    name: str
    locale: str
    currency: str
    debts: tuple[DebtFacts, ...] = ()
    instalments: tuple[tuple[date, int], ...] = ()  #: of an active plan: day, minor units left

    @property
    def outstanding_minor(self) -> int:
        """Sum over the debts, minor units."""
        return sum(debt.outstanding_minor for debt in self.debts)

    @property
    def open_debts(self) -> tuple[DebtFacts, ...]:
        """Debts with something left to pay, earliest due first."""
        return still_open(self.debts)

    @property
    def next_instalment_minor(self) -> int:
        """What the plan asks for next, never more than is owed; 0 without a plan."""
        left = self.instalments[0][1] if self.instalments else 0
        return min(left, self.outstanding_minor)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Everything a decision about one case may depend on."""

    case_id: int
    state: CaseState
    portfolio: PortfolioFacts
    debtor: DebtorFacts
    currency: str
    entered_at: datetime
    debts: tuple[DebtFacts, ...] = ()
    promises: tuple[PromiseFacts, ...] = ()
    late_count: int | None = None  #: times late in the last three months, None unknown
    dispute_open: bool = False
    dispute_whole: bool = False
    unclear_replies: int = 0  #: consecutive, reset by an understood one
    contacts: tuple[ContactFact, ...] = ()  #: last 8 days, debtor × creditor
    last_touches: tuple[LastTouch, ...] = ()
    tier_attempts: int = 0  #: since the latest of tier start, last reply and `returned_on`
    last_reply_at: datetime | None = None
    next_touch_at: datetime | None = None  #: a planned touch is already waiting
    limitation_on: date | None = None  #: the limitation period ends
    returned_on: date | None = None  #: a collector last gave the case back to the bot
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def outstanding_minor(self) -> int:
        """Sum over the debts, minor units."""
        return sum(debt.outstanding_minor for debt in self.debts)

    @property
    def open_debts(self) -> tuple[DebtFacts, ...]:
        """Debts with something left to pay, earliest due first."""
        return still_open(self.debts)

    @property
    def anchor(self) -> date | None:
        """The earliest unpaid due date; tiers count from it. None when nothing is owed."""
        left = self.open_debts
        return left[0].due_on if left else None

    @property
    def open_promise(self) -> PromiseFacts | None:
        """The promise that stops the cadence, if any; the earliest when several are open."""
        still = [p for p in self.promises if p.state is PromiseState.OPEN]
        return min(still, key=lambda p: p.due_on, default=None)

    @property
    def next_instalment(self) -> PromiseFacts | None:
        """The instalment an active plan waits for; None without such a plan."""
        still = [p for p in self.promises if p.state is PromiseState.OPEN and p.plan_id]
        return min(still, key=lambda p: p.due_on, default=None)

    @property
    def broken_promises(self) -> int:
        """Promises broken so far (partial ones are not broken)."""
        return sum(p.state is PromiseState.BROKEN for p in self.promises)

    def days_past_due(self, today: date) -> int | None:
        """today − earliest unpaid due date; negative before due; None when nothing is owed."""
        return None if self.anchor is None else (today - self.anchor).days


def still_open(debts: Iterable[DebtFacts]) -> tuple[DebtFacts, ...]:
    """Those with something left to pay, earliest due first."""
    left = (debt for debt in debts if debt.outstanding_minor)
    return tuple(sorted(left, key=lambda debt: (debt.due_on, debt.debt_id)))
