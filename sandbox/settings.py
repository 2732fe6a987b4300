"""Settings from the environment (`SANDBOX_…`), checked at start, every problem in one line."""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sandbox.numbers import E164

VOICE_PATH = "/webhooks/twilio/voice/inbound"


class Settings(BaseSettings):
    """One field per environment variable, e.g. `auth_token` is `SANDBOX_AUTH_TOKEN`.

    Delays are real milliseconds unless `virtual_delays`, then they pass on the simulated clock.
    """

    model_config = SettingsConfigDict(env_prefix="SANDBOX_", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8055, ge=1, le=65535)
    data: Path | None = Path("var/sandbox")
    public_url: str = ""
    account_sid: str = Field(default="AC" + "0" * 31 + "1", pattern=r"^AC[0-9a-f]{32}$")
    auth_token: str = Field(default="sandbox-auth-token", min_length=1)
    senders: str = ""
    inbound_url: str = ""
    inbound_urls: str = ""
    voice_url: str = ""
    voice_urls: str = ""
    voice_status_url: str = ""
    most_calls: int = Field(default=0, ge=0)
    callback_hosts: str = ""
    sent_ms: int = Field(default=0, ge=0)
    delivered_ms: int = Field(default=0, ge=0)
    virtual_delays: bool = False
    magic: bool = True
    webhook_threads: int = Field(default=8, ge=1, le=64)
    timezone: str = "Asia/Shanghai"
    pay_key: str = Field(default="sandbox-pay-key", min_length=1)
    pay_secret: str = Field(default="sandbox-pay-secret", min_length=1)
    stripe_webhook_url: str = ""
    pay_backoff_ms: int = Field(default=500, ge=0)

    @field_validator("senders")
    @classmethod
    def _senders_are_numbers(cls, text: str) -> str:
        wrong = [s for s in split(text) if not E164.fullmatch(s)]
        if wrong:
            raise ValueError(
                f"{wrong[0]!r} is not E.164; write senders as +12025550100,+12025550101"
            )
        return text

    @field_validator("inbound_urls", "voice_urls")
    @classmethod
    def _inbound_urls_are_pairs(cls, text: str) -> str:
        wrong = [p for p in split(text) if "=http" not in p]
        if wrong:
            raise ValueError(f"{wrong[0]!r}: write +12025550100=http://host/path, comma between")
        return text

    @field_validator("timezone")
    @classmethod
    def _timezone_exists(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"{name!r} is no IANA time zone; write e.g. Asia/Shanghai")
        return name

    @property
    def sender_list(self) -> tuple[str, ...]:
        """Numbers that may send; empty means any."""
        return tuple(split(self.senders))

    @property
    def inbound_by_number(self) -> dict[str, str]:
        """Inbound webhook URL by sender number."""
        return dict(pair.split("=", 1) for pair in split(self.inbound_urls))

    @property
    def voice_by_number(self) -> dict[str, str]:
        """Inbound call webhook URL by our number."""
        return dict(pair.split("=", 1) for pair in split(self.voice_urls))

    @property
    def default_voice_url(self) -> str:
        """Where inbound calls are told of: as set, else beside the webhook for texts."""
        if self.voice_url or not self.inbound_url:
            return self.voice_url
        parts = urlsplit(self.inbound_url)
        return f"{parts.scheme}://{parts.netloc}{VOICE_PATH}"

    @property
    def base_url(self) -> str:
        """Where people reach the sandbox, without a final slash."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


def split(text: str) -> list[str]:
    """The parts of a comma list, blanks dropped."""
    return [part.strip() for part in text.split(",") if part.strip()]


def complaints(error: ValidationError) -> list[str]:
    """One line per wrong setting, naming the variable and the remedy."""
    lines = []
    for problem in error.errors():
        name = "SANDBOX_" + "_".join(str(part) for part in problem["loc"]).upper()
        lines.append(f"{name}: {problem['msg']} (got {problem['input']!r})")
    return lines
