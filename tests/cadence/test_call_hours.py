"""The hours at which somebody picked up before decide when they are called about anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from cadence_cast import CHINA, CONSUMER, DUE, LANDLINE, SMS_AND_VOICE, case, promise
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Window, decide
from bot.domain.cadence.calling import Slot, within
from bot.domain.facts import CaseFacts
from bot.domain.vocabulary import CaseState, Channel, PromiseState

ZONE = "Asia/Shanghai"
WINDOWS = (
    Window(time(10), time(11, 30)),
    Window(time(13, 30), time(15)),
    Window(time(19), time(20, 30)),
)
PAYDAY = DUE + timedelta(days=12)


def shanghai(day: int, hour: float = 0) -> datetime:
    return datetime(2026, 4, day, tzinfo=UTC) + timedelta(hours=hour - 8)


def called(facts: CaseFacts, *hours: int) -> CaseFacts:
    """The debtor has a landline only and picked up at these hours."""
    debtor = replace(facts.debtor, contact_points=(LANDLINE,), answered_hours=hours)
    portfolio = replace(facts.portfolio, offered=SMS_AND_VOICE)
    return replace(facts, debtor=debtor, portfolio=portfolio)


def hour_of_the_call(facts: CaseFacts, today: date) -> int:
    [proposal] = decide(facts, CONSUMER, CHINA, today).proposals
    assert proposal.channel is Channel.VOICE
    return (proposal.earliest + timedelta(hours=8)).hour


@pytest.mark.parametrize(("answered", "hour"), [((19, 19, 10), 19), ((), 10), ((3,), 10)])
def test_the_follow_up_of_a_broken_promise_comes_when_calls_are_answered(
    answered: tuple[int, ...], hour: int
) -> None:
    facts = called(case(promises=(promise(PAYDAY, PromiseState.BROKEN),)), *answered)
    assert hour_of_the_call(facts, PAYDAY + timedelta(days=2)) == hour


def test_the_reminder_of_a_promise_comes_when_calls_are_answered() -> None:
    asked = case(state=CaseState.PROMISED, promises=(promise(PAYDAY),))
    spoken = replace(CONSUMER.promises.due_day, channels=(Channel.VOICE,))
    cadence = replace(CONSUMER, promises=replace(CONSUMER.promises, due_day=spoken))
    [proposal] = decide(called(asked, 19), cadence, CHINA, PAYDAY).proposals
    assert (proposal.earliest + timedelta(hours=8)).hour == 19


def test_a_message_keeps_its_own_hour() -> None:
    facts = case(promises=(promise(PAYDAY, PromiseState.BROKEN),))
    facts = replace(facts, debtor=replace(facts.debtor, answered_hours=(19,)))
    [proposal] = decide(facts, CONSUMER, CHINA, PAYDAY + timedelta(days=2)).proposals
    assert (proposal.channel, (proposal.earliest + timedelta(hours=8)).hour) == (Channel.SMS, 10)


@pytest.mark.parametrize(
    ("wish", "answered", "called_at"),
    [
        # 明天下午三点: an hour is kept, whatever was answered before
        ((shanghai(7, 15), shanghai(7, 16)), (19,), shanghai(7, 15)),
        # 明天: the hour that was answered, else the file's first
        ((shanghai(7), shanghai(8)), (19,), shanghai(7, 19)),
        ((shanghai(7), shanghai(8)), (), shanghai(7, 10)),
        # 周末: the first of the two days
        ((shanghai(11), shanghai(13)), (13,), shanghai(11, 13.5)),
        # 下午: within it what was answered, and never outside of it
        ((shanghai(7, 12), shanghai(7, 18)), (14,), shanghai(7, 13.5)),
        ((shanghai(7, 12), shanghai(7, 18)), (19,), shanghai(7, 12)),
        # 今天, when the best hour is over already: the next of the day
        ((shanghai(7, 12), shanghai(8)), (10,), shanghai(7, 13.5)),
    ],
)
def test_a_call_back_keeps_to_the_words_and_uses_what_they_leave_open(
    wish: tuple[datetime, datetime], answered: tuple[int, ...], called_at: datetime
) -> None:
    assert within(Slot(*wish), answered, WINDOWS, (ZONE,), ZONE).earliest == called_at


@given(
    begins=st.integers(0, 60 * 24 * 3),
    minutes=st.integers(0, 60 * 24 * 4),
    hours=st.lists(st.integers(0, 23), max_size=4),
    zone=st.sampled_from([ZONE, "America/New_York", "Europe/London"]),
)
def test_no_call_back_leaves_the_span_that_was_named(
    begins: int, minutes: int, hours: list[int], zone: str
) -> None:
    start = datetime(2026, 3, 28, tzinfo=UTC) + timedelta(minutes=begins)
    wish = Slot(start, start + timedelta(minutes=minutes))
    slot = within(wish, hours, WINDOWS, (zone,), zone)
    assert wish.earliest <= slot.earliest <= slot.latest <= wish.latest
