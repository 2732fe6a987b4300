"""Checks that a webhook comes from Twilio: X-Twilio-Signature over the configured public URL.

Behind a proxy the URL is rebuilt from configuration, never from the Host header.
"""

from __future__ import annotations

from collections.abc import Mapping

from twilio.request_validator import RequestValidator, compare


class TwilioSignature:
    """Validates requests for one account."""

    def __init__(self, auth_token: str, public_base_url: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._base = public_base_url.rstrip("/")

    def is_valid(self, path_and_query: str, form: Mapping[str, str], signature: str) -> bool:
        """True only for a signature over exactly this URL and these parameters."""
        if not signature:
            return False
        url = self._base + path_and_query
        try:
            # Nearly all are signed over the URL as it is; the library then tries other ports too.
            if compare(self._validator.compute_signature(url, form), signature):
                return True
            return bool(self._validator.validate(url, form, signature))
        except (TypeError, ValueError):  # the library raises on shapes Twilio never signs
            return False
