"""The application over HTTP without a socket, with a clock that the test sets and callers that it makes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from app.accounts.oidc import Provider
from app.core.db import OpenSession
from app.core.principal import OPD_ROLES, Grant, Principal, Role
from app.core.settings import Settings
from app.main import create_app
from app.zoom.client import Zoom


class Api:
    """`api.as_(Role.KOMINFO).get("/v1/…")`; without `as_`, nobody is signed in."""

    def __init__(self, loop: asyncio.Runner, client: httpx.AsyncClient, app: Any, now: datetime) -> None:
        self._loop = loop
        self._client = client
        self._app = app
        self._callers: dict[str, Principal] = app.state.test_callers
        self._token: str | None = None
        self.now = now

    def as_(self, role: Role, opd_code: str | None = None, *, reach: frozenset[str] | None = None) -> "Api":
        """The same API, called by a new principal of this role.

        An OPD role reaches `opd_code` alone unless `reach` says otherwise: the account room's own tests prove how
        reach follows from the tree.
        """
        if role in OPD_ROLES and reach is None:
            reach = frozenset({opd_code or "NONE"})
        return self.by(Principal(uuid4(), f"uji-{role}", (Grant(role, opd_code, reach),)))

    def by(self, principal: Principal) -> "Api":
        other = Api(self._loop, self._client, self._app, self.now)
        other._token = f"test-{uuid4()}"
        self._callers[other._token] = principal
        return other

    def at(self, now: datetime) -> "Api":
        """Set the clock of the application."""
        self._app.state.clock = lambda: now
        self.now = now
        return self

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._loop.run(self.ask(method, path, **options))

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A request beside something else that runs on the test's event loop."""
        headers = dict(options.pop("headers", None) or {})
        if self._token is not None:
            headers.setdefault("authorization", f"Bearer {self._token}")
        return await self._client.request(method, path, headers=headers, **options)

    def together(self, *requests: tuple[str, str, Any]) -> list[httpx.Response]:
        """Several requests (method, path, body) at the same moment."""
        headers = {} if self._token is None else {"authorization": f"Bearer {self._token}"}

        async def send() -> list[httpx.Response]:
            sent = (self._client.request(method, path, json=body, headers=headers) for method, path, body in requests)
            return await asyncio.gather(*sent)

        return self._loop.run(send())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options | ({} if json is None else {"json": json}))

    def put(self, path: str, json: Any, **options: Any) -> httpx.Response:
        return self.request("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any, **options: Any) -> httpx.Response:
        return self.request("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", path, **options)


@cache
def _application() -> FastAPI:
    """One for all tests: reading its routes at the first request takes longer than most tests."""
    return create_app()


@contextmanager
def serve(
    loop: asyncio.Runner,
    sessions: OpenSession,
    settings: Settings,
    now: datetime,
    *,
    app: FastAPI | None = None,
    zoom: Zoom | None = None,
    oidc: Provider | None = None,
) -> Iterator[Api]:
    """The wired application on the test's sessions; background loops do not run, tests conclude by asking."""
    app = app or _application()
    before, app.state = app.state, create_app(settings).state
    app.state.sessions = sessions
    app.state.zoom = zoom
    app.state.oidc = oidc
    app.state.clock = lambda: now
    callers: dict[str, Principal] = {}
    app.state.test_callers = callers
    authenticate = app.state.authenticate

    async def known_or_real(session: Any, token: str, *, at: datetime) -> Principal:
        return callers[token] if token in callers else await authenticate(session, token, at=at)

    app.state.authenticate = known_or_real
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://apel.test")
    try:
        yield Api(loop, client, app, now)
    finally:
        app.state = before
        loop.run(client.aclose())
