"""Loads the reader's words from scripts_zh/lexicon/ and binds them to the pure reading."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

import bot
from bot.domain.understanding import Context, Lexicon, Understanding
from bot.domain.understanding import understand as read
from bot.domain.understanding.classifier import UNTAUGHT
from bot.domain.understanding.lexicon import build

FOLDER = Path(bot.__file__).parent.parent / "scripts_zh" / "lexicon"
TABLES = ("script", "phrases", "intents", "times", "amounts", "verbs", "asides", "kinds")


def _load(name: str) -> Any:
    text = (FOLDER / f"{name}.yaml").read_text("utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The product's lexicon, compiled once per process. Raises ValueError for a bad table."""
    return bare_lexicon(json.loads((FOLDER / "classifier.json").read_text("utf-8")))


def bare_lexicon(classifier: Mapping[str, Any] = UNTAUGHT) -> Lexicon:
    """A lexicon with the words on file and the classifier given; without one it only finds."""
    return build({name: _load(name) for name in TABLES} | {"classifier": classifier})


def prepare() -> None:
    """Compile every pattern now (about 0.15 s), so that no reply pays for it later."""
    words = lexicon()
    words.book.prepare()
    words.times.scanner.prepare()


def understand(text: str, context: Context) -> Understanding:
    """Read one reply with the product's lexicon; pure after the first call."""
    return read(text, context, lexicon())
