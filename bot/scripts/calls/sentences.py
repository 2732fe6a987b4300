"""One sentence of a call, tried on sample values in every way it can turn out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError

from bot.scripts.calls.build import text_of
from bot.scripts.calls.source import (
    COMMON,
    FOLDER,
    LANGUAGES,
    PARDON,
    CallSource,
    StepSource,
)
from bot.scripts.calls.words import CallWords, LanguageWords
from bot.scripts.placeholders import Placeholder
from bot.scripts.rulebook import Rulebook
from bot.scripts.template import Template, compiled

_SPOKEN_CHARACTER = re.compile(r"[0-9A-Za-z\u3400-\u9fff\U00020000-\U0003ffff]")
AUDIENCES = ("person", "company")
_SPELT_OUT = ("phone", "complaint_phone", "help_line", "emergency_line")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One language's text of a step. `key` is say, again or whisper."""

    step: StepSource
    key: str
    language: str
    text: str

    @property
    def line(self) -> int:
        """Its place in the step's file."""
        return self.step.line_of(self.key, self.language)

    def template(self) -> Template | None:
        """Compiled, None when it is not valid."""
        try:
            return compiled(self.text)
        except TemplateSyntaxError:
            return None


def sentences(step: StepSource, language: str, keys: tuple[str, ...] = ()) -> Iterator[Sentence]:
    """The step's texts in one language."""
    for key in keys or ("say", "again", "whisper"):
        texts = step.entry.get(key)
        if isinstance(texts, dict) and texts.get(language):
            yield Sentence(step, key, language, text_of(str(texts[language])))


def pardons(call: CallSource) -> Iterator[Sentence]:
    """The sentence said before any question is repeated, in every language."""
    texts = call.common[PARDON]
    step = StepSource(PARDON, f"{FOLDER}/{COMMON}", call.common.at(PARDON), call.common)
    for language in LANGUAGES:
        text = str(texts.get(language) or "") if isinstance(texts, dict) else ""
        yield Sentence(step, PARDON, language, text_of(text))


def samples(book: Rulebook, words: CallWords, language: str, audience: str) -> dict[str, str]:
    """A sample for every placeholder a call may use, as it is said aloud."""
    spoken = words.languages[language]
    values = {
        name: _sample(each, audience, spoken) for name, each in placeholders(book, words).items()
    }
    texts = book.wording.of(spoken.locale)
    values |= {"help_line": texts.help_line, "emergency_line": texts.emergency_line}
    return values | {name: spoken.phone(values[name]) for name in _SPELT_OUT}


def _sample(placeholder: Placeholder, audience: str, spoken: LanguageWords) -> str:
    by_language = placeholder.company if audience == "company" else placeholder.person
    for name in (spoken.language, spoken.locale, "", "zh-CN"):
        if name in by_language:
            return by_language[name]
    return ""


def placeholders(book: Rulebook, words: CallWords) -> Mapping[str, Placeholder]:
    """Those of messages and those of calls."""
    return {**book.placeholders, **words.placeholders}


def renderings(template: Template, values: Mapping[str, str]) -> Iterator[str]:
    """The text with every combination of its conditional values there and not."""
    for absent in template.cases():
        yield template.fill({n: "" if n in absent else value for n, value in values.items()})


def spoken_length(text: str) -> int:
    """Characters that take time to say: punctuation does not, a digit does."""
    return len(_SPOKEN_CHARACTER.findall(text))
