"""Our own numbers as far as calls are concerned."""

from dataclasses import dataclass, field


@dataclass
class VoiceNumbers:
    """`owned` empty means any number is ours. `urls` by number come before the one for all.

    `url` gets the webhook of an inbound call, `status_url` its end, `fallback_url` what `url` failed.
    """

    owned: tuple[str, ...]
    url: str
    urls: dict[str, str] = field(default_factory=dict)
    status_url: str = ""
    fallback_url: str = ""

    def is_ours(self, number: str) -> bool:
        """Whether the number may call and be called as ours."""
        return not self.owned or number in self.owned

    def url_of(self, number: str) -> str:
        """The voice webhook of one of our numbers; "" when it has none."""
        return self.urls.get(number, self.url)
