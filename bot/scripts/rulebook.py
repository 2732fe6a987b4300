"""The data that lint judges by, read from the scripts folder (or the product's own)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.scripts.characters import Variants, load_variants
from bot.scripts.findings import Finding, ScriptError
from bot.scripts.forbidden import Forbidden, load_forbidden
from bot.scripts.lock import NAME, Locked, load_lock
from bot.scripts.placeholders import Placeholder, load_placeholders
from bot.scripts.wording import Wording, load_wording, scripts_root
from bot.scripts.yaml_lines import YamlError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything lint knows besides the scripts themselves."""

    wording: Wording
    placeholders: Mapping[str, Placeholder]
    forbidden: Forbidden
    variants: Variants
    locked: Mapping[str, Locked]


def load_rulebook(root: Path) -> Rulebook:
    """Reads the data files of `root`; a file it lacks is taken from the product's own folder.

    The lock is never borrowed: another folder's texts are other texts. Raises ScriptError.
    """
    variants = _load(root, "variants.yaml", load_variants)
    return Rulebook(
        wording=_load(root, "wording.yaml", load_wording),
        placeholders=_load(root, "placeholders.yaml", load_placeholders),
        forbidden=_load(root, "forbidden.yaml", lambda p: load_forbidden(p, variants.fold)),
        variants=variants,
        locked=_read(root / NAME, load_lock),
    )


def _load(root: Path, name: str, loader: Callable[[Path], T]) -> T:
    own = root / name
    return _read(own if own.exists() else scripts_root() / name, loader)


def _read(path: Path, loader: Callable[[Path], T]) -> T:
    try:
        return loader(path)
    except YamlError as problem:
        raise _unusable(path, problem.line, str(problem)) from problem
    except KeyError as error:
        raise _unusable(path, 1, f"{error} is missing; see docs/scripts.md") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise _unusable(
            path, 1, f"not in the expected form ({error}); see docs/scripts.md"
        ) from error


def _unusable(path: Path, line: int, message: str) -> ScriptError:
    return ScriptError([Finding(path.name, line, "-", "data", message)])


def known_names(book: Rulebook) -> str:
    """The placeholders, for a message."""
    return ", ".join(sorted(book.placeholders))
