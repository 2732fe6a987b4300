"""The words of debtors' pages: `scripts_zh/pages/*.yaml`, every locale saying the same things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from bot.scripts.source import LOCALES
from bot.scripts.wording import DEFAULT_LOCALE
from bot.scripts.yaml_lines import read

#: Pages are read in these; English for who reads no Chinese.
PAGE_LOCALES = (*LOCALES, "en")


class PageWordsError(ValueError):
    """A page's file lacks words; names file, locale and key."""


@dataclass(frozen=True, slots=True)
class PageWords:
    """One page in all locales."""

    locales: Mapping[str, Mapping[str, str]]

    def say(self, locale: str, key: str, **values: object) -> str:
        """The sentence `key`; an unknown locale reads mainland Chinese."""
        words = self.locales.get(locale) or self.locales[DEFAULT_LOCALE]
        return words[key].format(**values)

    @property
    def keys(self) -> frozenset[str]:
        """Every key of the page."""
        return frozenset(self.locales[DEFAULT_LOCALE])


def load_page_words(path: Path) -> PageWords:
    """Reads one page. Raises PageWordsError, YamlError."""
    data = read(path)
    for locale in PAGE_LOCALES:
        if locale not in data:
            raise PageWordsError(f"{path.name}: {locale} is missing; write its sentences")
    model = _fields(data[DEFAULT_LOCALE])
    for locale in PAGE_LOCALES:
        own = _fields(data[locale])
        for key in model.keys() | own.keys():
            if model.get(key) != own.get(key):
                raise PageWordsError(
                    f"{path.name}: {locale}: {key} is missing or has other placeholders than "
                    f"in {DEFAULT_LOCALE}"
                )
    return PageWords({locale: dict(data[locale]) for locale in PAGE_LOCALES})


def _fields(words: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {
        key: frozenset(name for _, name, _, _ in Formatter().parse(text) if name)
        for key, text in words.items()
    }
