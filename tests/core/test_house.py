"""The house keeps its order: names that say something, functions and files that can be read at once."""

import ast
import re
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
FILES = sorted(APP.rglob("*.py"))
LONGEST_FUNCTION = 40
LONGEST_FILE = 320


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_a_file_is_named_for_what_it_holds_and_can_be_read_at_once(path: Path) -> None:
    assert not re.fullmatch(r"(utils?|helpers?|common|misc|constants|crud|managers?)\.py", path.name)
    source = path.read_text("utf-8")
    assert source.count("\n") <= LONGEST_FILE, "two rooms in one?"
    too_long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_routes_hold_no_sql() -> None:
    routes = [path for path in FILES if path.name.endswith("routes.py")]
    imported = {
        f"{path.parent.name}: {node.module}"
        for path in routes
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("sqlalchemy", "asyncpg"))
    }
    assert imported == set()
