"""Which frontends may call from a browser."""

import asyncio
from collections.abc import Iterator

import pytest

from app.core.db import OpenSession
from app.core.settings import Settings
from app.main import create_app
from tests.client import Api, serve
from tests.make import MONDAY

PAGE = "https://papan.mamujukab.go.id"


@pytest.fixture
def api(loop: asyncio.Runner, sessions: OpenSession, settings: Settings) -> Iterator[Api]:
    opening = settings.model_copy(update={"cors_origins": (PAGE,)})
    with serve(loop, sessions, opening, MONDAY, app=create_app()) as opened:
        yield opened


def test_a_configured_frontend_may_send_what_the_contract_needs(api: Api) -> None:
    asked = {
        "origin": PAGE,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "authorization,content-type,if-match,idempotency-key",
    }
    answer = api.request("OPTIONS", "/v1/board", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "PUT" in answer.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("method", "header"),
    [
        ("GET", "if-none-match"),
        ("GET", "last-event-id"),
        ("GET", "accept-language"),
        ("PATCH", "if-match"),
        ("POST", "idempotency-key"),
        ("DELETE", "authorization"),
        ("GET", "traceparent"),
    ],
)
def test_a_preflight_admits_every_header_of_the_contract(api: Api, method: str, header: str) -> None:
    asked = {"origin": PAGE, "access-control-request-method": method, "access-control-request-headers": header}
    answer = api.request("OPTIONS", "/v1/board", headers=asked)
    assert answer.status_code == 200
    assert header in answer.headers["access-control-allow-headers"].lower().split(", ")
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    assert answer.headers["access-control-max-age"] == "600"


def test_a_preflight_refuses_a_header_that_is_none_of_ours(api: Api) -> None:
    asked = {"origin": PAGE, "access-control-request-method": "GET", "access-control-request-headers": "x-debug"}
    assert api.request("OPTIONS", "/v1/board", headers=asked).status_code == 400


def test_it_may_read_what_the_contract_says_in_headers_of_refusals_too(api: Api) -> None:
    answer = api.get("/v1/board", headers={"origin": PAGE})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == PAGE
    shown = answer.headers["access-control-expose-headers"].lower()
    assert set(shown.split(", ")) == {"etag", "location", "retry-after", "x-trace-id", "idempotency-replayed"}


def test_another_frontend_reads_nothing(api: Api) -> None:
    answer = api.get("/livez", headers={"origin": "https://lain.test"})
    assert "access-control-allow-origin" not in answer.headers


def test_without_configured_origins_nothing_is_said(
    loop: asyncio.Runner, sessions: OpenSession, settings: Settings
) -> None:
    with serve(loop, sessions, settings, MONDAY, app=create_app()) as closed:
        answer = closed.get("/livez", headers={"origin": PAGE})
        assert not [name for name in answer.headers if name.startswith("access-control-")]
