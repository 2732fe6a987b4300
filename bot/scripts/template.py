"""Jinja texts, compiled once.

Every text is a Jinja template in a sandbox. Nearly all use only `{{ name }}` and
`{% if name %}…{% else %}…{% endif %}`; those are also turned into one `%` format per combination
of conditions, with the same result ten times faster. Anything else runs through Jinja itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from jinja2 import StrictUndefined, meta, nodes
from jinja2 import Template as JinjaTemplate
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from bot.scripts.findings import ScriptValueError


class Absent(StrictUndefined):
    """A value the case does not have: may be asked about (`{% if %}`), never written."""

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


_JINJA = SandboxedEnvironment(undefined=Absent, autoescape=False)


@lru_cache(maxsize=1024)
def _compiled(source: str) -> JinjaTemplate:
    return _JINJA.from_string(source)


class _Shape(NamedTuple):
    """The text under one combination of conditions."""

    pattern: str
    names: tuple[str, ...]


@lru_cache(maxsize=1024)
def compiled(source: str) -> Template:
    """`Template(source)`, parsed once. Raises jinja2.TemplateSyntaxError."""
    return Template(source)


class Template:
    """A compiled text. Raises jinja2.TemplateSyntaxError when it is not valid Jinja."""

    def __init__(self, source: str) -> None:
        tree = _JINJA.parse(source)
        self.source = source
        self.names = frozenset(meta.find_undeclared_variables(tree))
        self.conditions = tuple(sorted(_conditions(tree)))  #: names that may be absent
        self.simple = _is_simple(tree.body)
        self._body = tree.body
        self._shapes: dict[tuple[bool, ...], _Shape] = {}

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with its values. Raises ScriptValueError naming a missing or empty one."""
        if not self.simple:
            return self.fill_by_jinja(values)
        key = tuple([bool(values.get(name)) for name in self.conditions])
        pattern, names = self._shapes.get(key) or self._shape(key)
        try:
            filled = tuple([values[name] for name in names])
        except KeyError:
            raise _missing(names, values) from None
        if "" in filled:
            raise _missing(names, values)
        return pattern % filled

    def fill_by_jinja(self, values: Mapping[str, str]) -> str:
        """The same through Jinja."""
        present = {name: values[name] for name in self.names if values.get(name)}
        try:
            return _compiled(self.source).render(present)
        except (UndefinedError, SecurityError) as error:
            raise ScriptValueError(str(error)) from error

    def cases(self) -> Iterator[frozenset[str]]:
        """Every combination of conditional names that may be absent together."""
        for bits in range(2 ** len(self.conditions)):
            yield frozenset(name for i, name in enumerate(self.conditions) if bits >> i & 1)

    def _shape(self, key: tuple[bool, ...]) -> _Shape:
        given = dict(zip(self.conditions, key, strict=True))
        pieces, names = [], []
        for piece, is_name in _flatten(self._body, given):
            pieces.append("%s" if is_name else piece.replace("%", "%%"))
            if is_name:
                names.append(piece)
        shape = _Shape("".join(pieces), tuple(names))
        self._shapes[key] = shape
        return shape


def _missing(names: tuple[str, ...], values: Mapping[str, str]) -> ScriptValueError:
    empty = sorted({name for name in names if not values.get(name)})
    return ScriptValueError(f"no value for {', '.join(empty)}")


def _conditions(tree: nodes.Template) -> set[str]:
    tests = (branch.test for branch in tree.find_all(nodes.If))
    return {test.name for test in tests if isinstance(test, nodes.Name)}


def _is_simple(body: list[nodes.Node]) -> bool:
    return all(_is_simple_node(node) for node in body)


def _is_simple_node(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Output):
        return all(isinstance(part, (nodes.TemplateData, nodes.Name)) for part in node.nodes)
    if isinstance(node, nodes.If):
        branches = _is_simple(node.body) and _is_simple(node.else_)
        return isinstance(node.test, nodes.Name) and not node.elif_ and branches
    return False


def _flatten(body: list[nodes.Node], given: Mapping[str, bool]) -> Iterator[tuple[str, bool]]:
    for node in body:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                yield (part.name, True) if isinstance(part, nodes.Name) else (part.data, False)  # type: ignore[attr-defined]
        elif isinstance(node, nodes.If):
            chosen = node.body if given[node.test.name] else node.else_  # type: ignore[attr-defined]
            yield from _flatten(chosen, given)


__all__ = ["Absent", "Template", "TemplateSyntaxError", "compiled"]
