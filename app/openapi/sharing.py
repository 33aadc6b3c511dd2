"""What many operations have in common is said once, and what says nothing is left out: people read the document."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from app.web.problems import PROBLEM

Components = dict[str, dict[str, Any]]
_SHOWN = ("example", "examples", "default", "const", "enum")
"""Below these lie values, whose `title` is a value too."""


def share_responses(operations: Iterable[dict[str, Any]]) -> Components:
    """Put every refusal that more than one operation answers alike in one place, named after its codes; that place."""
    answers = [said["responses"] for said in operations]
    times = Counter(_alike(answer) for said in answers for status, answer in said.items() if status[0] != "2")
    shared: Components = {}
    for said in answers:
        for status, answer in said.items():
            if status[0] != "2" and times[_alike(answer)] > 1:
                name = ".".join([status, *_codes(answer)])
                shared[name] = answer
                said[status] = {"$ref": f"#/components/responses/{name}"}
    return shared


def _codes(answer: dict[str, Any]) -> list[str]:
    return list(answer.get("content", {}).get(PROBLEM, {}).get("examples", ()))


def share_parameters(operations: Iterable[dict[str, Any]]) -> Components:
    """Of each parameter (`path.apel_id`) put the form that most operations have in one place; that place."""
    lists = [said["parameters"] for said in operations]
    named = [parameter for parameters in lists for parameter in parameters if "name" in parameter]
    times = Counter(_alike(parameter) for parameter in named)
    most: Components = {}
    for parameter in sorted(named, key=lambda one: (-times[_alike(one)], _alike(one))):
        if times[_alike(parameter)] > 1:
            most.setdefault(f"{parameter['in']}.{parameter['name']}", parameter)
    for parameters in lists:
        for place, parameter in enumerate(parameters):
            name = f"{parameter.get('in')}.{parameter.get('name')}"
            if parameter == most.get(name):
                parameters[place] = {"$ref": f"#/components/parameters/{name}"}
    return most


def _alike(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True)


def untitle(value: Any) -> None:
    """Leave out the titles of schemas, in place: they repeat the names that stand beside them."""
    if isinstance(value, dict):
        if isinstance(value.get("title"), str):
            del value["title"]
        for name, inner in value.items():
            for below in inner.values() if name == "properties" else [inner]:
                if name not in _SHOWN:
                    untitle(below)
    elif isinstance(value, list):
        for inner in value:
            untitle(inner)
