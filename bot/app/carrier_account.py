"""One question to the carrier with the real client: is our account in order?"""

from bot.app.settings import Settings
from bot.carriers.twilio_client import make_client


def account_status(settings: Settings) -> str:
    """`active`, `suspended` or `closed`, as the carrier says.

    Raises:
        TwilioException: wrong credentials. requests.RequestException: nobody answers.
    """
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token
    if sid is None or token is None:
        raise ValueError("no carrier account is set")
    client = make_client(sid, token.get_secret_value(), settings.twilio_api_base_url, pool=1)
    return str(client.api.accounts(sid).fetch().status)
