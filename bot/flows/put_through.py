"""The webhooks around a transfer: the whisper, the waiting, the way out of the line, the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.call.values import CallLanguage, Heard, TransferEnd
from bot.flows.converse import Conversation
from bot.flows.ports.calls import CallRow, CallStore
from bot.flows.ports.speaking import Speaker
from bot.flows.ports.transactions import Clock, Transactions
from bot.flows.transfers import Transfers
from bot.scripts.call_phrases import Phrases


@dataclass(frozen=True)
class PutThrough:
    """Called while a debtor waits for, or talks to, a collector."""

    transactions: Transactions[CallStore]
    conversation: Conversation
    clock: Clock
    speaker: Speaker
    phrases: Phrases

    def whisper(self, call_id: int) -> str:
        """What the collector hears before the two are connected, and the key that connects them."""
        with self.transactions() as store:
            words, language = store.whisper(call_id)
        ask = self.phrases.say("transfer_key", language)
        return self.speaker.whisper(self.phrases.spoken(words, language), ask, call_id)

    def accept(self, call_id: int) -> str:
        """The collector pressed a key: somebody is there, and the two are connected."""
        with self.transactions() as store:
            store.met(call_id, at=self.clock.real())
        return self.speaker.nothing()

    def wait(self, sid: str, waited: timedelta) -> str:
        """One round of waiting in line."""
        with self.transactions() as store:
            call = store.call_of(sid=sid, token=None)
            if call is None or call.ended or call.transfer != "queued":
                return self.speaker.leave()
            return self._transfers.waiting(store, call, language_of(call), waited)

    def queue_end(self, sid: str, number: int, end: TransferEnd) -> str:
        """Out of the line: to whoever is free now, or on with the conversation."""
        with self.transactions() as store:
            call = store.call_of(sid=sid, token=None)
            if call is not None and call.turn == number and not call.ended:
                if call.transfer == "dialing" and call.answer is not None:
                    return call.answer  # the same end once more
                if call.transfer == "queued":
                    document = self._leave(store, call, end)
                    if document is not None:
                        return document
        return self.conversation.turn(sid, number, Heard.transfer(end))

    def dial_end(self, sid: str, number: int, end: TransferEnd) -> str:
        """The collector hung up, or was not reached."""
        with self.transactions() as store:
            call = store.call_of(sid=sid, token=None)
            if call is not None and call.transfer in {"dialing", "talking"}:
                now = self.clock.real() + call.shift
                store.set_transfer(call.call_id, "over", collector_id=None, at=now)
                if end is not TransferEnd.MET:
                    store.not_met(call.call_id)
        return self.conversation.turn(sid, number, Heard.transfer(end))

    def _leave(self, store: CallStore, call: CallRow, end: TransferEnd) -> str | None:
        now = self.clock.real() + call.shift
        left = end is TransferEnd.LEFT
        document = self._transfers.out_of_line(store, call, now) if left else None
        if document is None:
            store.set_transfer(call.call_id, "over", collector_id=None, at=now)
        return document

    @property
    def _transfers(self) -> Transfers:
        return Transfers(self.speaker, self.phrases)


def language_of(call: CallRow) -> CallLanguage:
    """The language the call is led in."""
    spoken: CallLanguage = (call.session or {}).get("language", "zh-CN")
    return spoken
