"""What clients rest on, one promise a line: whatever of it is gone or asked anew would break them.

`docs/janji-v1.txt` holds the promises of the last release. New lines of `operation`, `answers`, `field`, `takes`,
`accepts`, `webhook` and `tells` are additions, which every client tolerates; a line that is missing, or a new
`requires`, is a break.
`python -m tests.frontend.promises` writes the file anew, at a release.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.core.settings import Settings
from app.main import create_app

PROMISES = Path(__file__).parents[2] / "docs" / "janji-v1.txt"
METHODS = ("get", "put", "post", "patch", "delete")


def promises(document: dict[str, Any]) -> set[str]:
    """All that the document promises and all that it requires."""
    operations = (line for item in _operations(document) for line in _of_operation(document, *item))
    webhooks = (line for event, item in document["webhooks"].items() for line in _of_webhook(document, event, item))
    return {*operations, *webhooks}


def breaks(promised: set[str], now: set[str]) -> list[str]:
    """What would break a client that was written against what was promised."""
    gone = {f"gone: {line}" for line in promised - now if not line.startswith("requires ")}
    asked = {f"asked anew: {line}" for line in now - promised if line.startswith("requires ")}
    known = {_owner(line) for line in promised}
    return sorted(gone | {line for line in asked if _owner(line.removeprefix("asked anew: ")) in known})


def _owner(line: str) -> str:
    """The operation or schema that a line is about: what a new one requires breaks nobody."""
    return line.split(" ")[1].partition(".")[0]


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        yield from ((method, path, item[method]) for method in METHODS if method in item)


def _of_operation(document: dict[str, Any], method: str, path: str, said: dict[str, Any]) -> Iterator[str]:
    name = said["operationId"]
    yield f"operation {name} {method.upper()} {path}"
    for parameter in _parameters(document, said):
        place = f"{name}.{parameter['name']} ({parameter['in']})"
        yield f"takes {place}"
        if parameter.get("required"):
            yield f"requires {place}"
    for kind, content in said.get("requestBody", {}).get("content", {}).items():
        yield f"takes {name}.body {kind} {_kind(content['schema'])}"
        yield from _sent(document, content["schema"], set())
    for status, answer in said["responses"].items():
        if status[0] == "2":
            for kind, content in answer.get("content", {}).items():
                yield f"answers {name} {status} {kind} {_kind(content.get('schema', {}))}"
                yield from _answered(document, content.get("schema", {}), set())


def _parameters(document: dict[str, Any], said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    shared = document["components"]["parameters"]
    for parameter in said.get("parameters", ()):
        yield shared[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter


def _of_webhook(document: dict[str, Any], event: str, item: dict[str, Any]) -> Iterator[str]:
    """What a receiver rests on: it reads the body and the headers, as a client reads an answer."""
    said = item["post"]
    name = said["operationId"]
    yield f"webhook {name} {event}"
    for parameter in _parameters(document, said):
        yield f"tells {name}.{parameter['name']} ({parameter['in']})"
    for kind, content in said["requestBody"]["content"].items():
        yield f"tells {name}.body {kind} {_kind(content['schema'])}"
        yield from _answered(document, content["schema"], set())


def _kind(schema: dict[str, Any]) -> str:
    """A type in short; an enum is a text, since its values may become more."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for one in ("anyOf", "oneOf", "allOf"):
        if one in schema:
            return "|".join(sorted(_kind(inner) for inner in schema[one]))
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return str(schema.get("type", "any"))


def _named(document: dict[str, Any], schema: Any, seen: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema with a name that this one leads to."""
    if isinstance(schema, dict):
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            seen.add(name)
            found = document["components"]["schemas"][name]
            yield name, found
            yield from _named(document, found, seen)
        for inner in schema.values():
            yield from _named(document, inner, seen)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _named(document, inner, seen)


def _answered(document: dict[str, Any], schema: dict[str, Any], seen: set[str]) -> Iterator[str]:
    for name, found in _named(document, schema, seen):
        for field, inner in found.get("properties", {}).items():
            yield f"field {name}.{field} {_kind(inner)}"


def _sent(document: dict[str, Any], schema: dict[str, Any], seen: set[str]) -> Iterator[str]:
    for name, found in _named(document, schema, seen):
        yield from (f"takes {name}.{field} {_kind(inner)}" for field, inner in found.get("properties", {}).items())
        yield from (f"requires {name}.{field}" for field in found.get("required", ()))
        yield from (f"accepts {name} {value}" for value in found.get("enum", ()))


def main() -> None:
    PROMISES.write_text("\n".join(sorted(promises(create_app(Settings()).openapi()))) + "\n", "utf-8")


if __name__ == "__main__":
    main()
