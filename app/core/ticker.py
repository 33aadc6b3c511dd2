"""Work that nobody waits for: loops that look every so often, or when woken, whether something is due.

Which process does it is decided in the database (advisory locks, `SKIP LOCKED`), so any number of them may look.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import OpenSession, act_as
from app.core.measures import LOOP_FAILURES
from app.core.stacks import readable_stack

_log = structlog.get_logger("apel.ticker")
Thing = TypeVar("Thing")
MAX_PAUSE = 30.0
"""Seconds between tries while a loop keeps failing: a database that is down is not asked a thousand times."""


@dataclass(frozen=True)
class Loop:
    """`work` returns True when there is more to do at once."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[bool]]
    pace: float = 0.0
    """The least seconds from the beginning of a turn to the next, however often it is woken."""


class Ticker:
    """Runs loops until stopped; one failing turn is logged, counted and tried again, never fatal."""

    def __init__(self, loops: list[Loop]) -> None:
        self._loops = loops
        self._tasks: list[asyncio.Task[None]] = []
        self._woken = {loop.name: asyncio.Event() for loop in loops}
        self.failures: dict[str, str] = {}
        """Last error of each loop that is failing now."""

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(loop), name=f"loop {loop.name}") for loop in self._loops]

    def wake(self, name: str) -> None:
        """Have this loop look as soon as it has rested, instead of when its time has come."""
        self._woken[name].set()

    async def stop(self) -> None:
        """Cancel and wait: a turn that is cut off leaves its transaction rolled back."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _run(self, loop: Loop) -> None:
        failed = 0
        while True:
            self._woken[loop.name].clear()
            began = asyncio.get_running_loop().time()
            try:
                more = await loop.work()
                failed = 0
                self.failures.pop(loop.name, None)
                await asyncio.sleep(0)
                if not more:
                    await self._rest(loop, asyncio.get_running_loop().time() - began)
            except Exception as error:  # whatever it is, the next turn must come
                failed += 1
                LOOP_FAILURES.labels(loop.name).inc()
                self.failures[loop.name] = type(error).__name__
                stack = {"stack": readable_stack(error)} if failed == 1 else {}
                _log.warning("loop failed", loop=loop.name, failed=failed, error=type(error).__name__, **stack)
                await asyncio.sleep(min(loop.seconds * 2**failed, MAX_PAUSE))

    async def _rest(self, loop: Loop, worked: float) -> None:
        """Until its time has come or it is woken, but for as long as it worked: a flood must not take the process."""
        rest = min(max(worked, loop.pace - worked), loop.seconds)
        await asyncio.sleep(rest)
        with suppress(TimeoutError):
            async with asyncio.timeout(loop.seconds - rest):
                await self._woken[loop.name].wait()


async def each_apart(
    open_session: OpenSession, things: Iterable[Thing], work: Callable[[AsyncSession, Thing], Awaitable[object]]
) -> None:
    """Work on things, each in a transaction of its own; one that fails stops no other, and is raised at the end."""
    failed: Exception | None = None
    for thing in things:
        try:
            async with open_session.begin() as session:
                await act_as(session)
                await work(session, thing)
        except Exception as error:  # whatever it is, the others must have their turn
            failed = failed or error
    if failed is not None:
        raise failed
