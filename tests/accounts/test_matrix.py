"""Every role at every endpoint: whom a route does not name, it does not serve."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.core.principal import Principal, Role
from app.core.settings import Settings
from app.main import create_app
from app.web.deps import Requires, SignedIn
from tests.client import Api

OWN_ACCOUNT = {"GET /v1/me", "POST /v1/me/password"}
"""What whoever is signed in may call, with any role or none."""


def _required(dependant: Dependant) -> Iterator[Requires]:
    if isinstance(dependant.call, Requires):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _required(inner)


def _endpoints() -> Iterator[tuple[str, list[Requires]]]:
    for context in iter_route_contexts(create_app(Settings()).routes):
        if isinstance(context.original_route, APIRoute):
            for method in sorted(context.methods or ()):
                yield f"{method} {context.path}", list(_required(context.dependant))


ENDPOINTS = dict(_endpoints())
GUARDED = {name: requires for name, requires in ENDPOINTS.items() if requires}
NARROW = [name for name in GUARDED if name not in OWN_ACCOUNT]


def call(api: Api, endpoint: str) -> tuple[int, str | None]:
    """Status and code of an empty call; whoever is not let in learns nothing about path and body."""
    method, path = endpoint.split(" ")
    answer = api.request(method, re.sub(r"\{[^}]+\}", "x", path))
    problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    return answer.status_code, answer.json()["code"] if problem else None


def test_there_is_something_to_guard() -> None:
    assert {"GET /v1/accounts", "POST /v1/accounts/{account_id}/reset", "GET /v1/audit"} <= GUARDED.keys()
    assert {name for name, requires in GUARDED.items() if isinstance(requires[0], SignedIn)} == OWN_ACCOUNT


@pytest.mark.parametrize("endpoint", NARROW)
def test_a_role_that_a_route_does_not_name_may_not_call_it(api: Api, endpoint: str) -> None:
    admitted = frozenset.intersection(*(requires.roles for requires in GUARDED[endpoint]))
    for role in Role:
        answered = call(api.as_(role, "DISDIK"), endpoint)
        assert (answered == (403, "role-not-allowed")) is (role not in admitted), (role, answered)


@pytest.mark.parametrize("endpoint", NARROW)
def test_without_a_role_of_today_nothing_is_open(api: Api, endpoint: str) -> None:
    guest, borrowed = Principal(uuid4(), "tamu", ()), Principal(uuid4(), "baru", (), must_change=True)
    assert call(api, endpoint) == (401, "missing-token")
    assert call(api.by(guest), endpoint) == (403, "role-not-allowed")
    assert call(api.by(borrowed), endpoint) == (403, "password-change-required")


@pytest.mark.parametrize("endpoint", sorted(OWN_ACCOUNT))
def test_ones_own_account_needs_a_token_and_nothing_else(api: Api, endpoint: str) -> None:
    assert call(api, endpoint) == (401, "missing-token")
    for caller in (Principal(uuid4(), "tamu", ()), Principal(uuid4(), "baru", (), must_change=True)):
        assert call(api.by(caller), endpoint)[0] in (200, 422)
