"""The desk's own messengers through Apprise: WeCom, DingTalk, Feishu and Lark, Slack, e-mail.

A person pastes the webhook's address as the messenger shows it, or an Apprise address. Only these
services are taken: Apprise knows a hundred more, some of which call any host.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import apprise

from bot.flows.ports.alerting import Address, AddressError

#: Apprise's scheme of each service the desk can be told by.
SCHEMES = ("wecombot", "dingtalk", "feishu", "lark", "slack", "mailto", "mailtos")

_DINGTALK, _FEISHU = "oapi.dingtalk.com", "open.feishu.cn"


class DeskMessengers:
    """Implements `bot.flows.ports.alerting.Messengers`."""

    def address(self, text: str) -> Address:
        """What a person pasted, as Apprise writes it. Raises AddressError."""
        given = text.strip()
        if not given:
            raise AddressError("empty")
        plugin = apprise.Apprise.instantiate(_native(given))
        if plugin is None:
            raise AddressError("broken" if _scheme(given) in SCHEMES else "unknown")
        url, shown = _url(plugin), _url(plugin, privacy=True)
        if _scheme(url) not in SCHEMES:
            raise AddressError("unknown")
        return Address(url, shown.split("?")[0])

    def send(self, url: str, title: str, body: str) -> bool:
        """Whether the messenger took it; it waits seconds, not minutes."""
        plugin = apprise.Apprise.instantiate(url)
        if plugin is None:
            return False
        return bool(plugin.notify(body=body, title=title, notify_type=apprise.NotifyType.INFO))


def _url(plugin: Any, **options: bool) -> str:
    return str(plugin.url(**options))


def _scheme(url: str) -> str:
    return urlsplit(url).scheme.lower()


def _native(url: str) -> str:
    """Addresses of two messengers that Apprise does not read as they are shown."""
    parts = urlsplit(url)
    if parts.hostname == _DINGTALK:
        query = parse_qs(parts.query)
        token, secret = query.get("access_token", [""])[0], query.get("secret", [""])[0]
        return f"dingtalk://{secret}@{token}" if secret else f"dingtalk://{token}"
    if parts.hostname == _FEISHU:
        return f"feishu://{parts.path.rstrip('/').rsplit('/', 1)[-1]}"
    return url
