"""The document as it is committed and printed: sorted, and laid out so that a diff shows what changed and no more.

What fits into a line stands in one; so do examples of any length, which lie open in `recorded/`.
"""

import json
from typing import Any

from fastapi import FastAPI

WIDTH = 120
_IN_A_LINE = ("example", "value")


def write(app: FastAPI) -> str:
    return lay_out(app.openapi()) + "\n"


def lay_out(value: Any, depth: int = 0, before: int = 0) -> str:
    """JSON with an indent of one; `before` counts what stands in the line already."""
    line = _in_a_line(value)
    if not isinstance(value, dict | list) or not value or depth + before + len(line) < WIDTH:
        return line
    indent = "\n" + " " * depth
    if isinstance(value, dict):
        entries = f",{indent} ".join(_entry(name, value[name], depth + 1) for name in sorted(value))
        return f"{{{indent} {entries}{indent}}}"
    items = f",{indent} ".join(lay_out(one, depth + 1) for one in value)
    return f"[{indent} {items}{indent}]"


def _entry(name: str, value: Any, depth: int) -> str:
    start = f"{_in_a_line(name)}: "
    return start + (_in_a_line(value) if name in _IN_A_LINE else lay_out(value, depth, len(start)))


def _in_a_line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
