"""YAML text to plain data that remembers where everything stands.

The document is built from the parser's events, not by a constructor: no tags, no duplicate keys, no bombs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import yaml
from yaml.constructor import SafeConstructor

if TYPE_CHECKING:
    from leashd_hooks.policy.source import Source, SourceError

MAX_NODES = 50_000
MAX_DEPTH = 40

_PLAIN = "tag:yaml.org,2002:"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_scalars = SafeConstructor()
_CONVERT: dict[str, Callable[[yaml.ScalarNode], Any]] = {
    "null": lambda node: None,
    "bool": _scalars.construct_yaml_bool,
    "int": _scalars.construct_yaml_int,
    "float": _scalars.construct_yaml_float,
}


class Node:
    """A value of the document: where it stands, and the nodes in it."""

    __slots__ = ("column", "data", "items", "keys", "line", "size")

    def __init__(self, data: Any, line: int, column: int) -> None:
        self.data = data
        self.line = line
        self.column = column
        self.items: dict[Any, Node] = {}
        self.keys: dict[Any, tuple[int, int]] = {}
        self.size = 1


class Composer:
    """Events to nodes.  Aliases share their node, but their size counts: a bomb is noticed before it is unrolled."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.anchors: dict[str, Node] = {}
        self.total = 0
        self.events: Iterator[Any] = iter(())

    def document(self) -> Node:
        try:
            self.events = iter(yaml.parse(self.source.text, Loader=_Loader))
            return self._document()
        except yaml.MarkedYAMLError as error:
            raise self._syntax(error) from None
        except yaml.reader.ReaderError as error:
            before = self.source.text[: error.position]
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            raise self.source.at(line, column, "a character that YAML does not allow", "remove it") from None

    def _syntax(self, error: yaml.MarkedYAMLError) -> SourceError:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        text = self.source.lines[line - 1] if line <= len(self.source.lines) else ""
        if "\t" in text[: column + 1] and not text[: text.index("\t")].strip():
            return self.source.at(line, text.index("\t") + 1, "a tab in the indentation", "indent with spaces")
        return self.source.at(
            line, column, f"not valid YAML: {error.problem or error.context}", "check quotes and indentation"
        )

    def _document(self) -> Node:
        node: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if node is not None:
                    mark: Any = event.start_mark
                    line = mark.line + 1
                    raise self.source.at(line, 1, "a second document", "keep one document in a file, without `---`")
                node = self._node(next(self.events), 0)
        if node is None or node.data is None:
            raise self.source.at(1, 1, "the file is empty", "write at least `version: 1`")
        return node

    def _node(self, event: Any, depth: int) -> Node:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if depth > MAX_DEPTH:
            raise self.source.at(line, column, f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        if isinstance(event, yaml.AliasEvent):
            node = self._alias(str(event.anchor), line, column)
        else:
            node = self._fresh(event, depth, line, column)
            if event.anchor:
                self.anchors[event.anchor] = node
        self.total += node.size if isinstance(event, yaml.AliasEvent) else 1
        if self.total > MAX_NODES:
            raise self.source.at(
                line, column, f"more than {MAX_NODES} values", "split the file, or do not repeat aliases"
            )
        return node

    def _alias(self, name: str, line: int, column: int) -> Node:
        target = self.anchors.get(name)
        if target is None:
            raise self.source.at(
                line, column, f"the alias `*{name}` has no anchor before it", f"define `&{name}` first"
            )
        node = Node(target.data, line, column)
        node.items, node.keys, node.size = target.items, target.keys, target.size
        return node

    def _fresh(self, event: Any, depth: int, line: int, column: int) -> Node:
        kind = self._kind(event, line, column)
        if isinstance(event, yaml.ScalarEvent):
            return Node(self._scalar(event, kind, line, column), line, column)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(depth, line, column)
        return self._mapping(depth, line, column)

    def _kind(self, event: Any, line: int, column: int) -> str:
        tag = event.tag
        if tag is None or tag == "!":
            return ""
        kind = tag.removeprefix(_PLAIN)
        if kind not in ("str", "seq", "map", *_CONVERT):
            shown = "!!" + kind if kind != tag else tag
            raise self.source.at(
                line, column, f"the tag `{shown}` is not allowed", "write plain text, lists and mappings"
            )
        return str(kind)

    def _scalar(self, event: Any, kind: str, line: int, column: int) -> Any:
        text = event.value
        if not kind and event.implicit[0]:
            resolvers = yaml.SafeLoader.yaml_implicit_resolvers
            candidates = resolvers.get(text[:1], []) + resolvers.get(None, [])
            kind = next((tag.removeprefix(_PLAIN) for tag, pattern in candidates if pattern.match(text)), "str")
            if kind == "merge":
                raise self.source.at(line, column, "merge keys are not supported", "write the fields out")
        convert = _CONVERT.get(kind)
        if convert is None:
            return text
        try:
            return convert(yaml.ScalarNode(_PLAIN + kind, text))
        except (ValueError, KeyError, IndexError):
            raise self.source.at(line, column, f"`{text}` is no {kind}", "put it in quotes") from None

    def _sequence(self, depth: int, line: int, column: int) -> Node:
        node = Node([], line, column)
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            child = self._node(event, depth + 1)
            node.items[len(node.data)] = child
            node.keys[len(node.data)] = (child.line, child.column)
            node.data.append(child.data)
            node.size += child.size
        return node

    def _mapping(self, depth: int, line: int, column: int) -> Node:
        node = Node({}, line, column)
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, depth + 1)
            if not isinstance(key.data, str | int | float | bool):
                raise self.source.at(key.line, key.column, "a key must be text", "put it in quotes")
            if key.data in node.data:
                first = node.keys[key.data][0]
                raise self.source.at(
                    key.line,
                    key.column,
                    f"`{key.data}` is given twice",
                    f"the first one is in line {first}; keep one",
                    len(str(key.data)),
                )
            child = self._node(next(self.events), depth + 1)
            node.items[key.data] = child
            node.keys[key.data] = (key.line, key.column)
            node.data[key.data] = child.data
            node.size += 1 + child.size
        return node
