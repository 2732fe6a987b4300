"""Twilio's Calls resource: exactly one try per call, every outcome told apart as for SMS."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from bot.carriers.twilio_client import asking, created
from bot.carriers.twilio_codes import call_state_of, ended_as
from bot.flows.ports.calls import CallReport
from bot.flows.ports.carrier import Accepted, CallOrder, Sent

#: Every event of a call (Calls resource, StatusCallbackEvent): one report each.
_EVENTS = ["initiated", "ringing", "answered", "completed"]


class TwilioCalls:
    """Implements `CallCarrier`. `webhooks` is the address below which the call asks us."""

    def __init__(self, client: Client, webhooks: str) -> None:
        self._client = client
        self._webhooks = webhooks

    def send(self, order: CallOrder) -> Sent:
        """Place the call once."""
        if order.to_collector:  # a key is asked for instead: nobody is put through to a mailbox
            return self._place(order, "desk/answer")
        return self._place(
            order,
            "answer",
            fallback_url=self._address("sorry", order.token),
            fallback_method="POST",
            machine_detection="DetectMessageEnd" if order.leaves_message else "Enable",
            async_amd="true",
            async_amd_status_callback=self._address("amd", order.token),
            async_amd_status_callback_method="POST",
        )

    def _place(self, order: CallOrder, page: str, **more: str) -> Sent:
        return created(
            lambda: self._client.calls.create(
                to=order.to,
                from_=order.sender,
                url=self._address(page, order.token),
                method="POST",
                status_callback=self._address("status", order.token),
                status_callback_event=_EVENTS,
                status_callback_method="POST",
                timeout=order.ring_seconds,
                **more,
            ),
            call_state_of,
        )

    def look_up(self, order: CallOrder, since: datetime, until: datetime) -> Sequence[Accepted]:
        """Calls between the same numbers begun between the instants.

        Raises OSError when Twilio cannot be asked.
        """
        with asking("the carrier cannot be asked now"):
            found = self._client.calls.list(
                to=order.to,
                from_=order.sender,
                start_time_after=since,
                start_time_before=until,
                limit=50,
            )
        return [Accepted(str(call.sid), call_state_of(str(call.status))) for call in found]

    def ask(self, sid: str) -> CallReport | None:
        """How the call stands; None when Twilio knows none. Raises OSError as above."""
        with asking("the carrier cannot be asked now"):
            call = self._known(sid)
        if call is None:
            return None
        status, heard = str(call.status), call.answered_by or None
        return CallReport(
            sid=sid,
            status=status,
            state=call_state_of(status),
            outcome=ended_as(status, heard),
            seconds=int(call.duration) if str(call.duration or "").isdigit() else None,
            answered_by=heard,
        )

    def _known(self, sid: str) -> Any:
        try:
            return self._client.calls(sid).fetch()
        except TwilioRestException as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def update(self, sid: str, twiml: str) -> None:
        """Let a running call go on with `twiml`. Raises OSError when that was not possible."""
        with asking("the call could not be changed"):
            self._client.calls(sid).update(twiml=twiml)

    def record(self, sid: str) -> None:
        """Record the running call from now on. Raises OSError when that was not possible."""
        with asking("the call could not be recorded"):
            self._client.calls(sid).recordings.create(
                recording_status_callback=f"{self._webhooks}/recording",
                recording_status_callback_event=["completed"],
            )

    def _address(self, page: str, token: str) -> str:
        return f"{self._webhooks}/{page}?attempt={quote(token, safe='')}"
