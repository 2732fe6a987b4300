"""A turn is thought about and written without holding the call, from what this process knows of it:
what happens meanwhile counts.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from call_kit import DUE, KNOWN, act, call_row, called, settle, sid_of, talk, turns
from desk_kit import DeskInHand
from statements import statements

from bot.domain.call import CallScript
from bot.domain.call.values import Heard
from bot.domain.vocabulary import CallOutcome
from bot.flows.call_context import CallContexts
from bot.flows.converse import Conversation
from bot.flows.ports.calls import CallRow, CallStore
from bot.flows.ports.money import IncomingPayment
from bot.flows.recent import Recent


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


def test_of_a_sum_paid_in_two_parts_between_the_turns_the_rest_is_spoken_of(
    desk: DeskInHand,
) -> None:
    case_id, sid, number = known(desk)
    conversation, said = desk.product.conversation, ""
    for at, (key, line) in enumerate((("2", "1"), ("0312", "2"), ("1", ""))):
        if line:
            paid = IncomingPayment(case_id, 50_000, "CNY", "bank", line, desk.now)
            desk.product.settler.receive(paid, livemode=False)
        said = conversation.turn(sid, number + at, Heard.digits(key))
    assert "1000元" in said


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


def ringing(desk: DeskInHand) -> tuple[int, str, str]:
    """A call nobody has picked up yet: case, our attempt, sid."""
    case_id = called(desk)
    token = desk.one("SELECT token FROM attempt WHERE case_id = %s", case_id)
    return case_id, token, sid_of(desk, case_id)


def test_a_call_picked_up_eight_times_at_once_is_greeted_once(desk: DeskInHand) -> None:
    case_id, token, sid = ringing(desk)
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: desk.product.conversation.answer(token, sid), range(8))
        assert len(set(answers)) == 1
    assert len(turns(desk, case_id)) == 1
    assert call_row(desk, case_id)["connected"]


def test_a_machine_that_is_found_while_it_is_greeted_was_no_conversation(desk: DeskInHand) -> None:
    case_id, token, sid = ringing(desk)
    as_is = desk.product.conversation
    late = interrupted(
        desk, lambda: as_is.machine(token, sid, "machine_start", CallOutcome.MACHINE)
    )
    late.answer(token, sid)
    assert not call_row(desk, case_id)["connected"]
    assert desk.one("SELECT connected FROM attempt WHERE token = %s", token) is False


def test_a_case_that_is_closed_while_the_debtor_picks_up_is_not_spoken_of(desk: DeskInHand) -> None:
    case_id, token, sid = ringing(desk)
    late = interrupted(
        desk, lambda: desk.sql("UPDATE cases SET state = 'closed' WHERE id = %s", case_id)
    )
    assert "<Gather" not in late.answer(token, sid)


@dataclass
class HandingOver:
    """Calls as they are, but that each begins by putting the debtor through."""

    calls: Any

    def by_id(self, script: str, locale: str) -> CallScript:
        return replace(self.calls.by_id(script, locale), start="transfer")

    def language(self, locale: str) -> Any:
        return self.calls.language(locale)


def test_a_call_whose_script_begins_with_a_transfer_is_put_through(desk: DeskInHand) -> None:
    case_id, token, sid = ringing(desk)
    as_is = desk.product.conversation
    calls: Any = HandingOver(as_is.playbook.calls)
    playbook = replace(as_is.playbook, calls=calls)
    replace(as_is, playbook=playbook).answer(token, sid)
    assert call_row(desk, case_id)["transfer"] == "queued"


def test_the_next_turn_of_a_call_is_one_statement_and_one_transaction_if_something_is_reached(
    desk: DeskInHand,
) -> None:
    _, sid, number = known(desk)
    conversation = desk.product.conversation
    for key, sent in (("2", 1), ("0312", 1), ("1", 1), ("1", 2)):
        keys = Heard.digits(key)
        seen = statements(lambda keys=keys, at=number: conversation.turn(sid, at, keys))  # type: ignore[misc]
        assert len(seen) == sent, key
        number += 1
    settle(desk)
    assert desk.one("SELECT due_on FROM promise") == date(2026, 3, 12)


def test_a_turn_whose_outcome_cannot_be_kept_is_not_kept_either(desk: DeskInHand) -> None:
    case_id, sid, number = known(desk)
    talk(desk, sid, "2", "0312", "1")
    before = len(turns(desk, case_id))
    desk.sql("ALTER TABLE reply ADD CONSTRAINT full_up CHECK (false) NOT VALID")
    with pytest.raises(psycopg.errors.CheckViolation):
        desk.product.conversation.turn(sid, number + 3, Heard.digits("1"))
    desk.sql("ALTER TABLE reply DROP CONSTRAINT full_up")
    assert len(turns(desk, case_id)) == before
    desk.product.conversation.turn(sid, number + 3, Heard.digits("1"))
    settle(desk)
    assert desk.one("SELECT count(*) FROM promise") == 1


def test_a_case_closed_between_two_turns_is_spoken_of_no_more(desk: DeskInHand) -> None:
    case_id, sid, number = known(desk)
    desk.sql("UPDATE cases SET state = 'closed' WHERE id = %s", case_id)
    assert "<Hangup" in desk.product.conversation.turn(sid, number, Heard.digits("2"))


def test_a_call_that_came_to_another_case_between_two_turns_speaks_of_that_one(
    desk: DeskInHand,
) -> None:
    case_id, sid, number = known(desk)
    other = desk.case(desk.portfolio("other"), due_on=DUE, amount=77_700)
    desk.sql("UPDATE call SET case_id = %s WHERE case_id = %s", other, case_id)
    conversation = desk.product.conversation
    answers = [conversation.turn(sid, number + at, Heard.digits("2")) for at in (0, 1)]
    answers.append(conversation.turn(sid, number + 2, Heard.digits("0312")))
    assert "777" in "".join(answers)


def test_whoever_comes_on_duty_between_two_turns_gets_the_call(desk: DeskInHand) -> None:
    case_id, sid, number = known(desk)
    people = desk.product.collectors
    people.add("li", "li", "collector", "a long password")
    people.set_phone("li", "+8613800138555", "CN")
    people.duty_of("li", on=True)
    assert "<Dial" in desk.product.conversation.turn(sid, number, Heard.digits("0"))
    assert call_row(desk, case_id)["transfer"] == "dialing"


def test_a_test_clock_that_was_moved_between_two_turns_tells_what_tomorrow_is(
    desk: DeskInHand,
) -> None:
    case_id, sid, _ = known(desk)
    talk(desk, sid, "2")
    number = call_row(desk, case_id)["turn"]
    desk.set_now(desk.now + timedelta(days=1))
    answer = desk.product.conversation.turn(sid, number, Heard.speech("明天还", 0.9))
    assert "三月十三" in answer or "3月13" in answer


def test_turns_that_two_processes_take_in_turn_make_one_conversation(desk: DeskInHand) -> None:
    _, sid, number = known(desk)
    here = desk.product.conversation
    contexts = CallContexts(here.contexts.playbook, here.contexts.understand)
    there = replace(here, contexts=contexts, recent=Recent(10))
    for at, key in enumerate(("2", "0312", "1", "1")):
        (there if at % 2 else here).turn(sid, number + at, Heard.digits(key))
    settle(desk)
    assert desk.one("SELECT due_on FROM promise") == date(2026, 3, 12)


def test_of_many_calls_the_newest_are_known() -> None:
    recent = Recent[str, int](2)
    for name in ("a", "b", "a", "c"):
        recent.keep(name, 1)
    assert [recent.get(name) for name in "abc"] == [1, None, 1]
    recent.forget("a")
    assert recent.get("a") is None
