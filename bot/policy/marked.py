"""YAML whose every value knows its file and line, so that a bad one can be pointed at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NoReturn, TypeVar

import yaml

_Choice = TypeVar("_Choice", bound=StrEnum)

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DataError(ValueError):
    """A data file that cannot be used; `problems` are lines like `packs/cn.yaml:12: reason`."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Marked:
    """A YAML value with its place. Readers raise DataError naming file, line and remedy."""

    __slots__ = ("_node", "_source")

    def __init__(self, node: yaml.Node, source: str) -> None:
        self._node = node
        self._source = source

    @property
    def place(self) -> str:
        """`file:line`, lines counted from one."""
        return f"{self._source}:{self._node.start_mark.line + 1}"

    def fail(self, reason: str) -> NoReturn:
        """Raise DataError at this value's place."""
        raise DataError([f"{self.place}: {reason}"])

    def fields(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Marked]:
        """A mapping's values by key; missing, unknown and repeated keys are refused."""
        found = self.entries()
        needed = set(required)
        if missing := sorted(needed - found.keys()):
            self.fail(f"missing {', '.join(missing)}")
        known = needed | set(optional)
        for key, value in found.items():
            if key not in known:
                value.fail(f"unknown key {key!r}; known here: {', '.join(sorted(known))}")
        return found

    def entries(self) -> dict[str, Marked]:
        """A mapping's values by whatever keys it has; repeated keys are refused."""
        if not isinstance(self._node, yaml.MappingNode):
            self.fail("expected a mapping (key: value)")
        found: dict[str, Marked] = {}
        for key, value in self._node.value:
            marked = Marked(value, self._source)
            if str(key.value) in found:
                Marked(key, self._source).fail(f"the key {key.value!r} is here twice")
            found[str(key.value)] = marked
        return found

    def only(self, known: Iterable[str]) -> tuple[str, Marked]:
        """The one entry of a mapping that says what it is by its key."""
        names, found = tuple(known), self.entries()
        if len(found) != 1 or not found.keys() <= set(names):
            self.fail(f"expected exactly one of: {', '.join(names)}")
        return next(iter(found.items()))

    def items(self) -> list[Marked]:
        """The members of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.fail("expected a list")
        return [Marked(each, self._source) for each in self._node.value]

    def text(self) -> str:
        """A non-empty text."""
        if not self._is("str") or not self._node.value.strip():
            self.fail("expected a text (quote it if it looks like a number, a date or yes/no)")
        return str(self._node.value).strip()

    def integer(self, least: int = 0) -> int:
        """A whole number ≥ `least`."""
        value = self.plain() if self._is("int") else None
        if not isinstance(value, int) or value < least:
            self.fail(f"expected a whole number, at least {least}")
        return value

    def flag(self) -> bool:
        """true or false."""
        value = self.plain()
        if not isinstance(value, bool):
            self.fail("expected true or false")
        return value

    def day(self) -> date:
        """A date as 2026-03-01."""
        value = self.plain() if self._is("timestamp") else None
        if type(value) is not date:
            self.fail("expected a date like 2026-03-01")
        return value

    def choice(self, kind: type[_Choice]) -> _Choice:
        """A member of a closed set."""
        try:
            return kind(self.text())
        except ValueError:
            self.fail(f"expected one of: {', '.join(kind)}")

    def plain(self) -> object:
        """The value as ordinary Python objects."""
        return yaml.constructor.SafeConstructor().construct_document(self._node)

    def _is(self, tag: str) -> bool:
        return isinstance(self._node, yaml.ScalarNode) and self._node.tag.endswith(f":{tag}")


def read(text: str, source: str) -> Marked:
    """The document of a YAML text; `source` names the file in messages.

    Raises DataError when it is no YAML or empty.
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataError([f"{source}:{line}: not YAML: {error.problem}"]) from error
    if node is None:
        raise DataError([f"{source}:1: the file is empty"])
    return Marked(node, source)
