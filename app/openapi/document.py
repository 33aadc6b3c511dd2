"""The OpenAPI document: the framework's own, completed with what it cannot know."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.core.errors import Refusal
from app.openapi import bounds
from app.openapi.answers import (
    HEADERS,
    calls_of,
    examples,
    headers,
    not_modified,
    refusals_of,
    refused,
    roles_of,
)
from app.openapi.examples import recorded
from app.openapi.naming import INFO, SERVERS, TAGS, operation_id
from app.openapi.sharing import share_parameters, share_responses, untitle
from app.web.conditional import read_if_none_match
from app.web.problems import problem_schemas

LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "description": "The language of texts for people: `id` unless `en` comes first. Codes never change with it.",
    "required": False,
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[A-Za-z0-9*,;=. -]*$"},
    "example": "id",
}
SCHEMES = {
    "token": {
        "type": "oauth2",
        "description": "An access token of ten minutes, a JWT signed with ES256 and verified as RFC8725 demands.",
        "flows": {
            "password": {"tokenUrl": "/v1/auth/token", "refreshUrl": "/v1/auth/token", "scopes": {}},
            "clientCredentials": {"tokenUrl": "/v1/auth/token", "refreshUrl": "/v1/auth/token", "scopes": {}},
        },
    }
}
SIGNED_IN: list[dict[str, list[str]]] = [{"token": []}]
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")


class _Operation:
    """One operation of the document beside the route that it describes."""

    def __init__(self, said: dict[str, Any], route: APIRoute, dependant: Dependant) -> None:
        self.said, self.route, self.dependant = said, route, dependant
        self.recorded: dict[str, Any] = recorded().get(said["operationId"], {})

    def complete(self, refusals: set[type[Refusal]]) -> None:
        self._say_who_may_call()
        for parameter in self.said.setdefault("parameters", []):
            if parameter["name"] == "cursor":
                bounds.complete_cursor(parameter)
        self.said["parameters"].append({"$ref": "#/components/parameters/AcceptLanguage"})
        granted = {status: said for status, said in self.said["responses"].items() if status.startswith("2")}
        for status, answer in granted.items():
            answer["headers"] = answer.get("headers", {}) | headers(*self._headers(status))
        answers = granted | refused(refusals)
        if self._conditional and "get" in {method.lower() for method in self.route.methods or ()}:
            answers["304"] = not_modified()
        self.said["responses"] = dict(sorted(answers.items()))
        self._show()

    @property
    def _conditional(self) -> bool:
        return read_if_none_match in calls_of(self.dependant)

    def _say_who_may_call(self) -> None:
        roles = roles_of(self.dependant)
        self.said["security"] = [] if roles is None else SIGNED_IN
        if roles is not None:
            named = sorted(roles)
            self.said["x-roles"] = named
            self.said["description"] += f"\n\nRoles: {', '.join(f'`{role}`' for role in named)}."

    def _headers(self, status: str) -> Iterator[str]:
        seen = self.recorded.get("headers", ()) if status == str(self.recorded.get("status")) else ()
        if self._conditional or "etag" in seen:
            yield "ETag"
        if any(one["name"] == "idempotency-key" for one in self.said.get("parameters", ()) if "name" in one):
            yield "Idempotency-Replayed"

    def _show(self) -> None:
        """Put in what was really sent and answered."""
        if "request" in self.recorded and "requestBody" in self.said:
            for content in self.said["requestBody"]["content"].values():
                content["example"] = self.recorded["request"]
        if "answer" in self.recorded:
            answer = self.said["responses"].get(str(self.recorded["status"]), {})
            if "application/json" in answer.get("content", {}):
                answer["content"]["application/json"]["example"] = self.recorded["answer"]


def describe(app: FastAPI) -> None:
    """Have the application describe itself completely; made at the first question, then kept."""
    plain = app.openapi
    kept: list[dict[str, Any]] = []

    def openapi() -> dict[str, Any]:
        if not kept:
            kept.append(_completed(plain(), app))
        return kept[0]

    app.openapi = openapi  # type: ignore[method-assign]


def _completed(document: dict[str, Any], app: FastAPI) -> dict[str, Any]:
    document["info"] = INFO | {"version": document["info"]["version"]}
    document["servers"] = SERVERS
    document["tags"] = [{"name": name, "description": told} for name, told in TAGS.items()]
    said: set[type[Refusal]] = set()
    operations = list(_operations(document, app))
    for operation in operations:
        refusals = refusals_of(operation.route, operation.dependant, app.state.authenticate)
        operation.complete(refusals)
        said |= refusals
    for route in app.webhooks.routes:
        if isinstance(route, APIRoute):
            _complete_webhook(document["webhooks"][route.path], route)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    schemas |= problem_schemas(sorted(kind.code for kind in said))
    components |= {"securitySchemes": SCHEMES, "headers": HEADERS, "examples": examples(said)}
    webhooks = document.get("webhooks", {})
    for part in (schemas, document["paths"], webhooks):
        bounds.complete(part)
        untitle(part)
    taken, sent = [operation.said for operation in operations], [item["post"] for item in webhooks.values()]
    components["responses"] = share_responses(taken)
    components["parameters"] = {"AcceptLanguage": LANGUAGE} | share_parameters([*taken, *sent])
    return document


def _complete_webhook(item: dict[str, Any], route: APIRoute) -> None:
    """A request that goes out: what others may answer is for its room to say, and no caller signs in."""
    said = item["post"]
    said |= {"operationId": operation_id(route), "security": []}
    said["responses"] = {str(status): said["responses"][str(status)] for status in route.responses}
    sent = recorded().get(said["operationId"], {})
    if "request" in sent:
        said["requestBody"]["content"]["application/json"]["example"] = sent["request"]


def _operations(document: dict[str, Any], app: FastAPI) -> Iterator[_Operation]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            item = document["paths"][str(context.path_format)]
            for method in context.methods or ():
                yield _Operation(item[method.lower()], route, context.dependant)
