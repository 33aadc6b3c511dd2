"""Durable ingest by group commit: whatever came in during one commit is written by the next, in one statement.

A delivery is acknowledged after the commit that holds it. Every wait ends well within the 3 s that Zoom waits.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg
import structlog

from app.core.db import APP_ROLE, direct_options
from app.core.ids import new_id
from app.core.principal import SYSTEM
from app.zoom.errors import EventNotStored

CONNECT, COMMAND, LOCK = 1.0, 1.5, 0.5
"""Seconds until a connection, a statement, a lock is given up; one answer is due after 2."""
CAPACITY = 2048
"""Deliveries that may wait for a commit: several times what a regency's people can send within one deadline."""
BATCH = 512
DRAIN = 5.0
"""Seconds that stopping waits for the last commit."""

_BEGIN = f"""
BEGIN; SELECT set_config('role', '{APP_ROLE}', true), set_config('apel.principal', '{SYSTEM.id}', true),
              set_config('apel.reach', '*', true)
"""
_KEEP = """
INSERT INTO zoom_inbox (id, body_sha256, body, source, sent_at, received_at)
SELECT id, body_sha256, body, 'webhook', sent_at, received_at
  FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::timestamptz[], $5::timestamptz[])
    AS came(id, body_sha256, body, sent_at, received_at)
ON CONFLICT (body_sha256) DO NOTHING
"""
_SET_ASIDE = """
INSERT INTO zoom_quarantine (body_sha256, body, sent_at, received_at, skew_seconds)
SELECT body_sha256, body, sent_at, received_at, round(extract(epoch FROM received_at - sent_at))
  FROM unnest($1::bytea[], $2::bytea[], $3::timestamptz[], $4::timestamptz[])
    AS came(body_sha256, body, sent_at, received_at)
ON CONFLICT (body_sha256) DO NOTHING
"""
_log = structlog.get_logger("apel.zoom")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A correctly signed request."""

    body_sha256: bytes
    body: bytes
    sent_at: datetime
    received_at: datetime
    stale: bool = False
    """Too old or from the future: set aside, not kept as an event."""


@dataclass(slots=True)
class _Waiting:
    delivery: Delivery
    stored: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def resolve(self, error: Exception | None = None) -> None:
        if self.stored.done():
            return
        if error is None:
            self.stored.set_result(None)
        else:
            self.stored.set_exception(error)


class Ingest:
    """A bounded queue and the one task that empties it, on a connection of its own that nobody else can exhaust."""

    def __init__(self, url: str, *, capacity: int = CAPACITY, on_stored: Callable[[], None] | None = None) -> None:
        self._options = direct_options(
            url,
            name="apel ingest",
            connect=CONNECT,
            command=COMMAND,
            lock_timeout=f"{int(LOCK * 1000)}ms",
            idle_in_transaction_session_timeout="10s",
        )
        self._capacity = capacity
        self._on_stored = on_stored
        self._queue: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._connection: asyncpg.Connection | None = None
        self._writer: asyncio.Task[None] | None = None
        self._open = False

    async def start(self) -> None:
        """Begin to take deliveries; the database need not be there yet."""
        self._open = True
        self._writer = asyncio.create_task(self._write(), name="zoom ingest")

    async def stop(self) -> None:
        """Take nothing more, write what was taken, close."""
        self._open = False
        self._wake.set()
        if self._writer is not None:
            await asyncio.wait([self._writer], timeout=DRAIN)
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        for waiting in self._queue:
            waiting.resolve(EventNotStored())
        self._queue.clear()
        self._disconnect()

    async def store(self, delivery: Delivery) -> None:
        """Return once the delivery is durably stored, now or before; raises EventNotStored."""
        if not self._open or len(self._queue) >= self._capacity:
            raise EventNotStored
        waiting = _Waiting(delivery)
        self._queue.append(waiting)
        self._wake.set()
        await waiting.stored

    async def _write(self) -> None:
        while self._open or self._queue:
            if not self._queue:
                self._wake.clear()
                await self._wake.wait()
            batch, self._queue = self._queue[:BATCH], self._queue[BATCH:]
            if batch:
                await self._store(batch)

    async def _store(self, batch: Sequence[_Waiting]) -> None:
        """Write a batch; when the database is away or slow, all who wait are told so."""
        try:
            async with asyncio.timeout(COMMAND + CONNECT):
                await self._store_or_split(batch)
        except Exception as error:  # whatever it is, those who wait must hear of it and the next batch must be tried
            _log.warning("events not stored", events=len(batch), error=type(error).__name__)
            self._disconnect()
        finally:
            for waiting in batch:
                waiting.resolve(EventNotStored())
        if self._on_stored is not None:
            self._on_stored()

    async def _store_or_split(self, batch: Sequence[_Waiting]) -> None:
        """One bad row must not fail its neighbours: a batch that the data spoils is halved until it stands alone."""
        connection = await self._connect()
        try:
            await _insert(connection, [waiting.delivery for waiting in batch])
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            await connection.execute("ROLLBACK")
            if len(batch) == 1:
                _log.error("event refused by the database", error=type(error).__name__)
                batch[0].resolve(EventNotStored())
                return
            await self._store_or_split(batch[: len(batch) // 2])
            await self._store_or_split(batch[len(batch) // 2 :])
            return
        for waiting in batch:
            waiting.resolve()

    async def _connect(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(**self._options)
        return self._connection

    def _disconnect(self) -> None:
        """At once: a polite goodbye would wait for a database that may be frozen."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


async def _insert(connection: asyncpg.Connection, deliveries: Sequence[Delivery]) -> None:
    # Sorted, so that two processes with the same events never wait for each other in a circle.
    ordered = sorted(deliveries, key=lambda delivery: delivery.body_sha256)
    kept = [(d.body_sha256, d.body, d.sent_at, d.received_at) for d in ordered if not d.stale]
    aside = [(d.body_sha256, d.body, d.sent_at, d.received_at) for d in ordered if d.stale]
    await connection.execute(_BEGIN)
    if kept:
        await connection.execute(_KEEP, [new_id() for _ in kept], *_columns(kept))
    if aside:
        await connection.execute(_SET_ASIDE, *_columns(aside))
    await connection.execute("COMMIT")


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
