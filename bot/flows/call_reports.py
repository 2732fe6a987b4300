"""What the carrier reports of a call: each report once, forward only, and what its end leads to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.call.engine import hang_up
from bot.domain.call.storing import session_from
from bot.domain.call.values import Turn
from bot.domain.vocabulary import CallOutcome
from bot.flows.after_call import Following, remember
from bot.flows.call_outcomes import machine_heard, reached_by
from bot.flows.desk_calls import collector_side
from bot.flows.playbook import Playbook
from bot.flows.ports.calls import CallReport, CallRow, CallStore
from bot.flows.ports.delivering import DeliveryReport
from bot.flows.ports.desk_calls import DeskCallStore
from bot.flows.ports.transactions import Clock, Transactions

_UNANSWERED = frozenset(
    {CallOutcome.BUSY, CallOutcome.NO_ANSWER, CallOutcome.MACHINE, CallOutcome.FAILED}
)

_MACHINES = frozenset({CallOutcome.MACHINE, CallOutcome.FAX})
_PICKED_UP = _MACHINES | {CallOutcome.ANSWERED}


@dataclass(frozen=True)
class CallReports:
    """Records status callbacks of calls."""

    transactions: Transactions[DeskCallStore]
    playbook: Playbook
    clock: Clock

    def report(self, report: CallReport) -> bool:
        """Record one report; True when it was news about a call of ours."""
        with self.transactions() as store:
            # The lane comes before the call's row, as everywhere.
            debtor = store.peek_debtor(sid=report.sid, token=report.token)
            if debtor is not None and report.outcome is not None:
                store.lock_debtors([debtor])
            call = store.call_of(sid=report.sid, token=report.token)
            if call is None:
                return False
            now = self.clock.real() + call.shift
            if call.desk:
                real = self.clock.real()
                return collector_side(store, call, report, at=now, real_now=real)
            if call.attempt_token is not None and not self._kept(store, call, report):
                return False
            return self._take(store, call, report, now)

    def _kept(self, store: CallStore, call: CallRow, report: CallReport) -> bool:
        known = DeliveryReport(
            report.sid, report.status, report.state, call.attempt_token, report.code
        )
        return store.report_attempt(known, real_now=self.clock.real())

    def _take(self, store: CallStore, call: CallRow, report: CallReport, now: datetime) -> bool:
        if report.outcome is not None:
            if call.ended:
                return False
            self._end(store, call, report, report.outcome, now)
        elif report.status == "in-progress" and not call.ended:
            store.answered(call.call_id, report.sid, at=now)
        elif call.sid is None:
            store.name_call(call.call_id, report.sid)
        return True

    def _end(
        self,
        store: CallStore,
        call: CallRow,
        report: CallReport,
        outcome: CallOutcome,
        now: datetime,
    ) -> None:
        last = hang_up(session_from(dict(call.session))) if call.session else None
        outcome = self._outcome(call, outcome, last)
        if outcome in _MACHINES and call.outcome is None:  # detection itself was never told of
            store.heard_as(call.call_id, report.answered_by or outcome.value, outcome)
        store.end_call(call.call_id, report.sid, outcome, seconds=report.seconds, at=now)
        if last is not None:
            store.reach_later(call, reached_by(last, ""), suffix="end", at=now)
        if report.dead and call.contact_point_id is not None:
            store.disable_number(call.contact_point_id, reason="dead", at=now)
            if call.case_id is not None:
                store.check_at(call.case_id, now)
        if outcome is CallOutcome.FAX and call.contact_point_id is not None:
            store.disable_number(call.contact_point_id, reason="fax", at=now)
        self._follow(store, call, outcome, now)
        store.wake_sender(call.sender_id, at=None)

    def _outcome(self, call: CallRow, outcome: CallOutcome, last: Turn | None) -> CallOutcome:
        """What machine detection, or the conversation, made of an answered call stands."""
        if outcome not in _PICKED_UP:
            return outcome
        if call.outcome is not None:
            return call.outcome
        if last is None:
            return outcome
        spoke = last.session.heard_any  # then machine detection was wrong
        return machine_heard(last.session) or (CallOutcome.ANSWERED if spoke else outcome)

    def _follow(self, store: CallStore, call: CallRow, outcome: CallOutcome, now: datetime) -> None:
        if call.case_id is None:
            return
        facts = store.facts([call.case_id], now)[0]
        if outcome is CallOutcome.ANSWERED and call.connected:
            remember(store, call, facts)
        touch = store.touch_of(call.call_id)
        if touch is not None and outcome in _UNANSWERED:
            Following(store, self.playbook, now, self.clock.real()).follow(call, touch, facts)
