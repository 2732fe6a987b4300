"""Twilio's Messages resource: exactly one try per message, every outcome told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from twilio.rest import Client

from bot.carriers.twilio_client import asking, created
from bot.carriers.twilio_codes import state_of
from bot.flows.ports.carrier import Accepted, Sent, SmsOrder


class TwilioSms:
    """Implements `SmsCarrier`. `callback_url` names the status callback of an attempt's token."""

    def __init__(self, client: Client, callback_url: Callable[[str], str]) -> None:
        self._client = client
        self._callback_url = callback_url

    def send(self, order: SmsOrder) -> Sent:
        """Create the message once."""
        return created(
            lambda: self._client.messages.create(
                to=order.to,
                from_=order.sender,
                body=order.body,
                validity_period=order.valid_seconds,
                status_callback=self._callback_url(order.token),
            ),
            state_of,
        )

    def look_up(self, order: SmsOrder, since: datetime, until: datetime) -> Sequence[Accepted]:
        """Messages with the same numbers and text between the instants.

        Raises OSError when Twilio cannot be asked.
        """
        with asking("the carrier cannot be asked now"):
            found = self._client.messages.list(
                to=order.to,
                from_=order.sender,
                date_sent_after=since,
                date_sent_before=until,
                limit=50,
            )
        return [
            Accepted(str(message.sid), state_of(str(message.status)))
            for message in found
            if message.body == order.body
        ]
