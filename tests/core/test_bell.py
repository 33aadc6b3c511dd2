"""A commit that says news rings in every process, and nothing else does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core.bell import Bell, ring
from app.core.db import OpenSession, make_engine, make_sessions
from app.core.stale import mark_days_stale
from tests.conftest import SURROUNDINGS
from tests.system.listening import until


@dataclass
class Process:
    """One process's sessions and bell, and how often it heard something."""

    sessions: OpenSession
    bell: Bell
    heard: list[int]


@asynccontextmanager
async def processes(url: str, number: int) -> AsyncIterator[list[Process]]:
    engines: list[AsyncEngine] = []
    made: list[Process] = []
    for _ in range(number):
        engines.append(make_engine(url, pool_size=2))
        bell, heard = Bell(url), list[int]()
        bell.listen(partial(heard.append, 1))
        bell.start()
        made.append(Process(make_sessions(engines[-1], SURROUNDINGS, **bell.for_sessions), bell, heard))
    try:
        await until(lambda: all(process.heard for process in made))
        for process in made:
            process.heard.clear()
        yield made
    finally:
        for process, engine in zip(made, engines, strict=True):
            await process.bell.stop()
            await engine.dispose()


async def tell(process: Process) -> None:
    async with process.sessions.begin() as session:
        await mark_days_stale(session, None, None)


def test_what_one_process_commits_every_process_hears(own_url: str) -> None:
    async def play() -> None:
        async with processes(own_url, 3) as [writer, *others]:
            await tell(writer)
            assert writer.heard
            await until(lambda: all(other.heard for other in others), 3)

    asyncio.run(play())


def test_a_hundred_commits_are_a_few_notifications(own_url: str) -> None:
    async def play() -> int:
        async with processes(own_url, 2) as [writer, other]:
            for _ in range(100):
                writer.bell.strike()
                await asyncio.sleep(0.001)
            await until(lambda: other.heard, 3)
            await asyncio.sleep(0.3)
            return len(other.heard)

    assert 1 <= asyncio.run(play()) <= 20


@pytest.mark.parametrize("news", [True, False], ids=["rolled back", "no news"])
def test_what_is_not_committed_or_no_news_is_heard_by_nobody(own_url: str, news: bool) -> None:
    async def play() -> list[int]:
        async with processes(own_url, 2) as [writer, other]:
            async with writer.sessions() as session:
                await session.execute(text("SELECT 1"))
                if news:
                    ring(session)
                    await session.rollback()
                await session.commit()
            await asyncio.sleep(0.3)
            return writer.heard + other.heard

    assert asyncio.run(play()) == []


def test_the_end_of_a_savepoint_is_no_news_yet(own_url: str) -> None:
    async def play() -> None:
        async with processes(own_url, 1) as [writer], writer.sessions() as session:
            async with session.begin_nested():
                await mark_days_stale(session, None, None)
            assert not writer.heard
            await session.commit()
            assert writer.heard

    asyncio.run(play())


def test_a_bell_whose_connection_was_cut_hears_again(own_url: str) -> None:
    async def cut() -> None:
        connection: Any = await asyncpg.connect(own_url.replace("+asyncpg", ""))
        kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'apel bell'"
        await connection.execute(f"{kill} AND datname = current_database()")
        await connection.close()

    async def play() -> None:
        async with processes(own_url, 2) as [writer, other]:
            await cut()
            await until(lambda: writer.heard and other.heard, 5)  # whoever was deaf looks at once
            await asyncio.sleep(0.3)
            other.heard.clear()
            await tell(writer)
            await until(lambda: other.heard, 5)

    asyncio.run(play())
