"""A text as a telephone would show it, in every way it can turn out on sample values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.scripts.findings import ScriptValueError
from bot.scripts.rulebook import Rulebook
from bot.scripts.segments import encoding
from bot.scripts.source import ScriptSource
from bot.scripts.trial import script_of, trials

Preview = Mapping[str, Any]


def previews(source: ScriptSource, locale: str, book: Rulebook) -> tuple[Preview, ...]:
    """Each way once; none when the text cannot be filled, which lint tells of."""
    if locale not in source.texts:
        return ()
    made = script_of(source, source.texts[locale], book)
    shown: dict[str, Preview] = {}
    try:
        for trial in trials(made, book, notice=False):
            text = trial.rendered.text
            one = {
                "audience": trial.audience,
                "absent": sorted(trial.absent),
                "text": text,
                "characters": len(text),
                "segments": trial.rendered.segments,
                "encoding": encoding(text),
            }
            shown.setdefault(text, one)
    except ScriptValueError:
        return ()
    return tuple(shown.values())
