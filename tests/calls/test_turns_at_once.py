"""A turn is read, thought about and written without holding the call: what happens meanwhile counts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from call_kit import KNOWN, act, call_row, called, sid_of, talk, turns
from desk_kit import DeskInHand

from bot.domain.call.values import Heard
from bot.flows.call_context import CallContexts
from bot.flows.converse import Conversation
from bot.flows.ports.calls import CallRow, CallStore
from bot.flows.ports.money import IncomingPayment


@dataclass
class Meanwhile:
    """Contexts as they are; once, something happens after a turn's was made."""

    contexts: CallContexts
    happens: Callable[[], Any] | None

    def of(self, store: CallStore, call: CallRow, now: datetime) -> Any:
        found = self.contexts.of(store, call, now)
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()
        return found


def known(desk: DeskInHand) -> tuple[int, str, int]:
    """A call whose debtor is known and hears the menu: case, sid, the turn to post next."""
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer", **{"as": "human"})
    talk(desk, sid, *KNOWN)
    return case_id, sid, call_row(desk, case_id)["turn"]


def interrupted(desk: DeskInHand, happens: Callable[[], Any]) -> Conversation:
    """The conversation, in whose next turn something happens between reading and writing."""
    talk_as_is = desk.product.conversation
    contexts: Any = Meanwhile(talk_as_is.contexts, happens)
    return replace(talk_as_is, contexts=contexts)


def test_money_that_arrives_while_a_turn_is_thought_about_ends_the_call_with_thanks(
    desk: DeskInHand,
) -> None:
    case_id, sid, number = known(desk)
    paid = IncomingPayment(case_id, 200_000, "CNY", "bank", "1", desk.now)
    conversation = interrupted(desk, lambda: desk.product.settler.receive(paid, livemode=False))
    answer = conversation.turn(sid, number, Heard.digits("2"))
    assert "<Hangup" in answer
    said = [said for at, said, _ in turns(desk, case_id) if at == number + 1]
    assert len(said) == 1
    assert "收到您的还款" in said[0]


def test_a_turn_that_another_one_overtook_is_answered_as_that_one_was(desk: DeskInHand) -> None:
    case_id, sid, number = known(desk)
    first: list[str] = []
    as_is = desk.product.conversation
    late = interrupted(desk, lambda: first.append(as_is.turn(sid, number, Heard.digits("8"))))
    assert late.turn(sid, number, Heard.digits("2")) == first[0]
    assert [heard for at, _, heard in turns(desk, case_id) if at == number + 1] == ["8"]


def test_one_turn_posted_eight_times_at_once_is_taken_once_and_answered_alike(
    desk: DeskInHand,
) -> None:
    case_id, sid, number = known(desk)
    before = len(turns(desk, case_id))
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda _: desk.product.conversation.turn(sid, number, Heard.digits("2")), range(8)
        )
        assert len(set(answers)) == 1
    assert len(turns(desk, case_id)) == before + 1
