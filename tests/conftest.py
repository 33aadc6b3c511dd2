"""A real PostgreSQL for every test: one template per session, an outer transaction or a clone per test."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import hypothesis
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app import schema
from app.core.clock import civil_date
from app.core.db import OpenSession, Surroundings
from app.core.settings import Settings
from tests.client import Api, serve
from tests.make import MONDAY, ZONE, Make

Result = TypeVar("Result")

# Machines differ by more than any deadline, and a suite that finds something must find it again.
hypothesis.settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis.settings.load_profile("suite")
SURROUNDINGS = Surroundings(zone=ZONE, audit_key=b"a key that only the tests know")


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The PostgreSQL given by the environment, else the embedded one in a temporary directory."""
    given = os.environ.get("APEL_TEST_DATABASE_URL")
    if given:
        yield given
        return
    from app.core.embedded import start_embedded

    # Pytest's own directories are closed to the user that runs the server for root; its data would outlive the tests.
    with TemporaryDirectory(prefix="apel-pg-") as directory:
        Path(directory).chmod(0o711)
        embedded = start_embedded(Path(directory))
        try:
            yield embedded.url
        finally:
            embedded.close()


def database_url(server_url: str, name: str) -> str:
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def administer(server_url: str, statement: str) -> None:
    async def run() -> None:
        url = server_url.replace("postgresql+asyncpg", "postgresql")
        connection = await asyncpg.connect(make_url(url).set(database="postgres").render_as_string(hide_password=False))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    in_own_thread(run())


def in_own_thread(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """While a browser is open its event loop runs in this thread, and admits no other."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """The name of a freshly migrated database that others are cloned from."""
    name = f"apel_test_{uuid4().hex[:12]}"
    administer(server_url, f"CREATE DATABASE {name}")
    asyncio.run(schema.migrate(database_url(server_url, name)))
    yield name
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def shared_url(server_url: str, template: str) -> Iterator[str]:
    """A database for tests inside an outer transaction; the template itself must stay without connections."""
    name = f"{template}_shared"
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield database_url(server_url, name)
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def own_url(server_url: str, template: str) -> Iterator[str]:
    """A database of this test's own: for commits, several connections, several workers."""
    name = f"apel_own_{uuid4().hex[:12]}"
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield database_url(server_url, name)
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def run(loop: asyncio.Runner) -> Callable[[Coroutine[Any, Any, Result]], Result]:
    """Run a coroutine on the test session's event loop."""
    return loop.run


@pytest.fixture(scope="session")
def engine(loop: asyncio.Runner, shared_url: str) -> Iterator[AsyncEngine]:
    made = create_async_engine(shared_url, poolclass=NullPool)
    yield made
    loop.run(made.dispose())


@asynccontextmanager
async def rolled_back(engine: AsyncEngine) -> AsyncIterator[OpenSession]:
    """Sessions whose commits are savepoints of one transaction that never commits."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        yield async_sessionmaker(
            connection,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
            info={"surroundings": SURROUNDINGS},
        )
        await outer.rollback()


@pytest.fixture
def sessions(loop: asyncio.Runner, engine: AsyncEngine) -> Iterator[OpenSession]:
    context = rolled_back(engine)
    yield loop.run(context.__aenter__())
    loop.run(context.__aexit__(None, None, None))


@pytest.fixture
def session(loop: asyncio.Runner, sessions: OpenSession) -> Iterator[AsyncSession]:
    """A session for building and looking; flush or commit before calling the API."""
    opened = sessions()
    yield opened
    loop.run(opened.close())


@pytest.fixture
def make(run: Callable[[Coroutine[Any, Any, Any]], Any], session: AsyncSession) -> Make:
    """Builders that insert what a test needs."""
    return Make(session, run)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def api(loop: asyncio.Runner, sessions: OpenSession, settings: Settings) -> Iterator[Api]:
    """The whole application over HTTP, without a socket; `api.now` is the clock."""
    context = serve(loop, sessions, settings, MONDAY)
    yield context.__enter__()
    context.__exit__(None, None, None)


assert civil_date(MONDAY, ZONE).isoweekday() == 1
