"""All scripts of a folder, checked before any of them can be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.scripts.findings import Finding, ScriptError, UnknownScriptError
from bot.scripts.lint import lint
from bot.scripts.rulebook import load_rulebook
from bot.scripts.script import Script
from bot.scripts.source import read_sources
from bot.scripts.trial import script_of
from bot.scripts.wording import DEFAULT_LOCALE


class ScriptLibrary:
    """Scripts by id and locale. Built by `load_scripts` only."""

    def __init__(self, scripts: Mapping[tuple[str, str], Script]) -> None:
        self._scripts = dict(scripts)
        self.ids = tuple(dict.fromkeys(script_id for script_id, _ in self._scripts))

    def pick(self, script_id: str, locale: str = DEFAULT_LOCALE) -> Script:
        """The script in `locale`, in mainland Chinese when there is none in that locale.

        Raises UnknownScriptError.
        """
        script = self._scripts.get((script_id, locale))
        if script is None:
            script = self._scripts.get((script_id, DEFAULT_LOCALE))
        if script is None:
            raise UnknownScriptError(f"no script {script_id!r}; `yuehuan scripts lint` lists all")
        return script

    def __contains__(self, script_id: object) -> bool:
        return (script_id, DEFAULT_LOCALE) in self._scripts

    def __iter__(self) -> Iterator[Script]:
        return iter(self._scripts.values())


def load_scripts(root: Path) -> ScriptLibrary:
    """The library below `root`. Raises ScriptError with every finding when one is an error."""
    sources = read_sources(root)
    book = load_rulebook(root)
    errors: list[Finding] = [f for f in lint(sources, book) if f.level == "error"]
    if errors:
        raise ScriptError(errors)
    built = (
        script_of(source, text, book)
        for source in sources.scripts
        for text in source.texts.values()
    )
    return ScriptLibrary({(script.id, script.locale): script for script in built})
