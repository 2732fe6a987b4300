"""Signatures of what the sandbox posts, written from the providers' published descriptions."""

import base64
import hashlib
import hmac
from collections.abc import Mapping


def carrier_signature(token: str, url: str, params: Mapping[str, str]) -> str:
    """`X-Twilio-Signature`: base64 HMAC-SHA1 of the URL and the sorted names and values."""
    signed = url + "".join(name + params[name] for name in sorted(params))
    digest = hmac.new(token.encode(), signed.encode("utf-8", "surrogatepass"), hashlib.sha1)
    return base64.b64encode(digest.digest()).decode()


def payment_signature(secret: str, instant: int, body: bytes) -> str:
    """`X-Sandbox-Signature`: `t=<unix seconds>,v1=<hex HMAC-SHA256 of t + "." + body>`."""
    signed = f"{instant}.".encode() + body
    return f"t={instant},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
