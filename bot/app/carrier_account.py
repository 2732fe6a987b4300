"""One question to the carrier with the real client: is our account in order?"""

from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.app.settings import Settings

TIMEOUT = 10.0  # seconds; the client's own default is none at all
CARRIER = "https://api.twilio.com"


class _Elsewhere(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """Sends requests for the carrier's address to another one."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=TIMEOUT, max_retries=None)
        self._base_url = base_url

    def request(self, method: str, url: str, *args: Any, **named: Any) -> Response:
        return super().request(method, url.replace(CARRIER, self._base_url, 1), *args, **named)


def account_status(settings: Settings) -> str:
    """`active`, `suspended` or `closed`, as the carrier says.

    Raises:
        TwilioException: wrong credentials. requests.RequestException: nobody answers.
    """
    token = settings.twilio_auth_token
    client = Client(
        settings.twilio_account_sid,
        token.get_secret_value() if token else None,
        http_client=_Elsewhere(settings.twilio_api_base_url or CARRIER),
    )
    return str(client.api.accounts(settings.twilio_account_sid).fetch().status)
