"""Limits that hold anyway and that the framework does not write down: widths of numbers, lengths of what has a form."""

from functools import cache
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_LENGTHS = {"uuid": 36, "date": 10, "date-time": 35}
"""Characters of the longest text that is accepted; an instant may have nine decimals and an offset."""
CLOCK = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
"""A wall clock's time; `format: time` would be RFC 3339's, which has an offset."""
LARGEST_FILE = 10 * 1024 * 1024
"""What the proxy lets through; most endpoints take less, and say so with 413."""
_INT32 = (-(2**31), 2**31 - 1)


def complete(value: Any) -> None:
    """Write formats and lengths into every schema below, in place."""
    if isinstance(value, dict):
        if value.get("type") == "integer":
            _complete_number(value)
        elif value.get("type") == "string":
            _complete_text(value)
        for inner in value.values():
            complete(inner)
    elif isinstance(value, list):
        for inner in value:
            complete(inner)


def complete_cursor(parameter: dict[str, Any]) -> None:
    """A cursor is what a list gave out: base64 without padding, whatever list it is of."""
    for schema in parameter["schema"].get("anyOf", ()):
        if schema["type"] == "string":
            schema.setdefault("pattern", "^[A-Za-z0-9_-]*$")


def _complete_number(schema: dict[str, Any]) -> None:
    if "enum" in schema:
        schema |= {"minimum": min(schema["enum"]), "maximum": max(schema["enum"])}
    schema.setdefault("format", _width(schema))


def _complete_text(schema: dict[str, Any]) -> None:
    if schema.get("contentMediaType") == "application/octet-stream":
        schema |= {"format": "binary", "maxLength": LARGEST_FILE}
    if schema.get("format") == "time":
        del schema["format"]
        schema["pattern"] = CLOCK
    longest = _LENGTHS.get(schema.get("format", "")) or _longest(schema.get("pattern", ""))
    if longest is not None and "maxLength" not in schema and "enum" not in schema:
        schema["maxLength"] = longest


@cache
def _longest(pattern: str) -> int | None:
    """Characters of the longest text that an anchored pattern fits; None where it has no end."""
    if not (pattern.startswith("^") and pattern.endswith("$")):
        return None
    # Only the parser of regular expressions itself knows; it is the same in every Python that is supported.
    longest = int(_parser.parse(pattern).getwidth()[1])
    return longest if longest < LARGEST_FILE else None


def _width(schema: dict[str, Any]) -> str:
    lowest = schema.get("minimum", schema.get("exclusiveMinimum"))
    highest = schema.get("maximum", schema.get("exclusiveMaximum"))
    narrow = lowest is not None and highest is not None and _INT32[0] <= lowest and highest <= _INT32[1]
    return "int32" if narrow else "int64"
