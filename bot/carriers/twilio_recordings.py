"""Twilio's Recordings resource: the sound itself, and deleting it."""

from __future__ import annotations

import requests

from bot.carriers.twilio_client import TIME_OUT

_GONE, _REAL = 404, "https://api.twilio.com"


class TwilioRecordings:
    """Implements `bot.flows.recordings.Archive`. The address is made from the sid, never taken
    from a callback.
    """

    def __init__(self, account_sid: str, token: str, base_url: str | None) -> None:
        base = (base_url or _REAL).rstrip("/")
        self._folder = f"{base}/2010-04-01/Accounts/{account_sid}/Recordings"
        self._auth = (account_sid, token)

    def fetch(self, sid: str) -> bytes:
        """The sound as WAV. Raises OSError; LookupError when it is gone."""
        answer = self._ask("GET", f"{sid}.wav")
        if answer.status_code == _GONE:
            raise LookupError(sid)
        return bytes(answer.content)

    def delete(self, sid: str) -> None:
        """For good. Raises OSError."""
        self._ask("DELETE", f"{sid}.json")

    def _ask(self, method: str, name: str) -> requests.Response:
        try:
            answer = requests.request(
                method, f"{self._folder}/{name}", auth=self._auth, timeout=TIME_OUT
            )
        except requests.RequestException as lost:
            raise OSError("the carrier cannot be asked now") from lost
        if answer.status_code != _GONE and not answer.ok:
            raise OSError(f"the carrier answers {answer.status_code}")
        return answer
