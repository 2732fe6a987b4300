"""Questions to the carrier with the real client: are our account and its numbers in order?"""

from twilio.rest import Client

from bot.app.doctor_calls import CarrierNumber
from bot.app.settings import Settings
from bot.carriers.twilio_client import make_client


def number_at_carrier(settings: Settings, address: str) -> CarrierNumber | None:
    """The account's number of that address; None when it has none such.

    Raises what the client raises.
    """
    for found in _client(settings).incoming_phone_numbers.list(phone_number=address, limit=20):
        if str(found.phone_number) == address:
            return CarrierNumber(bool(found.capabilities.get("voice")), str(found.voice_url or ""))
    return None


def account_status(settings: Settings) -> str:
    """`active`, `suspended` or `closed`, as the carrier says.

    Raises:
        TwilioException: wrong credentials. requests.RequestException: nobody answers.
    """
    client = _client(settings)
    return str(client.api.accounts(settings.twilio_account_sid).fetch().status)


def _client(settings: Settings) -> Client:
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token
    if sid is None or token is None:
        raise ValueError("no carrier account is set")
    return make_client(sid, token.get_secret_value(), settings.twilio_api_base_url, pool=1)
