"""News of apels: whoever commits some rings, and loops in every process hear of it at once instead of looking.

A bell is a kindness, never a promise: every loop that listens also looks by itself, so that a bell that is lost
costs a second and nothing else. Writers never notify: a `NOTIFY` inside their transactions would make every commit
wait for the one before. One task per process does, once for all that was rung within a moment.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg
import structlog
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.core.db import direct_options

CHANNEL = "apel_news"
PAUSE = 0.05
"""Seconds within which everything rung is one notification: nobody on a wall sees the difference."""
ALIVE = 15.0
"""Seconds after which a silent connection is asked whether it is still there."""
MAX_PAUSE = 5.0
"""Seconds between tries while the database is away."""
CONNECT, COMMAND = 2.0, 5.0
_RUNG, _BELL = "rung", "bell"
_log = structlog.get_logger("apel.bell")


def ring(session: AsyncSession) -> None:
    """Something of an apel is new; listeners hear of it when this transaction has committed."""
    session.info[_RUNG] = True


@event.listens_for(Session, "after_commit")
def _tell(session: Session) -> None:
    # The end of a savepoint commits nothing yet.
    if session.in_nested_transaction() or not session.info.pop(_RUNG, False):
        return
    bell = session.info.get(_BELL)
    if bell is not None:
        bell.strike()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_RUNG, None)


class Bell:
    """One process's end of the line: one connection that listens and notifies, opened anew whenever it breaks."""

    def __init__(self, url: str) -> None:
        self._options = direct_options(url, name="apel bell", connect=CONNECT, command=COMMAND)
        self._listeners: list[Callable[[], None]] = []
        self._struck = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def for_sessions(self) -> dict[str, object]:
        """What a session must carry so that its commits ring this bell."""
        return {_BELL: self}

    def listen(self, hear: Callable[[], None]) -> None:
        """Have this called, on the event loop, whenever there may be news here or in another process."""
        self._listeners.append(hear)

    def strike(self) -> None:
        """Tell this process at once, and all others within a moment."""
        self._hear()
        self._struck.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep(), name="bell")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _hear(self) -> None:
        for hear in self._listeners:
            hear()

    async def _keep(self) -> None:
        failed = 0
        while True:
            try:
                async with self._connected() as connection:
                    if failed:
                        _log.info("bell hears again")
                    failed = 0
                    self._hear()  # whatever was rung while nobody listened
                    await self._announce(connection)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                failed += 1
                if failed == 1:
                    _log.warning("bell is deaf", error=type(error).__name__)
            await asyncio.sleep(min(0.1 * 2**failed, MAX_PAUSE))

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[asyncpg.Connection]:
        connection = await asyncpg.connect(**self._options)
        try:
            own = connection.get_server_pid()

            def heard(_: object, pid: int, *__: object) -> None:
                if pid != own:
                    self._hear()

            await connection.add_listener(CHANNEL, heard)
            connection.add_termination_listener(lambda _: self._struck.set())
            yield connection
        finally:
            # At once: a polite goodbye would wait for a database that may be frozen.
            connection.terminate()

    async def _announce(self, connection: asyncpg.Connection) -> None:
        """Returns never: raises when the connection is gone."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(ALIVE):
                    await self._struck.wait()
            statement = f"NOTIFY {CHANNEL}" if self._struck.is_set() else "SELECT 1"
            self._struck.clear()
            await connection.execute(statement)
            await asyncio.sleep(PAUSE)
