"""Codes of an authenticator app: RFC 6238 with its defaults, six digits each thirty seconds."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

_ISSUER = "Yuehuan"
_STEP_SECONDS = 30

#: Steps before and after now that are accepted (RFC 6238 5.2 recommends at most one).
_DRIFT = 1


class OneTimeCodes:
    """Implements `bot.flows.second_factor.Codes`."""

    def secret(self) -> str:
        """A new secret, base32, 160 bits."""
        return pyotp.random_base32()

    def step(self, secret: str, code: str, at: datetime) -> int | None:
        """The step whose code this is; None for a wrong one."""
        typed, totp = code.replace(" ", ""), pyotp.TOTP(secret)
        now = int(at.timestamp()) // _STEP_SECONDS
        steps = range(now - _DRIFT, now + _DRIFT + 1)
        same = [step for step in steps if _same(totp.generate_otp(step), typed)]
        return same[-1] if same else None

    def address(self, secret: str, login: str) -> str:
        """`otpauth://…`, what the app scans."""
        return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
