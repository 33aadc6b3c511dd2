"""A service with two OPDs, a Monday that runs and one that is planned, and a way to undo whatever a request did."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, async_sessionmaker

from app.core.principal import Grant, Principal, Role
from app.core.settings import Settings
from tests.accounts.issuer import Issuer
from tests.client import Api, serve
from tests.conftest import SURROUNDINGS
from tests.decisions.ledgers import SOME_DAYS, keep_ledger
from tests.make import MONDAY, Make
from tests.monday import NUMBER, Story, claim
from tests.zoom.stand_in import StandIn, connect

RUNNING = MONDAY + timedelta(minutes=20)
OVER = MONDAY + timedelta(hours=3)
"""Window and deadline have passed, also for a meeting whose end was lost."""
UNTOUCHED = frozenset({"alembic_version", "audit_entry", "idempotency_key"})
"""Tables that tell nothing about what the service holds to be true."""


class World:
    """DISDIK has not reported yet, DINKES has; both rooms are connected, and somebody whom nobody knows.

    Budi's ledger of working days holds five without explanation.
    """

    def __init__(self, loop: asyncio.Runner, connection: AsyncConnection, api: Api, make: Make) -> None:
        self._loop, self._connection = loop, connection
        self.api, self.make = api, make
        for code, zoom_email in (("DISDIK", "disdik@mamuju.go.id"), ("DINKES", "dinkes@mamuju.go.id")):
            make.opd(code, zoom_email=zoom_email, contact="0812-3456")
        self.siti = make.asn("DISDIK", "Siti Aminah", nip="198501012010012001")
        self.budi = make.asn("DISDIK", "Budi Santoso", nip="198501012010011002")
        self.rahma = make.asn("DINKES", "Rahma Wati", nip="199002022015022003")
        self.gunawan = make.asn("DINKES", "Gunawan Saleh", nip="199003032015031004")
        make.head("DISDIK", self.siti)
        make.head("DINKES", self.gunawan)
        make.opd("SETDA")
        loop.run(keep_ledger(make.session, self.budi, SOME_DAYS))
        self.absence = make.absence(self.rahma, "CM", letter_no="ST-BERSALIN 1")
        self.proposed = make.absence(self.budi, "DL", state="proposed")
        self.apel = make.apel(zoom_meeting_ids=[NUMBER])
        self.planned = make.apel(MONDAY + timedelta(days=7))
        self.story = Story(api.at(RUNNING), self.apel)
        self.story.starts()
        for name in ("[DISDIK] Ruang Rapat", "[DINKES] Aula", "iPhone", "[DINKES] 2003 Rahma"):
            self.story.joins(name)
        self.story.reports("DINKES", claim(2, 1, CM=1), at=RUNNING)

    def as_(self, role: Role, opd_code: str | None = None, *, at: datetime = RUNNING) -> Api:
        return self.api.as_(role, opd_code).at(at)

    def himself(self, asn_id: UUID, *, at: datetime = RUNNING) -> Api:
        """A civil servant who reads the own record."""
        return self.api.by(Principal(uuid4(), "pegawai", (Grant(Role.ASN, None, frozenset()),), asn_id=asn_id)).at(at)

    @contextmanager
    def undone(self) -> Iterator[Callable[[], None]]:
        """What happens inside is taken back at the end, and whenever the given function is called."""
        savepoint = self._loop.run(_begin(self._connection))

        def undo() -> None:
            nonlocal savepoint
            self._loop.run(savepoint.rollback())
            savepoint = self._loop.run(_begin(self._connection))

        try:
            yield undo
        finally:
            self._loop.run(savepoint.rollback())

    def state(self) -> dict[str, str]:
        """Number and digest of the rows of every table that says something."""

        async def look() -> dict[str, str]:
            found = await self._connection.execute(text(await _looking(self._connection)))
            return {row.name: f"{row.rows} {row.digest}" for row in found}

        return self._loop.run(look())


async def _begin(connection: AsyncConnection) -> Any:
    return await connection.begin_nested()


async def _looking(connection: AsyncConnection) -> str:
    names = await connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"))
    one = "SELECT '{0}' AS name, count(*) AS rows, sum(hashtextextended({0}::text, 0)::numeric) AS digest FROM {0}"
    return " UNION ALL ".join(one.format(name) for name in names if name not in UNTOUCHED)


@contextmanager
def world(loop: asyncio.Runner, engine: AsyncEngine, data_dir: Path) -> Iterator[World]:
    """The world in one transaction that never commits."""
    connection = loop.run(_connect(engine))
    sessions = async_sessionmaker(
        connection,
        expire_on_commit=False,
        join_transaction_mode="create_savepoint",
        info={"surroundings": SURROUNDINGS},
    )
    building = sessions()
    try:
        outside: dict[str, Any] = {"zoom": connect(StandIn()), "oidc": Issuer().connect()}
        with serve(loop, sessions, Settings(data_dir=data_dir), RUNNING, **outside) as api:
            yield World(loop, connection, api, Make(building, loop.run))
    finally:
        loop.run(_end(building, connection))


async def _connect(engine: AsyncEngine) -> AsyncConnection:
    connection = await engine.connect()
    await connection.begin()
    return connection


async def _end(*opened: Any) -> None:
    for each in opened:
        await each.close()
