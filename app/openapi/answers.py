"""What an operation may answer beside what it grants: every status, with the refusals behind it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.core.errors import Refusal, TooLarge, TooOften, Unavailable
from app.core.principal import Role
from app.openapi.reachable import refusals_from
from app.web.deps import Requires, open_session
from app.web.errors import InputInvalid, InternalError, JsonRequired, RequestRefused
from app.web.problems import PROBLEM, example_of, status_of_kind, words_of
from app.web.routing import StrictRoute

HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {
        "description": "Names what was answered; send it back in If-None-Match, or in If-Match to change it.",
        "schema": {"type": "string"},
        "example": '"12"',
    },
    "Retry-After": {
        "description": "Seconds to wait before the same request is sent again.",
        "schema": {"type": "integer", "format": "int32", "minimum": 0},
        "example": 5,
    },
    "WWW-Authenticate": {
        "description": "How to sign in (RFC 9110, section 11.6.1).",
        "schema": {"type": "string"},
        "example": 'Bearer realm="apel"',
    },
    "Idempotency-Replayed": {
        "description": "`true` when this is the answer that was given before to the same Idempotency-Key.",
        "schema": {"type": "string", "const": "true"},
        "example": "true",
    },
    "X-Trace-Id": {
        "description": "Finds the request in the operator's log.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "example": "4bf92f3577b34da6a3ce929d0e0e4736",
    },
    "Access-Control-Allow-Origin": {
        "description": "The frontend's own origin, where `APEL_CORS_ORIGINS` names it; else the header is missing.",
        "schema": {"type": "string", "format": "uri"},
        "example": "https://papan.mamujukab.go.id",
    },
}
TITLES = {
    400: "The token request cannot be granted",
    401: "Nobody is signed in",
    403: "The caller may not do this",
    404: "There is no such thing, or the caller may not see it",
    409: "The present state does not allow this",
    412: "It was changed meanwhile",
    413: "The body is too large",
    422: "The input cannot be accepted",
    428: "If-Match is missing",
    429: "Too many requests; the proxy in front answers this too",
    500: "Something went wrong in the service",
    503: "The service cannot answer safely right now",
}
NOT_MODIFIED = "Nothing changed since the answer that If-None-Match names"
_CARRIED = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
_ANYWHERE = ("X-Trace-Id", "Access-Control-Allow-Origin")


def roles_of(dependant: Dependant) -> frozenset[Role] | None:
    """Who may call; None: anybody."""
    required = [call.roles for call in calls_of(dependant) if isinstance(call, Requires)]
    return frozenset.intersection(*required) if required else None


def calls_of(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """The endpoint and everything that is asked before it."""
    if dependant.call is not None:
        yield dependant.call
    for inner in dependant.dependencies:
        yield from calls_of(inner)


def refusals_of(route: APIRoute, dependant: Dependant, authenticate: Callable[..., Any]) -> set[type[Refusal]]:
    """All that this endpoint can say no with, whether its own code says so or what stands around every endpoint."""
    calls = list(calls_of(dependant))
    found = set(refusals_from(calls)) | {InternalError, TooOften}
    if roles_of(dependant) is not None:
        found |= refusals_from([authenticate])
    if open_session in calls:
        found.add(Unavailable)
    if isinstance(route, StrictRoute):
        found.add(InputInvalid)
    if route.body_field is not None:
        found |= {TooLarge, JsonRequired}
    return found - {Refusal, RequestRefused}


def refused(refusals: Iterable[type[Refusal]]) -> dict[str, dict[str, Any]]:
    """A response for every status that these refusals have."""
    by_status: dict[int, list[type[Refusal]]] = defaultdict(list)
    for kind in sorted(refusals, key=lambda kind: kind.code):
        by_status[status_of_kind(kind)].append(kind)
    return {str(status): _problem(status, by_status[status]) for status in sorted(by_status)}


def _problem(status: int, kinds: list[type[Refusal]]) -> dict[str, Any]:
    lines = [f"- `{kind.code}`: {words_of(kind(), 'en')[0]}" for kind in kinds]
    content = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {kind.code: {"$ref": f"#/components/examples/{kind.code}"} for kind in kinds},
    }
    return {
        "description": "\n".join([TITLES.get(status, "Refused"), "", *lines]),
        "headers": headers(*_CARRIED.get(status, ())),
        "content": {PROBLEM: content},
    }


def examples(refusals: Iterable[type[Refusal]]) -> dict[str, dict[str, Any]]:
    """Each refusal as it is answered, by code."""
    return {
        kind.code: {"summary": words_of(kind(), "en")[0], "value": example_of(kind())}
        for kind in sorted(refusals, key=lambda kind: kind.code)
    }


def not_modified() -> dict[str, Any]:
    return {"description": NOT_MODIFIED, "headers": headers("ETag")}


def headers(*names: str) -> dict[str, dict[str, str]]:
    """References to these headers and to those that every answer has."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, *_ANYWHERE)}
