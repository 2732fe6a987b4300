"""Every stored value has a Chinese word, so that no page shows a key."""

from __future__ import annotations

from enum import Enum

import pytest

from bot.domain.cadence.decision import Quiet
from bot.domain.case_life import Event
from bot.domain.understanding import Intent
from bot.domain.vocabulary import (
    AttemptState,
    CaseState,
    Channel,
    HandoffReason,
    Owner,
    PhoneKind,
    PromiseState,
    Purpose,
    TouchState,
)
from bot.flows.ports.collectors import Role
from console.story import _TOLD_ELSEWHERE
from console.words import load_words, reason_word

GROUPS: dict[str, type[Enum]] = {
    "state": CaseState,
    "channel": Channel,
    "purpose": Purpose,
    "touch_state": TouchState,
    "attempt_state": AttemptState,
    "call_attempt": AttemptState,
    "promise_state": PromiseState,
    "owner": Owner,
    "kind": PhoneKind,
    "intent": Intent,
    "event": Event,
    "quiet": Quiet,
    "role": Role,
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_of_words_is_complete(group: str) -> None:
    wanted = {member.value for member in GROUPS[group]} - _TOLD_ELSEWHERE
    assert wanted <= load_words()[group].keys()


def test_every_reason_for_a_hand_off_has_words() -> None:
    assert all(reason_word(reason.value) for reason in HandoffReason)
