"""All calls of a folder, checked before any of them can be placed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from bot.domain.call.script import CallScript
from bot.domain.call.values import CallKind, CallLanguage
from bot.scripts.calls.build import script_of
from bot.scripts.calls.lint import lint_calls
from bot.scripts.calls.source import LANGUAGES, read_calls
from bot.scripts.calls.words import CallWords, LanguageWords, words_of
from bot.scripts.findings import ScriptError
from bot.scripts.rulebook import load_rulebook

#: On the phone a debtor who reads Hong Kong Chinese is spoken to in Cantonese.
_SPOKEN: Mapping[str, CallLanguage] = {
    "zh-CN": "zh-CN",
    "zh-TW": "zh-TW",
    "zh-HK": "yue-HK",
    "yue-HK": "yue-HK",
}


class CallLibrary:
    """Calls by kind and language. Built by `load_calls` only."""

    def __init__(
        self, scripts: Mapping[tuple[CallKind, CallLanguage], CallScript], words: CallWords
    ) -> None:
        self._scripts = dict(scripts)
        self.words = words

    def pick(self, kind: CallKind, locale: str = "zh-CN") -> CallScript:
        """The call of a kind in a debtor's locale or language; unknown ones speak Mandarin."""
        return self._scripts[kind, spoken_in_locale(locale)]

    def by_id(self, script_id: str, language: str) -> CallScript:
        """The script a session names. Raises ValueError for an unknown id."""
        return self.pick(CallKind(script_id.removeprefix("ivr.")), language)

    def language(self, locale: str) -> LanguageWords:
        """The spoken words for a debtor's locale or language."""
        return self.words.languages[spoken_in_locale(locale)]

    def __iter__(self) -> Iterator[CallScript]:
        return iter(self._scripts.values())


def spoken_in_locale(locale: str) -> CallLanguage:
    """The language spoken to a debtor of this locale."""
    return _SPOKEN.get(locale, "zh-CN")


def load_calls(root: Path) -> CallLibrary:
    """The library below `root`. Raises ScriptError with every finding when one is an error."""
    sources, book = read_calls(root), load_rulebook(root)
    errors = [each for each in lint_calls(sources, book) if each.level == "error"]
    if errors:
        raise ScriptError(errors)
    words = words_of(sources.words)
    scripts = {}
    for source in sources.calls:
        for each in LANGUAGES:
            language = cast("CallLanguage", each)
            script = script_of(source, language, words, book.placeholders)
            scripts[script.kind, language] = script
    return CallLibrary(scripts, words)
