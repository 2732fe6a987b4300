"""Callbacks that tell about a call: posted in order, or spoilt by a fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sandbox.delivery.poster import Posted
from sandbox.voice.call import Call
from sandbox.voice.fields import status_fields

if TYPE_CHECKING:
    from sandbox.voice.switchboard import Switchboard

DEFAULT_EVENTS = ("completed",)


class Events:
    """Posts callbacks of calls. They arrive before the line goes on, unless a fault delays them."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def announce(self, call: Call, event: str) -> None:
        """Tell the status callback of `event`, if the call's order asked for it."""
        order = call.order
        fields = status_fields(call, self._board.account, event)
        if not order.callback or event not in (order.callback_events or DEFAULT_EVENTS):
            return
        call.sequence += 1
        effects = {r.effect: r for r in call.troubles if r.concerns(fields["CallStatus"])}
        copies = effects["duplicate"].copies if "duplicate" in effects else 1
        if "lose" in effects:
            self._note(call, order.callback, event, fields, None, "lost")
        elif "reorder" in effects:
            self._hold(call, event, fields)
        elif "late" in effects:
            rule = effects["late"]
            self._board.schedule.add(
                lambda: self._send(call, event, fields, copies, "late"), rule.seconds, rule.virtual
            )
        else:
            self._send(call, event, fields, copies, "")

    def _hold(self, call: Call, event: str, fields: Mapping[str, str]) -> None:
        """Keep callbacks back until the last one, then post them in the wrong order."""
        held = call.held = [*call.held, fields]
        if event == "completed":
            for late in reversed(held):
                self._send(call, late["CallStatus"], late, 1, "reordered")

    def _send(
        self, call: Call, event: str, fields: Mapping[str, str], copies: int, note: str
    ) -> None:
        order = call.order
        for copy in range(copies):
            self.post(
                call, order.callback_method, order.callback, event, fields,
                note or ("duplicate" if copy else ""),
            )  # fmt: skip

    def post(
        self, call: Call, method: str, url: str, event: str, fields: Mapping[str, str],
        note: str = "",
    ) -> None:  # fmt: skip
        """Post one callback and write down what became of it."""
        if not self._board.book.knows(call):
            return
        posted = self._board.poster.ask(method, url, fields)
        self._note(call, url, event, fields, posted, note)

    def _note(
        self, call: Call, url: str, event: str, fields: Mapping[str, str], posted: Posted | None,
        note: str,
    ) -> None:  # fmt: skip
        result = "lost" if posted is None else "arrived" if posted.arrived else "failed"
        story = {
            "event": event,
            "status": fields.get("CallStatus", fields.get("AnsweredBy", "")),
            "answered_by": fields.get("AnsweredBy"),
            "result": result,
            "http": posted.http if posted else None,
            "tries": posted.tries if posted else 0,
            "ms": posted.ms if posted else 0,
            "trouble": posted.trouble if posted else None,
            "note": note,
        }
        self._board.record(call, "call_callback", call.callbacks, url=url, **story)
