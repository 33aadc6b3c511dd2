"""Small applications with real routes, called without a socket."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import OpenSession
from app.core.errors import Unauthenticated
from app.core.principal import Grant, Principal, Role
from app.web.problems import install_problems
from tests.make import MONDAY

JSON = {"content-type": "application/json"}


def app_of(*routers: APIRouter, sessions: OpenSession | None = None) -> FastAPI:
    """An application of these rooms; a token is the number of the kominfo operator who calls."""
    app = FastAPI()
    app.state.sessions = sessions
    app.state.clock = lambda: MONDAY

    async def authenticate(session: AsyncSession, token: str, *, at: datetime) -> Principal:
        if not token.isdecimal():
            raise Unauthenticated
        return Principal(UUID(int=int(token)), f"operator {token}", (Grant(Role.KOMINFO),))

    app.state.authenticate = authenticate
    for router in routers:
        app.include_router(router)
    install_problems(app)
    return app


class Caller:
    """Calls an application; what it raises past its handlers fails the test."""

    def __init__(self, loop: asyncio.Runner, app: FastAPI) -> None:
        self.app = app
        self._loop = loop

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._loop.run(self.request(method, path, **options))

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://apel.test") as client:
            return await client.request(method, path, **options)

    def together(self, requests: Iterable[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        async def gather() -> list[httpx.Response]:
            return await asyncio.gather(*(self.request(verb, path, **options) for verb, path, options in requests))

        return self._loop.run(gather())


async def in_chunks(size: int, chunk: int = 65536) -> AsyncIterator[bytes]:
    """A body of blanks whose length is not told beforehand."""
    for _ in range(0, size, chunk):
        yield b" " * chunk
