"""What is really sent and answered: recorded from the service itself by the tests, one file per room."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def recorded() -> dict[str, dict[str, Any]]:
    """By operation id: `request` (a body), `status`, `headers` (their names) and `answer` (a body), as far as given."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((files(__package__) / "recorded").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".json"):
            found |= json.loads(file.read_text("utf-8"))
    return found
