"""Twilio's own client as every resource uses it: exactly one try, every outcome told apart.

Twilio has no idempotency key, so nothing here or below repeats a create. What may have reached
the debtor (a time-out, a reset, a 5xx, an answer that cannot be read) comes back as Ambiguous.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from logging import getLogger
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.carriers.twilio_codes import kind_of
from bot.domain.vocabulary import AttemptState
from bot.flows.ports.carrier import Accepted, Ambiguous, Refusal, Refused, Sent

#: Seconds: connect and read. Twilio answers a create within a few hundred milliseconds.
TIME_OUT = 15.0

_TOO_MANY = 429
_THROTTLED = "20429"
_SERVER_ERRORS = 500


class ThrottledError(requests.RequestException):
    """Twilio's 429: never processed. `retry_after` in seconds, when Twilio named a time."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("too many requests")
        self.retry_after = retry_after


class RedirectedHttpClient(HttpClient):  # type: ignore[misc]  # the library has no types
    """An HTTP client for Twilio's library: a pool as large as its callers, no retries, and, when a
    base URL is given, every request sent there instead of `https://*.twilio.com`.

    Of the library's own it leaves out the session: there are no cookies, redirects or hooks here,
    and asking for them, and for proxies in the environment each time, is half the cost of a send.
    """

    def __init__(self, base_url: str | None, *, pool: int) -> None:
        super().__init__(getLogger(__name__), is_async=False, timeout=TIME_OUT)
        self._adapter = HTTPAdapter(pool_maxsize=pool, max_retries=0)
        self._proxies = requests.utils.get_environ_proxies(base_url or "https://api.twilio.com")
        self._base = urlsplit(base_url) if base_url else None

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request with form data, redirected if a base URL was given, a redirect never
        followed. Raises ThrottledError and what `requests` raises.
        """
        request = requests.PreparedRequest()
        url = self._redirected(uri)
        request.prepare(method, url, headers, params=params, data=data or {}, auth=auth)
        answer = self._adapter.send(
            request, timeout=timeout or TIME_OUT, verify=True, proxies=self._proxies
        )
        if answer.status_code == _TOO_MANY:  # the library's own error drops the header
            raise ThrottledError(_seconds(answer.headers.get("Retry-After")))
        return Response(answer.status_code, answer.text, answer.headers)

    def _redirected(self, url: str) -> str:
        if self._base is None:
            return url
        parts = urlsplit(url)
        path = self._base.path.rstrip("/") + parts.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))


def make_client(account_sid: str, token: str, base_url: str | None, *, pool: int) -> Client:
    """The real client, pointed at `base_url` when one is given."""
    http = RedirectedHttpClient(base_url, pool=pool)
    return Client(account_sid, token, http_client=http)


def created(create: Callable[[], Any], state_of: Callable[[str], AttemptState]) -> Sent:
    """What became of one create of a message or a call; `state_of` reads its status."""
    try:
        made = create()
    except ThrottledError as throttled:
        return Refused(Refusal.THROTTLED, _THROTTLED, throttled.retry_after)
    except TwilioRestException as refusal:
        return _refused(refusal)
    except (TwilioException, requests.RequestException, json.JSONDecodeError, OSError) as lost:
        return Ambiguous(type(lost).__name__)
    if not made.sid:
        return Ambiguous("answer without sid")
    return Accepted(made.sid, state_of(str(made.status)))


@contextmanager
def asking(failure: str) -> Iterator[None]:
    """Whatever Twilio's client raises inside is an OSError that says `failure`."""
    try:
        yield
    except (TwilioException, requests.RequestException, json.JSONDecodeError) as lost:
        raise OSError(failure) from lost


def _refused(error: TwilioRestException) -> Sent:
    """What Twilio's refusal of a create means."""
    if error.status >= _SERVER_ERRORS:
        return Ambiguous(f"http {error.status}")
    kind = kind_of(error.code)
    if kind is None:  # an unknown 4xx left nothing behind; it is about this text or this account
        kind = Refusal.ACCOUNT if error.status in {401, 403} else Refusal.CONTENT
    return Refused(kind, str(error.code or error.status))


def _seconds(header: str | None) -> float | None:
    """`Retry-After` in seconds; its other form, a date, is not used by Twilio."""
    return float(header) if header and header.isascii() and header.isdigit() else None
