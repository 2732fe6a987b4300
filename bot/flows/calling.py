"""Which script leads a call, and what the rules need to know of it."""

from __future__ import annotations

from datetime import datetime

from bot.domain.call.script import CallScript
from bot.domain.call.values import CallKind
from bot.domain.facts import CaseFacts
from bot.domain.proposal import Content
from bot.domain.vocabulary import Purpose
from bot.flows.playbook import Playbook, today_of

#: What every call is to the rules: scripts are linted to name the creditor and to offer key 9,
#: which stops the calls; a call holds no link (one is sent by SMS, through the rules of SMS).
CALL_CONTENT = Content()

#: What a collector's call goes by: people lead it, no script does.
DESK_CALL, DESK_VERSION = "desk.call", 1

_BY_PURPOSE = {
    Purpose.PROMISE_REMINDER: CallKind.PROMISE_REMINDER,
    Purpose.PROMISE_BROKEN: CallKind.BROKEN_PROMISE,
    Purpose.CALL_BACK: CallKind.CALL_BACK,
}

#: The last day past due on which lateness is still taken for an oversight (practice: D1–5).
_EARLY = 5


def kind_for(facts: CaseFacts, purpose: Purpose, now: datetime) -> CallKind:
    """The kind of call, by its purpose and by where the case stands at `now`."""
    special = _BY_PURPOSE.get(purpose)
    if special is not None:
        return special
    late = facts.days_past_due(today_of(facts, now)) or 0
    if late <= 0:
        return CallKind.PRE_DUE
    return CallKind.D1_5 if late <= _EARLY else CallKind.D6_20


def script_for(facts: CaseFacts, purpose: Purpose, playbook: Playbook, now: datetime) -> CallScript:
    """The script that leads the call."""
    return playbook.calls.pick(kind_for(facts, purpose, now), facts.debtor.locale)
