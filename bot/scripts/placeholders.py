"""The placeholders a text may use, and invented sample values to try it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.scripts.wording import LocaleWords, Wording
from bot.scripts.yaml_lines import read


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One `{{name}}`. Samples are a text, or one per locale."""

    name: str
    means: str
    person: Mapping[str, str]
    company: Mapping[str, str]
    debt: bool  #: tells that money is owed
    optional: bool  #: may be empty: only under `{% if name %}` or with another way beside it


def load_placeholders(path: Path) -> dict[str, Placeholder]:
    """Reads placeholders.yaml. Raises YamlError or KeyError."""
    return {name: _one(name, entry) for name, entry in read(path)["placeholders"].items()}


def _one(name: str, entry: Mapping[str, Any]) -> Placeholder:
    person = _by_locale(entry["person"])
    return Placeholder(
        name=name,
        means=entry["means"],
        person=person,
        company=_by_locale(entry["company"]) if "company" in entry else person,
        debt=entry.get("debt", False),
        optional=entry.get("optional", False),
    )


def _by_locale(sample: Any) -> Mapping[str, str]:
    return sample if isinstance(sample, dict) else {"": str(sample)}


def samples(
    known: Mapping[str, Placeholder], wording: Wording, locale: str, audience: str
) -> dict[str, str]:
    """A full set of sample values; `audience` is person or company."""
    values = {}
    for name, placeholder in known.items():
        by_locale = placeholder.company if audience == "company" else placeholder.person
        values[name] = by_locale.get(locale) or by_locale.get("") or by_locale["zh-CN"]
    return values | _from_words(wording.of(locale))


def _from_words(words: LocaleWords) -> dict[str, str]:
    return {"help_line": words.help_line, "emergency_line": words.emergency_line}
