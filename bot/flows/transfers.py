"""Putting a call through: to a free collector, into the line, or out of it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.call.values import CallLanguage, Output, Say, Transfer, Turn
from bot.domain.vocabulary import HandoffReason
from bot.flows.ports.calls import CallRow, CallStore, FreeCollector
from bot.flows.ports.speaking import Speaker
from bot.scripts.call_phrases import Phrases

#: Nobody waits in line longer; then a call back is offered (product choice).
LONGEST_WAIT = timedelta(minutes=3)

_NO_WORDS = Say("", "cmn-CN", "")
_SILENT = Transfer(_NO_WORDS, _NO_WORDS, "", "")


@dataclass(frozen=True)
class Transfers:
    """Within the transaction of the turn that leads to a human."""

    speaker: Speaker
    phrases: Phrases

    def begin(
        self, store: CallStore, call: CallRow, turn: Turn, transfer: Transfer, now: datetime
    ) -> str:
        """To whoever is free, else into the line: behind those who wait, unless somebody is in danger."""
        store.keep_whisper(call.call_id, transfer.whisper.text)
        urgent = transfer.reason == HandoffReason.SELF_HARM
        behind = not urgent and store.line_waits(since=now - LONGEST_WAIT)
        collector = None if behind else store.free_collector()
        state = "dialing" if collector else "queued"
        store.set_transfer(
            call.call_id,
            state,
            collector_id=collector.collector_id if collector else None,
            at=now,
            urgent=urgent,
        )
        return self._document(call, turn.outputs, turn.session.turn, collector)

    def out_of_line(self, store: CallStore, call: CallRow, now: datetime) -> str | None:
        """The document for whoever left the line because somebody is free; None for nobody."""
        collector = store.free_collector()
        if collector is None:
            return None
        store.set_transfer(call.call_id, "dialing", collector_id=collector.collector_id, at=now)
        document = self._document(call, [_SILENT], call.turn, collector)
        store.change_answer(call, document)
        return document

    def waiting(
        self, store: CallStore, call: CallRow, language: CallLanguage, waited: timedelta
    ) -> str:
        """Where the caller stands in line; out of it when it is their turn, or too long."""
        position = store.queue_position(call.call_id)
        if (
            waited > LONGEST_WAIT
            or not call.on_duty
            or (position == 1 and store.free_collector() is not None)
        ):
            return self.speaker.leave()
        return self.speaker.wait(self.phrases.say("position", language, position=str(position)))

    def _document(
        self,
        call: CallRow,
        outputs: Sequence[Output],
        number: int,
        collector: FreeCollector | None,
    ) -> str:
        return self.speaker.put_through(
            outputs,
            number,
            call_id=call.call_id,
            phone=collector.phone if collector else None,
            caller_id=call.our_number,
        )
