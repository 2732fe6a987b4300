"""Loads the reader's words from scripts_zh/lexicon/ and binds them to the pure reading."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.domain.understanding import Context, Lexicon, Understanding
from bot.domain.understanding import understand as read
from bot.domain.understanding.lexicon import build
from bot.domain.understanding.rules import Rule


def _load(name: str) -> Any:
    text = files("scripts_zh").joinpath("lexicon").joinpath(name).read_text("utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The product's lexicon, compiled once per process."""
    intents = _load("intents.yaml")
    rules = tuple(
        Rule(label, str(pattern)) for label, each in intents["rules"].items() for pattern in each
    )
    return build({}, {}, rules, tuple(intents["order"]), intents["keys"])


def understand(text: str, context: Context) -> Understanding:
    """Read one reply with the product's lexicon; pure after the first call."""
    return read(text, context, lexicon())
