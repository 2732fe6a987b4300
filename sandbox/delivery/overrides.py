"""Connection overrides in a webhook URL's fragment: `#ct=2000&rt=15000&tt=15000&rc=2&rp=5xx,ct`."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag


@dataclass(frozen=True)
class Overrides:
    """Seconds for connecting, reading and all tries together; how often and on what to retry.

    Defaults and limits: Twilio, "Webhook connection overrides".
    """

    connect_s: float = 5.0
    read_s: float = 15.0
    total_s: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = field(default_factory=lambda: frozenset({"ct"}))

    def retries_on(self, trouble: str | None) -> bool:
        """Whether this trouble (`ct`, `rt`, `4xx`, `5xx`) is worth another try."""
        return trouble is not None and bool({trouble, "all"} & self.retry_on)


def split_overrides(url: str) -> tuple[str, Overrides]:
    """The URL that is posted to and signed (no fragment), and how to connect to it.

    A value that is no number or out of its limits is passed over, as the carrier does.
    """
    plain, fragment = urldefrag(url)
    if not fragment:
        return plain, Overrides()
    given = dict(parse_qsl(fragment))
    policy = frozenset(part for part in given.get("rp", "ct").split(",") if part)
    return plain, Overrides(
        connect_s=_number(given.get("ct"), 100, 10_000, 5_000) / 1000,
        read_s=_number(given.get("rt"), 100, 15_000, 15_000) / 1000,
        total_s=_number(given.get("tt"), 100, 15_000, 15_000) / 1000,
        retries=_number(given.get("rc"), 0, 5, 1),
        retry_on=policy,
    )


def _number(text: str | None, low: int, high: int, default: int) -> int:
    if text is None or not text.isascii() or not text.isdigit():
        return default
    return int(text) if low <= int(text) <= high else default
