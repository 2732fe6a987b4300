"""Settings: read from the environment once, checked at once, every problem with its remedy."""

import base64
import binascii
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from bot.app.errors import Refusal
from bot.app.keys import generated_keys

KEY_BYTES = 32
LEVELS = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

REMEDIES = {
    "DATABASE_URL": "write it like postgresql://user:password@host:5432/name, or unset it to use the embedded server",
    "PUBLIC_BASE_URL": "the address carriers and debtors reach, like https://pay.example.com",
    "TWILIO_API_BASE_URL": "an address like http://127.0.0.1:8010, or unset it for the real carrier",
    "SANDBOX_URL": "an address like http://127.0.0.1:8010",
    "SANDBOX_PAY_URL": "an address like http://127.0.0.1:8010/pay",
    "FIELD_KEY": "make one with: openssl rand -base64 32 (several, newest first, separated by commas)",
    "HASH_KEY": "make one with: openssl rand -base64 32",
    "SECRET_KEY": "make one with: openssl rand -base64 48",
    "PORT": "a number from 1 to 65535",
    "METRICS_PORT": "a number from 1 to 65535, or unset it",
    "WEB_CONCURRENCY": "a number from 1 to 64",
    "TRUSTED_PROXIES": "how many proxies stand before the web server, 0 to 5",
    "WORKER_CONCURRENCY": "a number from 1 to 64",
    "WORKER_POLL_SECONDS": "seconds from 0.02 to 60",
    "LOG_LEVEL": "one of DEBUG, INFO, WARNING, ERROR",
    "LOG_FORMAT": "one of auto, json, console",
    "LIVE_CARRIER": "true or false",
    "TWILIO_ACCOUNT_SID": "copy it from the carrier's console; it begins with AC and has 34 characters",
    "TWILIO_AUTH_TOKEN": "copy it from the carrier's console",
    "STRIPE_API_KEY": "copy it from the provider's dashboard; it begins with sk_ or rk_",
    "STRIPE_WEBHOOK_SECRET": "copy it from the webhook's page; it begins with whsec_",
    "ALIPAY_PRIVATE_KEY": "PEM text, or the path of a file that holds it",
    "ALIPAY_PUBLIC_KEY": "PEM text of the provider's key, or the path of a file that holds it",
    "WECHAT_PAY_API_KEY": "the APIv3 key of 32 characters",
    "WECHAT_PAY_PRIVATE_KEY": "PEM text, or the path of a file that holds it",
    "WECHAT_PAY_PLATFORM_KEY": "PEM text of the provider's key, or the path of a file that holds it",
}


# One without the others does nothing.
TOGETHER = (
    ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"),
    ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET"),
    ("ALIPAY_APP_ID", "ALIPAY_PRIVATE_KEY", "ALIPAY_PUBLIC_KEY"),
    (
        "WECHAT_PAY_MERCHANT_ID",
        "WECHAT_PAY_APP_ID",
        "WECHAT_PAY_API_KEY",
        "WECHAT_PAY_PRIVATE_KEY",
        "WECHAT_PAY_CERTIFICATE_SERIAL",
        "WECHAT_PAY_PLATFORM_KEY",
        "WECHAT_PAY_PLATFORM_KEY_ID",
    ),
)


def _http_url(value: Any) -> str | None:
    if value in (None, ""):
        return None
    parts = urlsplit(str(value).strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not an http(s) address")
    if parts.query or parts.fragment:
        raise ValueError("must not have ? or # in it")
    return str(value).strip().rstrip("/")


def _pem(value: Any) -> str | None:
    """PEM text as it is, or what the file of that name holds."""
    if value in (None, ""):
        return None
    text = str(value).strip()
    if text.startswith("-----BEGIN"):
        return text.replace("\\n", "\n")
    try:
        return Path(text).read_text(encoding="ascii").strip()
    except (OSError, ValueError) as missing:
        raise ValueError("is neither PEM text nor a file that can be read") from missing


def _postgres_url(value: Any) -> str | None:
    if value in (None, ""):
        return None
    scheme = urlsplit(str(value)).scheme
    if scheme not in {"postgresql", "postgres"}:
        raise ValueError("is not a PostgreSQL address")
    return "postgresql" + str(value).removeprefix(scheme)


def _key(value: Any) -> bytes:
    try:
        key = base64.b64decode(str(value).strip(), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise ValueError("is not base64") from problem
    if len(key) != KEY_BYTES:
        raise ValueError(f"has {len(key)} bytes instead of {KEY_BYTES}")
    return key


def _keys(value: Any) -> tuple[bytes, ...]:
    return tuple(_key(part) for part in str(value).split(",") if part.strip())


HttpUrl = Annotated[str | None, BeforeValidator(_http_url)]
Pem = Annotated[str | None, BeforeValidator(_pem)]
PemSecret = Annotated[SecretStr | None, BeforeValidator(_pem)]


class Settings(BaseModel):
    """Everything that differs between two installations. Made by `load_settings` only.

    Attributes:
        database_url: None means the embedded server under `data`.
        data: folder for the embedded server and generated keys.
        public_base_url: what carriers' signatures are checked against, without a final slash.
        field_keys: AES-256-GCM keys for personal data; the first encrypts, all decrypt.
        hash_key: HMAC key by which encrypted numbers are found again.
        trusted_proxies: so many proxies set `X-Forwarded-For`; 0 believes nobody.
        live_carrier: only when true may a live portfolio's touches reach a real carrier.
        generated: names of the secrets that were made here because they were not set.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    database_url: Annotated[str | None, BeforeValidator(_postgres_url)] = Field(None, repr=False)
    data: Path = Field(Path("var"), validation_alias="YUEHUAN_DATA")
    public_base_url: HttpUrl = None
    port: int = Field(8000, ge=1, le=65535)
    metrics_port: int | None = Field(None, ge=1, le=65535)
    web_concurrency: int = Field(1, ge=1, le=64)
    trusted_proxies: int = Field(0, ge=0, le=5)
    worker_concurrency: int = Field(4, ge=1, le=64)
    worker_poll_seconds: float = Field(0.5, ge=0.02, le=60)
    log_level: LEVELS = "INFO"
    log_format: Literal["auto", "json", "console"] = "auto"

    twilio_account_sid: str | None = Field(None, pattern=r"^AC[0-9a-zA-Z]{32}$")
    twilio_auth_token: SecretStr | None = None
    twilio_api_base_url: HttpUrl = None
    live_carrier: bool = False

    secret_key: SecretStr = Field(min_length=32)
    field_keys: Annotated[tuple[bytes, ...], BeforeValidator(_keys)] = Field(
        validation_alias="FIELD_KEY", min_length=1, repr=False
    )
    hash_key: Annotated[bytes, BeforeValidator(_key)] = Field(repr=False)
    generated: frozenset[str] = frozenset()

    sandbox_url: HttpUrl = None
    sandbox_pay_url: HttpUrl = None
    sandbox_pay_key: str | None = None
    sandbox_pay_secret: SecretStr | None = None

    stripe_api_key: SecretStr | None = Field(None, min_length=8)
    stripe_webhook_secret: SecretStr | None = Field(None, min_length=8)
    stripe_api_base_url: HttpUrl = None

    alipay_app_id: str | None = None
    alipay_private_key: PemSecret = None
    alipay_public_key: Pem = None
    alipay_gateway_url: HttpUrl = None

    wechat_pay_merchant_id: str | None = None
    wechat_pay_app_id: str | None = None
    wechat_pay_api_key: SecretStr | None = Field(None, min_length=32, max_length=32)
    wechat_pay_private_key: PemSecret = None
    wechat_pay_certificate_serial: str | None = None
    wechat_pay_platform_key: Pem = None
    wechat_pay_platform_key_id: str | None = None
    wechat_pay_base_url: HttpUrl = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for names in TOGETHER:
            held = [bool(getattr(self, name.lower())) for name in names]
            if any(held) and not all(held):
                raise ValueError(f"{' and '.join(names)}: set all of them or none")
        return self

    @property
    def public_url(self) -> str:
        """`PUBLIC_BASE_URL`, or this machine's own address when it is not set."""
        return self.public_base_url or f"http://127.0.0.1:{self.port}"


def environment(folder: Path = Path()) -> dict[str, str]:
    """The process's environment, completed by a `.env` file in `folder`; the environment wins."""
    file = {name: value or "" for name, value in dotenv_values(folder / ".env").items()}
    return {**file, **os.environ}


def load_settings(given: Mapping[str, str]) -> Settings:
    """Check the settings and make the keys that are missing, once, in `YUEHUAN_DATA`.

    Args:
        given: environment variables by name.

    Raises:
        Refusal: one or more are wrong or missing; one line for each.
    """
    values = _wanted(given)
    missing = [name for name in ("SECRET_KEY", "FIELD_KEY", "HASH_KEY") if not values.get(name)]
    live = values.get("LIVE_CARRIER", "").strip().lower() in {"1", "true", "yes", "on"}
    problems = _live_problems(values, missing) if live else []
    if missing and not live:
        made = generated_keys(Path(values.get("YUEHUAN_DATA") or "var"))
        values = {**values, **{name: made[name] for name in missing}}
    try:
        settings = Settings(**_by_field(values), generated=frozenset(missing))
    except ValidationError as error:
        problems = [*_problems(error, passing_over=missing if live else []), *problems]
    if problems:
        raise Refusal("\n".join(dict.fromkeys(problems)))
    return settings


def _wanted(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given[name] for name in _fields().values() if given.get(name, "") != ""}


def _fields() -> dict[str, str]:
    """Environment variable of each field."""
    names = {
        field: str(info.validation_alias or field.upper())
        for field, info in Settings.model_fields.items()
    }
    del names["generated"]
    return names


def _by_field(values: Mapping[str, str]) -> dict[str, Any]:
    return {field: values[name] for field, name in _fields().items() if name in values}


def _live_problems(values: Mapping[str, str], missing: list[str]) -> list[str]:
    """What a desk that writes to real people must set itself (LIVE_CARRIER=true)."""
    needed = [*missing]
    for name in ("DATABASE_URL", "PUBLIC_BASE_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        if not values.get(name):
            needed.append(name)
    problems = [_line(name, "must be set when LIVE_CARRIER=true") for name in needed]
    if values.get("PUBLIC_BASE_URL", "https:").split(":")[0].lower() != "https":
        problems.append(_line("PUBLIC_BASE_URL", "must be https when LIVE_CARRIER=true"))
    return problems


def _problems(error: ValidationError, *, passing_over: list[str]) -> list[str]:
    names = _fields()
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        place = str(problem["loc"][0]) if problem["loc"] else ""
        name = names.get(place, place)
        if name not in passing_over:
            said = problem["msg"].removeprefix("Value error, ")
            lines.append(_line(name, said) if name else said)
    return lines


def _line(name: str, problem: str) -> str:
    remedy = REMEDIES.get(name)
    return f"{name}: {problem} → {remedy}" if remedy else f"{name}: {problem}"
