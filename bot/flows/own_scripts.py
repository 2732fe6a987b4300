"""Portfolios' own wording as the deciders read it.

The facts of a case name the state of its portfolio's wording as a number, read in the transaction
that plans or sends. What a number stands for never changes, so a process reads each state once, and
one that has not heard of a change meets a new number and reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from bot.domain.facts import PortfolioFacts
from bot.flows.ports.wording import ReadOwn
from bot.scripts.findings import Finding, UnknownScriptError
from bot.scripts.own import OwnText, OwnWords
from bot.scripts.script import Script

_KEPT = 512

Refusal = Callable[[OwnText, Sequence[Finding]], None]
"""Told of wording that was approved and is not fit any more, once per process and state."""


class OwnScripts:
    """Own wording by portfolio and state, linted when it is read."""

    def __init__(self, words: OwnWords, read: ReadOwn, refused: Refusal) -> None:
        self._words, self._read, self._refused = words, read, refused
        self._of = lru_cache(maxsize=_KEPT)(self._load)

    def pick(self, portfolio: PortfolioFacts, script_id: str, locale: str) -> Script | None:
        """The portfolio's own text; None where it uses the product's."""
        if not portfolio.wording:
            return None
        return self._of(portfolio.portfolio_id, portfolio.wording).get((script_id, locale))

    def ready(self, portfolio: PortfolioFacts) -> None:
        """Read what the portfolio needs now: a database that is away must not spoil one text."""
        if portfolio.wording:
            self._of(portfolio.portfolio_id, portfolio.wording)

    def _load(self, portfolio_id: int, state: int) -> Mapping[tuple[str, str], Script]:
        return {
            (script.id, script.locale): script
            for own in self._read(portfolio_id, state)
            if self._fit(own)
            for script in self._words.built(own)
        }

    def _fit(self, own: OwnText) -> bool:
        """Rules may have become stricter, and scripts may have gone, since it was approved."""
        try:
            errors = self._words.errors(own)
        except UnknownScriptError:
            return False
        if errors:
            self._refused(own, errors)
        return not errors
