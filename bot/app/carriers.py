"""Which carrier a sender may use. The one place where test mode is kept away from live lines."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from bot.app.errors import Refusal
from bot.app.settings import Settings
from bot.carriers.twilio_sms import TwilioSms, make_client
from bot.flows.ports.carrier import SmsCarrier
from bot.flows.ports.dispatching import SenderFacts


def carrier_for(settings: Settings, *, threads: int) -> Callable[[SenderFacts], SmsCarrier]:
    """A function from sender to its carrier; made on first use, one client per process.

    The function raises Refusal when the settings do not allow the sender any carrier.
    """

    @cache
    def twilio() -> SmsCarrier:
        token = settings.twilio_auth_token
        if settings.twilio_account_sid is None or token is None:
            raise Refusal(
                "no carrier account is configured", "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
            )
        client = make_client(
            settings.twilio_account_sid,
            token.get_secret_value(),
            settings.twilio_api_base_url,
            pool=threads,
        )
        base = f"{settings.public_url}/webhooks/twilio/status?attempt="
        return TwilioSms(client, lambda attempt: base + attempt)

    def choose(sender: SenderFacts) -> SmsCarrier:
        refuse_wrong_line(settings, sender)
        return twilio()

    return choose


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
