"""YAML as policies are written in it: a small, safe part of the language, read with the place of every value.

Plain `true`, `false`, numbers in decimal and `null` are what they look like; all else is text, dates and `yes` and
`07:30` included. Anchors, tags, several documents, duplicate keys and depth beyond `MAX_DEPTH` are refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import yaml
from yaml.error import Mark, MarkedYAMLError, YAMLError
from yaml.events import AliasEvent, NodeEvent
from yaml.nodes import MappingNode, Node, ScalarNode

MAX_CHARACTERS = 64 * 1024
"""The largest example has some 15,000; the parser needs a second or two for sixty thousand."""
MAX_DEPTH = 12
_PLAIN: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (re.compile(r"true|false"), lambda text: text == "true"),
    (re.compile(r"null|~|"), lambda _: None),
    (re.compile(r"0|-?[1-9][0-9]{0,17}"), int),
    (re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}"), Decimal),
)
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """Both count from 1, as editors do."""

    line: int
    column: int


@dataclass
class YamlWrong(Exception):
    """What is wrong with a text: a code of the texts, where, and what is there."""

    code: str
    place: Place
    path: Path = ()


@dataclass
class YamlText:
    """What a text says, and where each of its values stands."""

    value: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    wrong: list[YamlWrong] = field(default_factory=list)
    """Duplicate keys, which do not hinder reading on."""

    def place_of(self, path: Path) -> Place:
        """Of the value, or of the nearest that holds it."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]


def read_yaml(text: str) -> YamlText:
    """Raises YamlWrong where the text cannot be read at all."""
    if len(text) > MAX_CHARACTERS:
        raise YamlWrong("yaml_too_long", Place(1, 1))
    read = YamlText()
    try:
        node = _Loader(text).get_single_node()
        read.places[()] = Place(1, 1)
        read.value = _value(node, (), read) if node is not None else None
    except MarkedYAMLError as error:
        raise YamlWrong("yaml_syntax", _place(error.problem_mark or error.context_mark)) from None
    except YAMLError:
        raise YamlWrong("yaml_characters", Place(1, 1)) from None
    return read


class _Loader(yaml.SafeLoader):
    """Composes nodes only: nothing is ever constructed by tag."""

    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        place = _place(event.start_mark)
        tag = getattr(event, "tag", None)
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor is not None):
            raise YamlWrong("yaml_anchor", place)
        if tag is not None:
            raise YamlWrong("yaml_tag", place)
        if self.depth >= MAX_DEPTH:
            raise YamlWrong("yaml_depth", place)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _place(mark: Mark | None) -> Place:
    return Place(1, 1) if mark is None else Place(mark.line + 1, mark.column + 1)


def _value(node: Node, path: Path, read: YamlText) -> Any:
    read.places.setdefault(path, _place(node.start_mark))
    if isinstance(node, ScalarNode):
        return node.value if node.style else _plain(node.value)
    if isinstance(node, MappingNode):
        return _mapping(node, path, read)
    return [_value(item, (*path, index), read) for index, item in enumerate(node.value)]


def _mapping(node: MappingNode, path: Path, read: YamlText) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        place = _place(key.start_mark)
        if not isinstance(key, ScalarNode):
            raise YamlWrong("yaml_key", place, path)
        if key.value in found:
            read.wrong.append(YamlWrong("yaml_duplicate_key", place, (*path, key.value)))
            continue
        read.places[*path, key.value] = place
        found[key.value] = _value(value, (*path, key.value), read)
    return found


def _plain(text: str) -> Any:
    return next((make(text) for pattern, make in _PLAIN if pattern.fullmatch(text)), text)


def write_yaml(value: Any) -> str:
    """A value as people would write it: reading it again gives the same value."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists stand below their name, moved in."""
        return super().increase_indent(flow, indentless=False)


def _write_decimal(dumper: _Dumper, value: Decimal) -> ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:float" if "." in str(value) else "tag:yaml.org,2002:int", str(value)
    )


def _write_date(dumper: _Dumper, value: date) -> ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", value.isoformat())


def _write_word(dumper: _Dumper, value: StrEnum) -> ScalarNode:
    return dumper.represent_str(value.value)


_Dumper.add_representer(Decimal, _write_decimal)
_Dumper.add_representer(date, _write_date)
_Dumper.add_multi_representer(StrEnum, _write_word)
