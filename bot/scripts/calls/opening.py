"""How long the first words of a call last, until the first question has been asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.domain.facts import PortfolioFacts
from bot.scripts.calls import graph
from bot.scripts.calls.sentences import samples, sentences, spoken_length
from bot.scripts.calls.source import LANGUAGES, START, CallSource, StepSource, read_calls
from bot.scripts.calls.words import CallWords, words_of
from bot.scripts.names import clean
from bot.scripts.rulebook import Rulebook, load_rulebook

Chain = tuple[StepSource, ...]


def said_by(steps: Chain, language: str, values: Mapping[str, str]) -> str:
    """What the steps say one after the other."""
    texts = []
    for step in steps:
        for sentence in sentences(step, language, ("say",)):
            template = sentence.template()
            texts.append(template.fill(values) if template else "")
    return "".join(texts)


def openings(
    call: CallSource, words: CallWords, language: str, values: Mapping[str, str]
) -> Iterator[tuple[Chain, float]]:
    """Every way the call can begin, and the seconds it takes to say."""
    speed = words.languages[language].voice.chars_per_second
    for chain in graph.chains(call, START):
        yield chain, spoken_length(said_by(chain, language, values)) / speed


def too_long_for(portfolios: Iterable[PortfolioFacts], root: Path) -> Iterator[tuple[str, float]]:
    """Portfolios whose names make the first words longer than is decent: code and seconds.

    Raises ScriptError when the texts below `root` cannot be read.
    """
    sources, book = read_calls(root), load_rulebook(root)
    words = words_of(sources.words)
    for portfolio in portfolios:
        named = {each: _named(portfolio, book, words, each) for each in LANGUAGES}
        longest = max(
            seconds
            for language, values in named.items()
            for call in sources.calls
            for _, seconds in openings(call, words, language, values)
        )
        if longest > words.opening_seconds:
            yield portfolio.code, longest


def _named(
    portfolio: PortfolioFacts, book: Rulebook, words: CallWords, language: str
) -> dict[str, str]:
    """Samples, with the portfolio's own name and number as they are said."""
    phone = words.languages[language].phone(portfolio.phone)
    own = {"creditor": clean(portfolio.creditor), "phone": phone}
    return samples(book, words, language, "person") | own
