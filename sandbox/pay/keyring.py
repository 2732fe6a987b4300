"""One merchant's account at each provider the sandbox plays: keys of both sides, made once.

They are kept beside the log, so that a sandbox that comes back is still the same provider.
"""

import json
import os
import secrets
import threading
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

ALIPAY_APP = "2021000000000001"
WECHAT_MERCHANT = "1900000001"
WECHAT_APP = "wx0000000000000001"
WECHAT_SERIAL = "5F00AA5F00AA5F00AA"
WECHAT_KEY_ID = "PUB_KEY_ID_0000000001"

_FILE = "pay-keys.json"
_PAIRS = ("alipay_merchant", "alipay", "wechat_merchant", "wechat")


class Keyring:
    """Made on first use: most runs never need it."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / _FILE if folder else None
        self._lock = threading.Lock()
        self._held: dict[str, str] = {}
        self._keys: dict[str, RSAPrivateKey] = {}

    def text(self, name: str) -> str:
        """`stripe_key`, `stripe_secret` or `wechat_api_key`."""
        return self._all()[name]

    def sign(self, whose: str, message: bytes) -> bytes:
        """RSA with SHA-256, PKCS 1 v1.5."""
        return self._key(whose).sign(message, PKCS1v15(), SHA256())

    def verify(self, whose: str, signature: bytes, message: bytes) -> None:
        """Raises cryptography's InvalidSignature."""
        self._key(whose).public_key().verify(signature, message, PKCS1v15(), SHA256())

    def settings(self, base_url: str) -> dict[str, str]:
        """Environment variables of a product that pays through this sandbox."""
        return {
            "STRIPE_API_KEY": self.text("stripe_key"),
            "STRIPE_WEBHOOK_SECRET": self.text("stripe_secret"),
            "STRIPE_API_BASE_URL": base_url,
            "ALIPAY_APP_ID": ALIPAY_APP,
            "ALIPAY_PRIVATE_KEY": self._private("alipay_merchant"),
            "ALIPAY_PUBLIC_KEY": self._public("alipay"),
            "ALIPAY_GATEWAY_URL": f"{base_url}/gateway.do",
            "WECHAT_PAY_MERCHANT_ID": WECHAT_MERCHANT,
            "WECHAT_PAY_APP_ID": WECHAT_APP,
            "WECHAT_PAY_API_KEY": self.text("wechat_api_key"),
            "WECHAT_PAY_PRIVATE_KEY": self._private("wechat_merchant"),
            "WECHAT_PAY_CERTIFICATE_SERIAL": WECHAT_SERIAL,
            "WECHAT_PAY_PLATFORM_KEY": self._public("wechat"),
            "WECHAT_PAY_PLATFORM_KEY_ID": WECHAT_KEY_ID,
            "WECHAT_PAY_BASE_URL": base_url,
        }

    def _private(self, whose: str) -> str:
        return self._all()[whose]

    def _public(self, whose: str) -> str:
        public = self._key(whose).public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def _key(self, whose: str) -> RSAPrivateKey:
        pem = self._all()[whose]
        with self._lock:
            if whose not in self._keys:
                key = load_pem_private_key(pem.encode(), None)
                assert isinstance(key, RSAPrivateKey)
                self._keys[whose] = key
            return self._keys[whose]

    def _all(self) -> dict[str, str]:
        with self._lock:
            if not self._held:
                self._held = self._read() or self._made()
            return self._held

    def _read(self) -> dict[str, Any]:
        if self._path is None or not self._path.exists():
            return {}
        return dict(json.loads(self._path.read_text("utf-8")))

    def _made(self) -> dict[str, str]:
        made = {name: _pem(generate_private_key(65537, 2048)) for name in _PAIRS}
        made["stripe_key"] = f"sk_test_{secrets.token_hex(12)}"
        made["stripe_secret"] = f"whsec_{secrets.token_hex(16)}"
        made["wechat_api_key"] = secrets.token_hex(16)
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            with os.fdopen(os.open(self._path, flags, 0o600), "w", encoding="utf-8") as file:
                json.dump(made, file)
        return made


def _pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
