"""What differs between sending a text and placing a call; everything else is the dispatcher's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.domain.facts import CaseFacts, PortfolioFacts
from bot.domain.proposal import Content
from bot.domain.vocabulary import Channel, Purpose
from bot.flows.calling import CALL_CONTENT, DESK_CALL, DESK_VERSION, script_for
from bot.flows.considering import compose
from bot.flows.playbook import Playbook
from bot.flows.ports.carrier import CallOrder, Order, Refusal, Refused, SmsOrder
from bot.flows.ports.dispatching import DispatchStore, DueTouch, NewCall, NewLink
from bot.policy.calls import leaves_message
from bot.scripts.readiness import missing_from

#: Seconds a telephone rings before we give up (product choice: five to six rings; more is a
#: nuisance, and a mailbox takes over in between), and the least that is worth beginning.
RING, SHORTEST_RING = 25, 5

#: Which collector a call is for; kept in the touch's parameters.
CALLER = "collector"


class LinkMaker(Protocol):
    """Makes payment links; only the hash of their token is kept."""

    def make(self, case_id: int, at: datetime) -> NewLink:
        """A fresh link to the debtor's page; it opens nothing until the store remembers it."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """What a touch says, written from the facts of this moment."""

    content: Content
    body: str
    segments: int
    version: int  #: of the script
    link: NewLink | None = None  #: the very link that the text holds
    call: NewCall | None = None
    leaves_message: bool = False  #: on a machine; then its greeting must be waited for


class Trade(Protocol):
    """Texts or calls."""

    @property
    def channel(self) -> Channel:
        """Which touches it carries out."""
        ...

    def turns(
        self, store: DispatchStore, sender_id: int, wanted: int, real_now: datetime
    ) -> tuple[int, bool]:
        """How many may go out now, and whether to come back in a second for more."""
        ...

    def gaps(self, portfolio: PortfolioFacts, touch: DueTouch) -> tuple[str, ...]:
        """What the portfolio must have filled in before the touch goes out."""
        ...

    def write(
        self,
        playbook: Playbook,
        links: LinkMaker,
        facts: CaseFacts,
        touch: DueTouch,
        now: datetime,
    ) -> Written:
        """The words. Raises whatever goes wrong with them."""
        ...

    def order(self, token: str, to: str, sender: str, written: Written, seconds: int) -> Order:
        """What the carrier is handed; it may take at most `seconds` to arrive."""
        ...


@dataclass(frozen=True)
class Texts:
    """SMS."""

    channel: Channel = Channel.SMS

    def turns(
        self, store: DispatchStore, sender_id: int, wanted: int, real_now: datetime
    ) -> tuple[int, bool]:
        """The sender's rate."""
        taken = store.take_turns(sender_id, wanted=wanted, real_now=real_now)
        return taken, taken < wanted

    def gaps(self, portfolio: PortfolioFacts, touch: DueTouch) -> tuple[str, ...]:
        """None: a text that lacks a value cannot be written, and is told apart by itself."""
        return ()

    def write(
        self,
        playbook: Playbook,
        links: LinkMaker,
        facts: CaseFacts,
        touch: DueTouch,
        now: datetime,
    ) -> Written:
        """The rendered text with its link."""
        script = playbook.script(touch.script, facts)
        link = links.make(facts.case_id, now) if script.has_link else None
        url = link.url if link else None
        words, version = compose(facts, touch.script, touch.params, playbook, now, link=url)
        return Written(words.content, words.text, words.segments, version, link)

    def order(self, token: str, to: str, sender: str, written: Written, seconds: int) -> Order:
        """A message that must arrive within `seconds`."""
        return SmsOrder(token, to, sender, written.body, seconds)


@dataclass(frozen=True)
class Calls:
    """Voice."""

    channel: Channel = Channel.VOICE

    def turns(
        self, store: DispatchStore, sender_id: int, wanted: int, real_now: datetime
    ) -> tuple[int, bool]:
        """The sender's rate and lines; a line that becomes free wakes the sender by itself."""
        return store.take_lines(sender_id, wanted=wanted, real_now=real_now)

    def gaps(self, portfolio: PortfolioFacts, touch: DueTouch) -> tuple[str, ...]:
        """A call may come to any of its sentences, so none begins without all their values."""
        return () if touch.purpose is Purpose.COLLECTOR else missing_from(portfolio)

    def write(
        self,
        playbook: Playbook,
        links: LinkMaker,
        facts: CaseFacts,
        touch: DueTouch,
        now: datetime,
    ) -> Written:
        """Which script leads the call: by where the case stands now, not when it was planned.

        A collector's call has none.
        """
        if touch.purpose is Purpose.COLLECTOR:
            return _by_hand(int(touch.params[CALLER]))
        script = script_for(facts, touch.purpose, playbook, now)
        call = NewCall(script.id, script.version)
        return Written(
            CALL_CONTENT,
            f"{script.id} v{script.version}",
            1,
            script.version,
            call=call,
            leaves_message=leaves_message(facts.portfolio),
        )

    def order(self, token: str, to: str, sender: str, written: Written, seconds: int) -> Order:
        """A call that must not ring into closed hours."""
        ring = max(SHORTEST_RING, min(RING, seconds))
        by_hand = written.call is not None and written.call.collector_id is not None
        return CallOrder(
            token,
            to,
            sender,
            ring,
            leaves_message=written.leaves_message,
            to_collector=by_hand,
        )


def _by_hand(collector_id: int) -> Written:
    call = NewCall(DESK_CALL, DESK_VERSION, collector_id)
    return Written(CALL_CONTENT, f"{DESK_CALL} v{DESK_VERSION}", 1, DESK_VERSION, call=call)


def as_to_debtor(order: Order, refused: Refused) -> Refused:
    """What is wrong with a collector's telephone is not held against the debtor's."""
    ours = isinstance(order, CallOrder) and order.to_collector
    if ours and refused.kind in {Refusal.NUMBER, Refusal.OPTED_OUT}:
        return replace(refused, kind=Refusal.TEMPORARY)
    return refused
