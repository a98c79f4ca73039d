"""A YAML file that remembers its lines, so that every complaint can name one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from .types import CatalogError

type Step = str | int

# msgspec ends its messages with where it was: "… - at `$.steps[3].minutes`". It writes a
# mapping whose key it does not tell as `[...]`.
_WHERE = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<index>\d+)\]|(?P<some>\[\.\.\.\])")
_UNKNOWN_FIELD = re.compile(r"unknown field `(?P<name>[^`]+)`")
_GOT = re.compile(r"got `(?P<kind>\w+)`")
_YAML_KIND = {"str": "str", "int": "int", "float": "float", "bool": "bool", "null": "null"} | {
    "array": "seq",
    "object": "map",
}


# The loader written in C is ten times as fast, where PyYAML was built with it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def shown(path: Path) -> str:
    """The path as a person at the shell would type it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


class YamlFile:
    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            loader = _Loader(path.read_text(encoding="utf-8"))
            node = loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise CatalogError(shown(path), line, error.problem or "not YAML") from error
        except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
            raise CatalogError(shown(path), 1, reason(error)) from error
        if not isinstance(node, yaml.MappingNode):
            raise CatalogError(shown(path), 1, "expected a mapping of names to values")
        self._root = node
        self._refuse_repeated_names(node)
        try:
            self._data = loader.construct_document(node)
        except (yaml.YAMLError, ValueError) as error:
            raise CatalogError(shown(path), 1, str(error)) from error

    def convert[T](self, kind: type[T]) -> T:
        try:
            return msgspec.convert(self._data, kind)
        except msgspec.ValidationError as error:
            raise self._located(str(error)) from error

    def error(self, message: str, *steps: Step) -> CatalogError:
        """A complaint about what stands at these steps, or as near to it as the file goes."""
        node: yaml.Node = self._root
        line = node.start_mark.line
        for step in steps:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return CatalogError(shown(self.path), line + 1, message)

    def _located(self, message: str) -> CatalogError:
        where = _WHERE.search(message)
        path = where["path"] if where else ""
        plain = message[: where.start()] if where else message
        steps = [match["name"] or (int(match["index"]) if match["index"] else ...) for match in _STEP.finditer(path)]
        unknown = _UNKNOWN_FIELD.search(message)
        if unknown:
            steps.append(unknown["name"])
        got = _GOT.search(message)
        if path:
            plain += f" ({path.removeprefix('.')})"
        for line, node in _walk(self._root, steps, self._root.start_mark.line):
            if unknown or not got or _is_kind(node, got["kind"]):
                return CatalogError(shown(self.path), line + 1, plain)
        return self.error(plain, *(step for step in steps if step is not ...))

    def _refuse_repeated_names(self, node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for name, value in node.value:
                line = name.start_mark.line + 1
                if not isinstance(name, yaml.ScalarNode):
                    raise CatalogError(shown(self.path), line, "a name must be a single word")
                if name.value in seen:
                    raise CatalogError(shown(self.path), line, f"`{name.value}` stands twice")
                seen.add(name.value)
                self._refuse_repeated_names(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._refuse_repeated_names(item)


def _child(node: yaml.Node, step: Step) -> tuple[int, yaml.Node] | None:
    """The line and value under a name or a number."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == step:
                return name.start_mark.line, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line, item
    return None


def _walk(node: yaml.Node, steps: list[Any], line: int) -> Iterator[tuple[int, yaml.Node]]:
    """Every node these steps can mean; `...` stands for any name of a mapping."""
    if not steps:
        yield line, node
        return
    step, *rest = steps
    for name in _names(node) if step is ... else [step]:
        if found := _child(node, name):
            yield from _walk(found[1], rest, found[0])


def _names(node: yaml.Node) -> list[str]:
    return [name.value for name, _ in node.value] if isinstance(node, yaml.MappingNode) else []


def _is_kind(node: yaml.Node, kind: str) -> bool:
    return node.tag == f"tag:yaml.org,2002:{_YAML_KIND.get(kind, kind)}"
