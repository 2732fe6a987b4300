"""Which replies of the benchmark also stand in the product's own words, source or tests."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from bench.understanding.rows import Reply

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("scripts_zh/lexicon", "tests/understanding", "bot/domain/understanding", "training")
MARKS = (r"""["'`\n|\t]""", r"""["'`\n|\t,\[\]{}:]""")
COMPILED = (".pyc", ".bin")


def plain(text: str) -> str:
    """Only letters, digits and characters, in one width and case."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in folded if c.isalnum())


def own_words(root: Path = ROOT) -> set[str]:
    """Every string between quotes, bars and line ends of the product's own data and tests."""
    found: set[str] = set()
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            if path.is_file() and path.suffix not in COMPILED:
                text = path.read_text(encoding="utf-8", errors="ignore")
                found.update(plain(piece) for marks in MARKS for piece in re.split(marks, text))
    return found


def shared(answers: Iterable[Reply], root: Path = ROOT) -> list[Reply]:
    """The replies whose very words the product's own data or tests hold too."""
    known = own_words(root)
    return [row for row in answers if plain(row.text) in known]
