"""One script in one locale, ready to be filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.vocabulary import Purpose
from bot.scripts.template import Template


@dataclass(frozen=True, slots=True)
class Script:
    """An approved text. `needs` are its placeholders; `optional` those it can do without."""

    id: str
    version: int
    locale: str
    purpose: Purpose
    template: Template
    opt_out: tuple[str, ...]  #: the locale's wordings that tell how to stop
    finance: bool = True  #: speaks of money owed
    asks: str | None = None  #: what the reply will answer: promise_date, confirm_promise, either_or
    offers: Mapping[str, str] | None = None  #: bare keys the text offers → what they mean
    audience: str = "any"
    when: str = ""
    practice: str = ""

    @property
    def needs(self) -> frozenset[str]:
        """Names of all placeholders."""
        return self.template.names

    @property
    def optional(self) -> frozenset[str]:
        """Placeholders that may be empty, the text then reads differently."""
        return frozenset(self.template.conditions)

    @property
    def has_link(self) -> bool:
        """Whether the text can carry the payment link."""
        return "link" in self.template.names
