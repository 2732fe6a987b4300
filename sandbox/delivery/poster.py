"""Posts webhooks over pooled connections and says plainly what came back."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

import urllib3

from sandbox.delivery.overrides import Overrides, split_overrides
from sandbox.delivery.signature import carrier_signature
from sandbox.ids import NewId

FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@dataclass(frozen=True)
class Posted:
    """What became of one webhook: `http` is None when no answer came, then `trouble` says why."""

    http: int | None
    tries: int
    ms: float
    body: bytes = b""
    content_type: str = ""
    trouble: str | None = None

    @property
    def arrived(self) -> bool:
        """The receiver took it (any 2xx)."""
        return self.http is not None and 200 <= self.http < 300


class Poster:
    """A pool of connections. `allowed_hosts` besides this machine itself may be posted to."""

    def __init__(
        self, token: str, threads: int, ids: NewId, allowed_hosts: frozenset[str] = frozenset()
    ) -> None:
        self._token = token
        self._ids = ids
        self._allowed = allowed_hosts
        self._pool = urllib3.PoolManager(num_pools=16, maxsize=threads + 64, block=False)

    def may_post_to(self, url: str) -> bool:
        """Only this machine and the hosts allowed by setting, so that no test reaches a stranger."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return False
        return parts.hostname in self._allowed or is_loopback(parts.hostname)

    def post_form(self, url: str, params: Mapping[str, str]) -> Posted:
        """Post signed form fields as the carrier does, retrying by the URL's overrides."""
        plain, overrides = split_overrides(url)
        headers = {"Content-Type": FORM, **self._signed(plain, params)}
        return self._tries("POST", plain, urlencode(params).encode(), headers, overrides)

    def ask(self, method: str, url: str, params: Mapping[str, str]) -> Posted:
        """Like `post_form`; by GET the fields go into the query, which is signed with the URL."""
        if method == "POST":
            return self.post_form(url, params)
        plain, overrides = split_overrides(url)
        whole = f"{plain}{'&' if '?' in plain else '?'}{urlencode(params)}"
        return self._tries("GET", whole, b"", self._signed(whole, {}), overrides)

    def _signed(self, url: str, params: Mapping[str, str]) -> dict[str, str]:
        return {
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "X-Twilio-Signature": carrier_signature(self._token, url, params),
            "I-Twilio-Idempotency-Token": self._ids("")[:32],
        }

    def post_json(self, url: str, body: bytes, headers: Mapping[str, str]) -> Posted:
        """Post one JSON body once; the caller decides about retries."""
        every = {"Content-Type": "application/json", "User-Agent": "SandboxPay/1.0", **headers}
        return self._tries("POST", url, body, every, Overrides(retries=0))

    def _tries(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], overrides: Overrides
    ) -> Posted:
        began = time.monotonic()
        tries = 0
        while True:
            tries += 1
            posted, kind = self._once(method, url, body, headers, overrides)
            spent = time.monotonic() - began
            spent_up = tries > overrides.retries or spent >= overrides.total_s
            if spent_up or not overrides.retries_on(kind):
                return replace(posted, tries=tries, ms=round(spent * 1000, 1))

    def _once(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], overrides: Overrides
    ) -> tuple[Posted, str | None]:
        timeout = urllib3.Timeout(connect=overrides.connect_s, read=overrides.read_s)
        try:
            answer = self._pool.request(
                method, url, body=body or None, headers=dict(headers),
                timeout=timeout, retries=False, redirect=False,
            )  # fmt: skip
        except urllib3.exceptions.ReadTimeoutError:
            return Posted(None, 1, 0, trouble="no answer in time"), "rt"
        except (urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
            return Posted(None, 1, 0, trouble=f"no connection ({type(error).__name__})"), "ct"
        kind = f"{answer.status // 100}xx" if answer.status >= 400 else None
        content_type = answer.headers.get("Content-Type", "")
        return Posted(answer.status, 1, 0, answer.data, content_type), kind


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
