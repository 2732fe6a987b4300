"""YAML with line numbers, so that every complaint can name its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Lined(dict[str, Any]):
    """A mapping that knows its own first line and the line of each key (1-based)."""

    line: int
    lines: dict[str, int]
    blocks: frozenset[str]  #: keys whose text is a block scalar (`|`), beginning a line below

    def at(self, key: str) -> int:
        """The line of `key`, or of the mapping when the key is absent."""
        return self.lines.get(key, self.line)


class YamlError(ValueError):
    """A file that is not YAML, or repeats a key. `line` is 1-based."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def read(path: Path) -> Any:
    """The file's value; mappings are `Lined`. Raises YamlError with the line."""
    try:
        text = path.read_text("utf-8")
        loader = _LOADER(text)
        node = loader.get_single_node()
        return None if node is None else _value(loader, node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(mark.line + 1 if mark else 1, str(error.problem)) from error
    except UnicodeDecodeError as error:
        raise YamlError(1, f"not UTF-8 ({error.reason}); save the file as UTF-8") from error


def _value(loader: Any, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item) for item in node.value]
    return loader.construct_object(node)


def _mapping(loader: Any, node: yaml.MappingNode) -> Lined:
    result = Lined()
    result.line, result.lines = node.start_mark.line + 1, {}
    blocks = set()
    for key_node, value_node in node.value:
        key, line = str(loader.construct_object(key_node)), key_node.start_mark.line + 1
        if key in result:
            raise YamlError(line, f"{key} is written twice; keep one")
        result[key] = _value(loader, value_node)
        result.lines[key] = line
        if isinstance(value_node, yaml.ScalarNode) and value_node.style in ("|", ">"):
            blocks.add(key)
    result.blocks = frozenset(blocks)
    return result
