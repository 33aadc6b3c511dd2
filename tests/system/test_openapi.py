"""The OpenAPI document: what integrators generate their clients from."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from app.core.settings import Settings
from app.main import create_app
from tests.system.endpoints import ENDPOINTS

METHODS = ("get", "put", "post", "patch", "delete")


@cache
def document() -> dict[str, Any]:
    described: dict[str, Any] = create_app(Settings()).openapi()
    return described


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document()["paths"].items():
        yield from ((f"{method.upper()} {path}", item[method]) for method in METHODS if method in item)


OPERATIONS = dict(operations())
NAMES = sorted(OPERATIONS)
WEBHOOKS: dict[str, dict[str, Any]] = {event: item["post"] for event, item in document()["webhooks"].items()}
"""What this service sends; nobody calls it here."""


def test_every_endpoint_is_described() -> None:
    assert OPERATIONS.keys() == {name for name, endpoint in ENDPOINTS.items() if endpoint.described}


def test_every_operation_has_an_id_of_its_own() -> None:
    times = Counter(operation["operationId"] for operation in (*OPERATIONS.values(), *WEBHOOKS.values()))
    assert [name for name, number in times.items() if number > 1] == []


@pytest.mark.parametrize("name", [*NAMES, *WEBHOOKS])
def test_an_operation_says_what_it_does_and_belongs_to_a_room(name: str) -> None:
    operation = (OPERATIONS | WEBHOOKS)[name]
    assert operation["summary"]
    assert operation["description"].endswith((".", ")"))
    assert operation["tags"]


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_declares_what_it_answers(name: str) -> None:
    answers = OPERATIONS[name]["responses"]
    granted = [status for status in answers if status.startswith("2")]
    assert granted
    assert [status for status in granted if status != "204" and not answers[status].get("content")] == []
    refused = [status for status in answers if status[0] in "45"]
    assert {"429", "500"} <= set(refused)
    for status in refused:
        answer = resolved(answers[status])
        said = answer["content"]["application/problem+json"]
        # The framework's own 422 has another shape than ours; it must not be promised.
        assert said["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert [resolved(one)["value"]["status"] for one in said["examples"].values()] == [
            int(status) for _ in said["examples"]
        ]
        assert all(f"`{code}`" in answer["description"] for code in said["examples"])


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to, or the value itself."""
    if "$ref" not in value:
        return value
    _, _, kind, name = value["$ref"].split("/")
    found: dict[str, Any] = document()["components"][kind][name]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_parameters_of_the_path_are_described(name: str) -> None:
    parameters = map(resolved, OPERATIONS[name].get("parameters", ()))
    described = {one["name"] for one in parameters if one["in"] == "path"}
    assert described == set(ENDPOINTS[name].path_names)


def with_examples(value: Any) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """Every schema of the document that gives examples, and these."""
    if isinstance(value, dict):
        if isinstance(value.get("examples"), list):
            yield value, value["examples"]
        elif "example" in value and "schema" in value:
            yield value["schema"], [value["example"]]
        for inner in value.values():
            yield from with_examples(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from with_examples(inner)


def test_the_examples_are_valid() -> None:
    found = list(with_examples(document()))
    assert len(found) > 10
    for schema, examples in found:
        validator = Draft202012Validator(schema | {"components": document()["components"]})
        for example in examples:
            validator.validate(example)


def test_every_schema_is_one_and_every_reference_leads_somewhere() -> None:
    components = document()["components"]["schemas"]
    for name, schema in components.items():
        validator_for(schema, Draft202012Validator).check_schema(schema)
        assert name.isascii()
    for reference in references(document()):
        kind, _, name = reference.removeprefix("#/components/").partition("/")
        assert name in document()["components"][kind], reference


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)
