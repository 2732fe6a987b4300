"""Why a provider's notification is not taken."""

from __future__ import annotations


class ForgedNoticeError(ValueError):
    """The signature is not the provider's."""


class MalformedNoticeError(ValueError):
    """Signed, but not a notification we know how to read; names the field."""
