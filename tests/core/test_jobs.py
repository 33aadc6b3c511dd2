"""A job is one row, its turn one transaction: broken turns leave nothing, two processes never do the same piece."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import Clock
from app.core.db import OpenSession, make_engine, make_sessions
from app.core.jobs import MAX_BREAKS, Again, Done, GivenUp, Handler, Job, Turn, find_job, take_turn, want_job
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY

KIND = "count"


@pytest.fixture
def own_sessions(loop: asyncio.Runner, own_url: str) -> Iterator[OpenSession]:
    engine = make_engine(own_url)
    yield make_sessions(engine, SURROUNDINGS)
    loop.run(engine.dispose())


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now


async def want(sessions: OpenSession, key: str = "a", at: datetime = MONDAY, **options: Any) -> None:
    async with sessions.begin() as session:
        await want_job(session, KIND, key, at=at, **options)


async def find(sessions: OpenSession, key: str = "a") -> Job:
    async with sessions() as session:
        job = await find_job(session, KIND, key)
        assert job is not None
        return job


async def turn(sessions: OpenSession, clock: Clock, handler: Handler) -> bool:
    return await take_turn(sessions, clock, {KIND: handler})


async def count_to_three(session: AsyncSession, job: Job, at: datetime) -> Turn:
    number = job.payload.get("number", 0) + 1
    if number == 3:
        return Done({"done": 3, "total": 3})
    return Again(timedelta(seconds=10), {"number": number}, {"done": number, "total": 3})


def test_a_job_goes_on_turn_by_turn_when_each_is_due(loop: asyncio.Runner, own_sessions: OpenSession) -> None:
    async def play() -> list[tuple[bool, str, dict[str, Any]]]:
        clock, seen = Time(), []
        await want(own_sessions)
        for seconds in (0, 9, 1, 10, 10):
            clock.now += timedelta(seconds=seconds)
            taken = await turn(own_sessions, clock, count_to_three)
            job = await find(own_sessions)
            seen.append((taken, job.state, job.progress))
        return seen

    assert loop.run(play()) == [
        (True, "waiting", {"done": 1, "total": 3}),
        (False, "waiting", {"done": 1, "total": 3}),
        (True, "waiting", {"done": 2, "total": 3}),
        (True, "done", {"done": 3, "total": 3}),
        (False, "done", {"done": 3, "total": 3}),
    ]


def test_a_turn_that_breaks_leaves_nothing_and_is_tried_ever_later(
    loop: asyncio.Runner, own_sessions: OpenSession
) -> None:
    async def write_and_break(session: AsyncSession, job: Job, at: datetime) -> Turn:
        await want_job(session, "other", "never", at=at)
        raise ConnectionError("a text that may hold anything")

    async def play() -> None:
        clock = Time()
        await want(own_sessions)
        pauses = []
        for _ in range(3):
            assert await turn(own_sessions, clock, write_and_break)
            job = await find(own_sessions)
            pauses.append((job.due_at - clock.now).total_seconds())
            clock.now = job.due_at
        assert pauses == [5, 10, 20]
        assert (job.state, job.last_error) == ("waiting", "ConnectionError")
        async with own_sessions() as session:
            assert await find_job(session, "other", "never") is None
        assert await turn(own_sessions, clock, count_to_three)
        job = await find(own_sessions)
        assert (job.breaks, job.last_error) == (0, None)

    loop.run(play())


def test_a_job_that_always_breaks_waits_for_a_person_and_can_be_wanted_again(
    loop: asyncio.Runner, own_sessions: OpenSession
) -> None:
    async def always_break(session: AsyncSession, job: Job, at: datetime) -> Turn:
        await session.execute(text("SELECT 1 / 0"))
        return Done()

    async def play() -> None:
        clock = Time()
        await want(own_sessions)
        for _ in range(MAX_BREAKS):
            assert await turn(own_sessions, clock, always_break)
            clock.now += timedelta(hours=1)
        assert (await find(own_sessions)).state == "failed"
        assert not await turn(own_sessions, clock, always_break)
        await want(own_sessions, at=clock.now)
        assert (await find(own_sessions)).state == "waiting"
        assert await turn(own_sessions, clock, count_to_three)

    loop.run(play())


def test_a_job_that_cannot_be_helped_is_given_up_with_its_reason(
    loop: asyncio.Runner, own_sessions: OpenSession
) -> None:
    async def give_up(session: AsyncSession, job: Job, at: datetime) -> Turn:
        return GivenUp("no-such-meeting")

    async def play() -> Job:
        await want(own_sessions)
        await turn(own_sessions, Time(), give_up)
        return await find(own_sessions)

    job = loop.run(play())
    assert (job.state, job.last_error) == ("failed", "no-such-meeting")


def test_two_processes_never_take_the_same_turn_and_wanting_meanwhile_waits_for_nobody(
    loop: asyncio.Runner, own_sessions: OpenSession
) -> None:
    running, go_on, turns = asyncio.Event(), asyncio.Event(), []

    async def slowly(session: AsyncSession, job: Job, at: datetime) -> Turn:
        turns.append(job.key)
        running.set()
        await go_on.wait()
        return Done()

    async def play() -> None:
        await want(own_sessions)
        first = asyncio.create_task(turn(own_sessions, Time(), slowly))
        await running.wait()
        assert not await turn(own_sessions, Time(), slowly)
        await asyncio.wait_for(want(own_sessions), 2)
        go_on.set()
        assert await first
        assert turns == ["a"]
        assert (await find(own_sessions)).state == "done"

    loop.run(play())


def test_wanting_a_waiting_job_brings_it_forward_and_never_puts_it_off(
    loop: asyncio.Runner, own_sessions: OpenSession
) -> None:
    async def play() -> list[datetime]:
        seen = []
        for minutes in (10, 30, 5):
            await want(own_sessions, due_at=MONDAY + timedelta(minutes=minutes))
            seen.append((await find(own_sessions)).due_at)
        return seen

    assert loop.run(play()) == [MONDAY + timedelta(minutes=minutes) for minutes in (10, 10, 5)]
