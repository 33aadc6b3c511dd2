"""A service that takes signed deliveries on a database of its own, since ingest commits on its own connection."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.core.db import make_sessions
from app.core.settings import Settings
from app.main import create_app
from app.zoom.ingest import Ingest
from app.zoom.signature import sign
from tests.conftest import SURROUNDINGS, administer, database_url
from tests.make import MONDAY

SECRET = "a secret token of the Zoom app"
PREVIOUS = "the secret token of last year"


class Zoom:
    """Zoom's side: signs and delivers; and a look into the tables."""

    def __init__(self, loop: asyncio.Runner, url: str, ingest: Ingest, app: Any, client: httpx.AsyncClient) -> None:
        self.loop, self.url, self.ingest, self.app = loop, url, ingest, app
        self._client = client

    def at(self, now: datetime) -> None:
        self.app.state.clock = lambda: now

    def headers(self, body: bytes, *, secret: str = SECRET, sent: datetime = MONDAY) -> dict[str, str]:
        timestamp = str(int(sent.timestamp()))
        return {
            "x-zm-request-timestamp": timestamp,
            "x-zm-signature": sign(secret.encode(), timestamp.encode(), body).decode(),
            "content-type": "application/json",
        }

    async def send(self, body: bytes, headers: Any) -> httpx.Response:
        return await self._client.post("/v1/zoom/webhook", content=body, headers=headers)

    def post(
        self, body: bytes, *, secret: str = SECRET, sent: datetime = MONDAY, headers: Any = None
    ) -> httpx.Response:
        chosen = self.headers(body, secret=secret, sent=sent) if headers is None else headers
        return self.loop.run(self.send(body, chosen))

    def post_all(self, bodies: Sequence[bytes]) -> list[httpx.Response]:
        """Deliver at the same time."""

        async def deliver() -> list[httpx.Response]:
            return await asyncio.gather(*(self.send(body, self.headers(body)) for body in bodies))

        return self.loop.run(deliver())

    def query(self, statement: str) -> list[Any]:
        async def ask() -> list[Any]:
            connection = await asyncpg.connect(self.url.replace("+asyncpg", ""))
            try:
                return [tuple(row) for row in await connection.fetch(statement)]
            finally:
                await connection.close()

        return self.loop.run(ask())

    def bodies(self) -> list[bytes]:
        return [row[0] for row in self.query("SELECT body FROM zoom_inbox ORDER BY id")]


@contextmanager
def listening(
    loop: asyncio.Runner, url: str, data_dir: Path, ingest: Ingest | None = None, **settings: Any
) -> Iterator[Zoom]:
    """The application with its entry and ingest running; background loops do not run."""
    secrets = settings.pop("zoom_webhook_secrets", (SecretStr(SECRET), SecretStr(PREVIOUS)))
    app = create_app(Settings(data_dir=data_dir, zoom_webhook_secrets=secrets, **settings))
    engine = create_async_engine(url, poolclass=NullPool)
    app.state.sessions = make_sessions(engine, SURROUNDINGS)
    app.state.clock = lambda: MONDAY
    ingest = app.state.ingest = ingest or Ingest(url)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://apel.test")
    loop.run(ingest.start())
    try:
        yield Zoom(loop, url, ingest, app, client)
    finally:
        loop.run(client.aclose())
        loop.run(ingest.stop())
        loop.run(engine.dispose())


@pytest.fixture(scope="package")
def zoom_url(server_url: str, template: str) -> Iterator[str]:
    """One database for all tests that commit here; each begins by emptying it."""
    name = f"{template}_zoom"
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield database_url(server_url, name)
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


EMPTY = """
DO $$ BEGIN
  EXECUTE (SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version');
END $$
"""


@pytest.fixture
def zoom(loop: asyncio.Runner, zoom_url: str, tmp_path: Path) -> Iterator[Zoom]:
    with listening(loop, zoom_url, tmp_path) as running:
        running.query(EMPTY)
        yield running


Event = Callable[..., bytes]


def event(name: str = "meeting.started", *, uuid: str = "mtg/uuid+1==", number: str | int = "86084701483",
          participant: dict[str, Any] | None = None, **fields: Any) -> bytes:  # fmt: skip
    """The body of an event in Zoom's shape; `fields` go into `payload.object`."""
    meeting: dict[str, Any] = {"uuid": uuid, "id": number, "type": 2, "topic": "Apel – Senin", "host_id": "h"} | fields
    if participant is not None:
        meeting["participant"] = participant
    told = {"event": name, "payload": {"account_id": "AAAAAABBBB", "object": meeting}, "event_ts": stamp(MONDAY)}
    return json.dumps(told, ensure_ascii=False).encode()


def stamp(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def written(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
