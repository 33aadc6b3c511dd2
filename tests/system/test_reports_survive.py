"""A report that was answered is kept whole, whatever happens to the process."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.accounts.rules import NewAccount
from app.accounts.service import create_account
from app.core.principal import Role
from tests.accounts.conftest import PASSWORD, grant
from tests.conftest import SURROUNDINGS
from tests.make import Make
from tests.monday import claim, naming
from tests.system.test_ingest import served

pytestmark = [pytest.mark.system, pytest.mark.alone]
Run = Callable[[Coroutine[Any, Any, Any]], Any]
OPDS, PEOPLE = 40, 3
SENDERS = 12


class Place:
    """Forty OPDs of three people, and an apel that began ten minutes ago."""

    def __init__(self, make: Make) -> None:
        now = datetime.now(UTC)
        self.bodies: dict[str, dict[str, Any]] = {}
        for number in range(OPDS):
            code = f"OPD{number}"
            make.opd(code)
            people = [make.asn(code, f"Pegawai {index}") for index in range(PEOPLE)]
            body = naming(claim(PEOPLE, 1, DL=1, unexplained=1), (people[0], "DL", None), (people[1], "TK", None))
            self.bodies[code] = body | {"channel": "phone", "caller": "Sekretaris"}
        self.apel_id = make.apel(now - timedelta(minutes=10)).id

    def path(self, code: str) -> str:
        return f"/v1/apel/{self.apel_id}/reports/{code}"


async def create_operator(session: AsyncSession) -> None:
    new = NewAccount("kominfo", (grant(Role.KOMINFO),), password=PASSWORD)
    await create_account(session, new, at=datetime.now(UTC) - timedelta(minutes=1))
    await session.commit()


async def report_until_gone(address: str, place: Place, after: int, kill: Callable[[], None]) -> dict[str, int]:
    """Reports from twelve senders, the process killed after so many answers; code and version → status."""
    answers: dict[str, int] = {}

    async def send(client: httpx.AsyncClient, codes: list[str]) -> None:
        for version in range(1, 50):
            for code in codes:
                body = place.bodies[code] | {"note": f"versi {version}"}
                headers = {"if-match": f'"{version - 1}"'} if version > 1 else {}
                if version > 1:
                    body |= {"reason": "uji"}
                try:
                    answer = await client.put(place.path(code), json=body, headers=headers)
                except httpx.TransportError:
                    return
                answers[f"{code} {version}"] = answer.status_code
                if len(answers) == after:
                    kill()

    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        form = {"grant_type": "password", "username": "kominfo", "password": PASSWORD}
        token = (await client.post("/v1/auth/token", data=form)).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        codes = sorted(place.bodies)
        await asyncio.gather(*(send(client, codes[number::SENDERS]) for number in range(SENDERS)))
    return answers


async def kept(url: str) -> tuple[dict[str, int], set[str]]:
    """Version → how many people it names; and the OPDs that wait to be concluded."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        versions = await connection.fetch(
            "SELECT opd_code, version, count(asn_id) AS named FROM report_version"
            " LEFT JOIN report_entry ON version_id = report_version.id GROUP BY 1, 2"
        )
        waiting = await connection.fetch("SELECT DISTINCT coalesce(opd_code, '*') AS code FROM stale")
    finally:
        await connection.close()
    return {f"{row['opd_code']} {row['version']}": row["named"] for row in versions}, {row["code"] for row in waiting}


@pytest.mark.parametrize("after", [25, 90])
def test_every_answered_report_is_kept_whole_when_the_process_is_killed(
    own_url: str, tmp_path: Path, run: Run, after: int
) -> None:
    engine = create_async_engine(own_url)
    session = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})()
    place = Place(Make(session, run))
    run(create_operator(session))
    run(session.close())
    run(engine.dispose())
    with served(own_url, tmp_path) as server:
        address = server.address.removesuffix("/v1/zoom/webhook")
        answers = run(report_until_gone(address, place, after, lambda: server.process.send_signal(signal.SIGKILL)))
        server.process.wait(timeout=20)
    assert len(answers) >= after
    assert set(answers.values()) <= {200, 201}
    versions, _ = run(kept(own_url))
    assert answers.keys() <= versions.keys()
    assert Counter(versions.values()) == {2: len(versions)}
    with served(own_url, tmp_path) as server:
        address = server.address.removesuffix("/v1/zoom/webhook")
        deadline = time.monotonic() + 30
        while run(kept(own_url))[1] and time.monotonic() < deadline:
            time.sleep(0.1)
        board = run(board_of(address, place))
    reported = {version.split()[0] for version in versions}
    assert {row["opd_code"] for row in board["opd"] if row["report"]["state"] == "submitted"} == reported
    latest = Counter(version.split()[0] for version in versions)
    assert {row["opd_code"]: row["report"]["version"] for row in board["opd"] if row["report"]["version"]} == latest


async def board_of(address: str, place: Place) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        form = {"grant_type": "password", "username": "kominfo", "password": PASSWORD}
        token = (await client.post("/v1/auth/token", data=form)).json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        board: dict[str, Any] = (await client.get(f"/v1/apel/{place.apel_id}/board", headers=headers)).json()
        return board
