"""A contact rule as a value: where it comes from, whom it binds, what it demands.

The figures live in `bot/policy/packs/*.yaml`; this module only says which shapes a rule can have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.vocabulary import CaseState, Channel, Purpose

#: Kinds of collector a portfolio can name.
COLLECTOR_KINDS = frozenset({"first_party", "third_party"})


class Kind(StrEnum):
    """What stands behind a rule."""

    LAW = "law"
    STANDARD = "standard"
    SELF_REGULATION = "self-regulation"
    PLATFORM = "platform"
    PRODUCT_CHOICE = "product choice"


class Confidence(StrEnum):
    """How well the rule's text is known to us."""

    PRIMARY = "primary"  #: the primary text was read
    SECONDARY = "secondary"  #: a secondary report was read
    OWN_KNOWLEDGE = "own knowledge"
    UNCERTAIN = "uncertain"  #: whether it binds here is not settled


class EnforcedBy(StrEnum):
    """Which part of the product makes the rule hold."""

    GATE = "gate"
    SCRIPTS_LINT = "scripts_lint"
    IMPORT = "import"
    DATA_MODEL = "data_model"  #: there is no field or path by which it could be broken
    FLOWS = "flows"  #: what a reply or a payment sets in motion
    RETENTION = "retention"
    CONSOLE = "console"
    NOT_ENFORCED = "not_enforced"


class CallDuty(StrEnum):
    """What a rule asks of, or allows to, a call; `bot.policy.calls` puts a portfolio's together."""

    AI_NOTICE = "ai_notice"  #: a synthetic voice says that it is one
    RECORD_NOTICE = "record_notice"  #: calls are recorded, and the debtor is told before
    COLLECTOR_NOTICE = "collector_notice"  #: a debt collector says so once the debtor is known
    VOICEMAIL = "voicemail"  #: a name and a number may be left on a machine


class FeeDuty(StrEnum):
    """What a rule says of fees that the desk itself adds; `bot.policy.fees` puts them together."""

    NONE = "none"  #: the debtor pays none
    AGREED = "agreed"  #: only what the agreement with the debtor provides for


class Count(StrEnum):
    """Which past contacts a cap counts."""

    ATTEMPTS = "attempts"  #: contacts the desk started, whatever came of them
    CONNECTED = "connected"  #: calls in which somebody spoke
    UNANSWERED = "unanswered"  #: contacts the desk started and nobody took
    ANSWERS = "answers"  #: automatic answers to replies


class CapScope(StrEnum):
    """Among whose contacts a cap counts."""

    DEBTOR = "debtor"  #: all cases and portfolios of one creditor
    NUMBER = "number"  #: one contact point
    CASE = "case"  #: one debt of the person


class WindowKind(StrEnum):
    """How a cap's window lies in time."""

    CALENDAR = "calendar"  #: whole local days, today included
    ROLLING = "rolling"  #: a span of time that ends now


@dataclass(frozen=True, slots=True)
class Window:
    """`span` is local days for CALENDAR and seconds for ROLLING."""

    kind: WindowKind
    span: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Send only inside [opens, closes), minutes after local midnight."""

    opens: int
    closes: int
    closes_inclusive: bool = False  #: the closing minute's first instant is still inside
    agreed_widens: bool = False  #: hours the debtor agreed to are open as well
    answer_minutes: int = 0  #: answers this soon after the debtor's own message are exempt


@dataclass(frozen=True, slots=True)
class InconvenientHours:
    """Not in the local hours the debtor called inconvenient."""

    answer_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `limit` counted contacts in any window, the proposed one included."""

    limit: int
    count: Count
    window: Window
    scope: CapScope
    inbound: bool = False  #: conversations the debtor began count too


@dataclass(frozen=True, slots=True)
class ForbidWhen:
    """Never while the named fact holds (`bot.domain.gate.refusals` defines the names)."""

    fact: str
    states: frozenset[CaseState] = frozenset()
    minutes: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class RequireContent:
    """The words must have these qualities, named as the fields of `Content`."""

    qualities: tuple[str, ...]
    when_link: bool = False  #: only asked of a text that holds a link


Condition = Hours | InconvenientHours | Cap | ForbidWhen | RequireContent


@dataclass(frozen=True, slots=True)
class Scope:
    """Which proposals a rule binds; an empty `us_states` means everywhere."""

    channels: frozenset[Channel] = frozenset(Channel)
    purposes: frozenset[Purpose] = frozenset(Purpose)
    collector_kinds: frozenset[str] = COLLECTOR_KINDS
    us_states: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack. `condition` is None when another part of the product enforces it."""

    id: str
    pack: str  #: `cn@2026-03-01`
    title: str
    instrument: str
    article: str
    kind: tuple[Kind, ...]
    confidence: Confidence
    enforced_by: tuple[EnforcedBy, ...]
    reason_zh: str
    scope: Scope = Scope()
    condition: Condition | None = None
    note: str = ""
    place: str = ""  #: file:line
    call: frozenset[CallDuty] = frozenset()
    fees: FeeDuty | None = None

    @property
    def unverified(self) -> bool:
        """A figure or duty of others whose primary text nobody here has read."""
        return self.kind != (Kind.PRODUCT_CHOICE,) and self.confidence is not Confidence.PRIMARY


@dataclass(frozen=True, slots=True)
class Example:
    """A rule's own test case: facts in, the expected answer out. Values are plain YAML."""

    title: str
    given: Mapping[str, object]
    expect: str  #: allow, deny or defer
    until: str = ""  #: ISO 8601, for defer
    place: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """The versioned rules of one jurisdiction."""

    id: str
    version: str
    jurisdiction: str
    effective_from: date
    zone: str
    region: str
    rules: tuple[Rule, ...]
    examples: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)  #: by rule id
    unknowns: tuple[str, ...] = ()  #: what a person must still find out

    @property
    def stamp(self) -> str:
        """How verdicts name the pack: `cn@2026-03-01`."""
        return f"{self.id}@{self.version}"
