"""The board's stream on real servers: a frame after a report, whatever the worker, and nothing held up by anybody."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.accounts.rules import NewAccount
from app.accounts.service import create_account
from app.core.principal import Role
from tests.accounts.conftest import PASSWORD, grant
from tests.conftest import SURROUNDINGS, administer, database_url
from tests.make import Make
from tests.monday import claim
from tests.system.listening import Listener, until
from tests.system.test_serving import Service, free_port

pytestmark = [pytest.mark.system, pytest.mark.alone]
Run = Callable[[Coroutine[Any, Any, Any]], Any]
OPDS = 12
FRAME_SECONDS = 20.0
"""On a machine that does much else; a frame comes within one on a machine that does not."""


@dataclass
class Hall:
    """A server of two workers on an apel that has begun, and the operator's sign-in."""

    service: Service
    apel_id: str
    token: str
    version: int = 0

    @property
    def path(self) -> str:
        return f"/v1/apel/{self.apel_id}/board"

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[httpx.AsyncClient]:
        address = f"http://127.0.0.1:{self.service.port}"
        async with httpx.AsyncClient(base_url=address, timeout=30, headers=self.bearer) as client:
            yield client

    async def report(self, client: httpx.AsyncClient, code: str = "OPD0") -> None:
        """A report of two people that says something new each time."""
        self.version += 1
        body = claim(2, 1, DL=1) | {"channel": "phone", "caller": "Sekretaris", "note": f"catatan {self.version}"}
        path = f"/v1/apel/{self.apel_id}/reports/{code}"
        known = (await client.get(path)).headers.get("etag")
        headers = {"if-match": known} if known else {}
        body |= {"reason": "ralat"} if known else {}
        answer = await client.put(path, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text

    @asynccontextmanager
    async def listeners(self, number: int, path: str | None = None, **headers: str) -> AsyncIterator[list[Listener]]:
        sent = self.bearer | headers
        opened = [await Listener(self.service.port, path or f"{self.path}/stream", sent).open() for _ in range(number)]
        try:
            yield opened
        finally:
            for listener in opened:
                await listener.close()

    async def open_streams(self, scrapes: int = 8) -> int:
        """The most that any of some answers tells: each of the workers tells its own."""
        told = []
        for _ in range(scrapes):
            async with self.calling() as client:
                text = (await client.get("/metrics")).text
            told.append(next(float(line.split()[1]) for line in text.splitlines() if line.startswith("apel_board_str")))
        return int(max(told))


async def create_operator(session: AsyncSession) -> None:
    new = NewAccount("kominfo", (grant(Role.KOMINFO),), password=PASSWORD)
    await create_account(session, new, at=datetime.now(UTC) - timedelta(minutes=1))
    await session.commit()


@pytest.fixture(scope="module")
def hall(
    server_url: str, template: str, loop: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hall]:
    name = f"apel_hall_{uuid4().hex[:12]}"
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    url, place = database_url(server_url, name), tmp_path_factory.mktemp("hall")
    service = Service(
        free_port(), ("--workers", "2"), {"APEL_DATABASE_URL": url, "APEL_DATA_DIR": place}, place / "log"
    )
    try:
        apel_id = _furnish(url, loop.run)
        service.wait_until_ready()
        form = {"grant_type": "password", "username": "kominfo", "password": PASSWORD}
        signed_in = httpx.post(f"http://127.0.0.1:{service.port}/v1/auth/token", data=form, timeout=30)
        yield Hall(service, apel_id, signed_in.json()["access_token"])
    finally:
        service.kill_all()
        administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def _furnish(url: str, run: Run) -> str:
    engine = create_async_engine(url)
    session = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})()
    make = Make(session, run)
    for number in range(OPDS):
        make.opd(f"OPD{number}")
        for person in range(2):
            make.asn(f"OPD{number}", f"Pegawai {person}")
    apel_id = str(make.apel(datetime.now(UTC) - timedelta(minutes=10)).id)
    run(create_operator(session))
    run(session.close())
    run(engine.dispose())
    return apel_id


def reported(listener: Listener, code: str) -> bool:
    frames = listener.events("board")
    rows = {row["opd_code"]: row["report"]["state"] for row in frames[-1].data["opd"]} if frames else {}
    return rows.get(code) == "submitted"


def test_a_report_reaches_the_viewers_of_every_worker_as_the_board_that_is_read(hall: Hall, run: Run) -> None:
    async def play() -> None:
        current = "/v1/board/stream"
        async with hall.calling() as client, hall.listeners(8) as some, hall.listeners(4, current) as others:
            everybody = some + others
            await until(lambda: all(listener.events("board") for listener in everybody))
            await hall.report(client)
            await until(lambda: all(reported(listener, "OPD0") for listener in everybody), FRAME_SECONDS)
            await asyncio.sleep(1)  # for a frame that would follow
            frames = [listener.events("board")[-1] for listener in everybody]
            assert len({frame.id for frame in frames}) == 1
            assert frames[0].data == (await client.get(hall.path)).json()

    run(play())


def test_whoever_comes_back_with_the_frame_misses_nothing_and_gets_nothing_twice(hall: Hall, run: Run) -> None:
    async def play() -> None:
        async with hall.calling() as client:
            async with hall.listeners(1) as [first]:
                await until(lambda: first.events("board"))
                seen = first.events("board")[-1].id
            async with hall.listeners(2, **{"last-event-id": seen}) as back:
                await until(lambda: all(listener.events("clock") for listener in back))
                await asyncio.sleep(0.7)
                assert [listener.events("board") for listener in back] == [[], []]
            await hall.report(client)
            async with hall.listeners(2, **{"last-event-id": seen}) as late:
                await until(lambda: all(listener.events("board") for listener in late), FRAME_SECONDS)

    run(play())


def test_a_burst_is_two_frames_a_second_and_the_clock_goes_on(hall: Hall, run: Run) -> None:
    async def play() -> None:
        async with hall.calling() as client, hall.listeners(2) as listeners:
            await until(lambda: all(listener.events("board") for listener in listeners))
            began = time.monotonic()
            for number in cycle(range(OPDS)):
                await hall.report(client, f"OPD{number}")
                if time.monotonic() - began > 5:
                    break
            latest = (await client.get(hall.path)).json()["revision"]
            for listener in listeners:
                await until(lambda seen=listener: seen.events("board")[-1].data["revision"] >= latest, FRAME_SECONDS)
                times = [frame.at for frame in listener.events("board")[1:]]
                # Turns begin half a second apart; how long each takes, and its way here, differ.
                assert 2 <= len(times) <= 2 * (times[-1] - times[0]) + 4
            await until(lambda: all(len(listener.events("clock")) >= 2 for listener in listeners))

    run(play())


def test_a_reader_that_stands_still_holds_up_nobody(hall: Hall, run: Run) -> None:
    async def play() -> None:
        with socket.socket() as still:
            still.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            still.connect(("127.0.0.1", hall.service.port))
            lines = [f"GET {hall.path}/stream HTTP/1.1", "host: apel", f"authorization: Bearer {hall.token}"]
            still.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
            async with hall.calling() as client, hall.listeners(4) as listeners:
                for _ in range(3):
                    before = [len(listener.events("board")) for listener in listeners]
                    await hall.report(client)
                    await until(
                        lambda had=before: all(
                            len(listener.events("board")) > number
                            for listener, number in zip(listeners, had, strict=True)
                        ),
                        FRAME_SECONDS,
                    )

    run(play())


def test_a_ticket_opens_one_stream_on_whichever_worker_and_no_second(hall: Hall, run: Run) -> None:
    async def play() -> None:
        async with hall.calling() as client:
            ticket = (await client.post("/v1/board/tickets")).json()["ticket"]
        path = f"{hall.path}/stream?ticket={ticket}"
        opened = await asyncio.gather(*(Listener(hall.service.port, path, {}).open() for _ in range(6)))
        assert sorted(listener.status for listener in opened) == [200, 401, 401, 401, 401, 401]
        for listener in opened:
            await listener.close()

    run(play())


def test_streams_that_ended_leave_no_place_taken(hall: Hall, run: Run) -> None:
    async def play() -> None:
        async with hall.listeners(60) as listeners:
            await until(lambda: all(listener.events("board") for listener in listeners))
            assert await hall.open_streams() >= 30
        ends = time.monotonic() + 10
        while await hall.open_streams() and time.monotonic() < ends:
            await asyncio.sleep(0.2)
        assert await hall.open_streams() == 0

    run(play())


def test_told_to_stop_it_sends_fifty_viewers_away_and_ends(hall: Hall, run: Run) -> None:
    """The last of this file: afterwards the hall is empty."""

    async def play() -> float:
        async with hall.listeners(50) as listeners:
            await until(lambda: all(listener.events("board") for listener in listeners))
            took = await asyncio.to_thread(hall.service.stop)
            await until(lambda: all(listener.ended for listener in listeners))
            assert [listener.heard[-1].data for listener in listeners] == [{"reason": "restart"}] * 50
        return took

    assert run(play()) < 10
