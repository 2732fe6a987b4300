"""Which carrier a sender may use. The one place where test mode is kept away from live lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from twilio.rest import Client

from bot.app.errors import Refusal
from bot.app.settings import Settings
from bot.carriers.twilio_calls import TwilioCalls
from bot.carriers.twilio_client import make_client
from bot.carriers.twilio_recordings import TwilioRecordings
from bot.carriers.twilio_sms import TwilioSms
from bot.flows.ports.carrier import SmsCarrier
from bot.flows.ports.dispatching import SenderFacts


@dataclass(frozen=True)
class Carriers:
    """The account of one process. Both methods raise Refusal when a sender may use no carrier."""

    settings: Settings
    threads: int

    def texts(self, sender: SenderFacts) -> SmsCarrier:
        """The sender's carrier for SMS."""
        refuse_wrong_line(self.settings, sender)
        return self._sms

    def calls(self, sender: SenderFacts) -> TwilioCalls:
        """The sender's carrier for calls."""
        refuse_wrong_line(self.settings, sender)
        return self._calls

    def recordings(self, sender: SenderFacts) -> TwilioRecordings:
        """Where the sender's recordings are."""
        refuse_wrong_line(self.settings, sender)
        sid, token = self._account
        return TwilioRecordings(sid, token, self.settings.twilio_api_base_url)

    @cached_property
    def _sms(self) -> SmsCarrier:
        base = f"{self.settings.public_url}/webhooks/twilio/status?attempt="
        return TwilioSms(self._client, lambda attempt: base + attempt)

    @cached_property
    def _calls(self) -> TwilioCalls:
        return TwilioCalls(self._client, f"{self.settings.public_url}/webhooks/twilio/voice")

    @cached_property
    def _client(self) -> Client:
        sid, token = self._account
        return make_client(sid, token, self.settings.twilio_api_base_url, pool=self.threads)

    @property
    def _account(self) -> tuple[str, str]:
        sid, token = self.settings.twilio_account_sid, self.settings.twilio_auth_token
        if sid is None or token is None:
            raise Refusal(
                "no carrier account is configured", "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
            )
        return sid, token.get_secret_value()


def refuse_wrong_line(settings: Settings, sender: SenderFacts) -> None:
    """Test mode only ever reaches a redirected carrier; live mode needs LIVE_CARRIER=true.

    Raises Refusal.
    """
    redirected = settings.twilio_api_base_url is not None
    if not sender.livemode and not redirected:
        raise Refusal(
            "a test-mode sender has no sandbox to send to", "set TWILIO_API_BASE_URL to the sandbox"
        )
    if sender.livemode and not settings.live_carrier:
        raise Refusal("a live sender may not send here", "set LIVE_CARRIER=true where it may")
