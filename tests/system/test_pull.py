"""The report is pulled by a real process from a Zoom on a local port: killed half-way, and as a command."""

import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import uvicorn
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app import cli
from app.apel.models import Apel
from tests.conftest import SURROUNDINGS
from tests.make import Make
from tests.monday import NUMBER
from tests.system.test_ingest import served
from tests.zoom.past import UUID, PastZoom, Run, stay

pytestmark = [pytest.mark.system, pytest.mark.alone]
Do = Callable[[Coroutine[Any, Any, Any]], Any]
ROWS = 950


@dataclass
class WatchedZoom(PastZoom):
    """Does something before it answers for a page of the report."""

    before: dict[str, Callable[[], None]] = field(default_factory=dict)

    def _report(self, uuid: str, token: str) -> Any:
        self.before.pop(token, lambda: None)()
        return super()._report(uuid, token)


@pytest.fixture
def zoom(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own_url: str) -> Iterator[WatchedZoom]:
    """Zoom on a local port, and this service's access to it in the environment."""
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    ended = began + timedelta(minutes=30)
    people = [stay(f"[DISDIK] Ruang {number}", began, ended) for number in range(ROWS)]
    past = WatchedZoom([Run(start=began, end=ended, rows=people)])
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(past, log_level="error", lifespan="off"))
        thread = threading.Thread(target=lambda: server.run(sockets=[own]), daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{own.getsockname()[1]}"
        for name, value in {
            "DATABASE_URL": own_url,
            "DATA_DIR": str(tmp_path),
            "ZOOM_ACCOUNT_ID": "AAAAAABBBB",
            "ZOOM_CLIENT_ID": "client",
            "ZOOM_CLIENT_SECRET": "the secret of the server-to-server app",
            "ZOOM_API_URL": f"{address}/v2",
            "ZOOM_TOKEN_URL": f"{address}/oauth/token",
        }.items():
            monkeypatch.setenv(f"APEL_{name}", value)
        yield past
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def apel(run: Do, own_url: str, zoom: WatchedZoom) -> Apel:
    """An apel that ended an hour and a half ago; nobody told about its meeting."""
    engine = create_async_engine(own_url)
    session = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})()
    made = Make(session, run).apel(zoom.runs[0].start, zoom_meeting_ids=[NUMBER])
    run(session.close())
    run(engine.dispose())
    return made


def query(run: Do, url: str, statement: str) -> list[tuple[Any, ...]]:
    async def ask() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    found: list[tuple[Any, ...]] = run(ask())
    return found


def test_a_killed_worker_leaves_a_half_done_pull_that_the_next_one_finishes(
    run: Do, own_url: str, tmp_path: Path, zoom: WatchedZoom, apel: Apel
) -> None:
    with served(own_url, tmp_path) as server:
        zoom.before["600"] = lambda: server.process.send_signal(signal.SIGKILL)
        server.process.wait(timeout=60)
    assert query(run, own_url, "SELECT state, pages, rows FROM zoom_report_read") == [("reading", 2, 600)]
    with served(own_url, tmp_path):
        deadline = time.monotonic() + 60
        while query(run, own_url, "SELECT state FROM job") != [("done",)] and time.monotonic() < deadline:
            time.sleep(0.2)
    assert query(run, own_url, "SELECT source, rows FROM participant_list") == [("report", ROWS)]
    pages = [UUID, *(f"{UUID} {token}" for token in (300, 600, 900))]
    assert zoom.reports == [*pages[:3], pages[2], pages[3], *pages]


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["apel", "zoom", "pull", *arguments])
        monkeypatch.setattr(sys, "stdin", StringIO())
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out, said.err

    return call


def test_the_operator_pulls_by_command(
    run: Do, own_url: str, zoom: WatchedZoom, apel: Apel, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command(str(apel.id)) == (0, f"Lengkap / complete: {ROWS} baris / rows, 1 sesi / runs\n", "")
    assert query(run, own_url, "SELECT state FROM job") == [("done",)]
    zoom.runs = [Run(start=zoom.runs[0].start, end=zoom.runs[0].end, rows=zoom.runs[0].rows, total=ROWS + 1)]
    status, out, err = command(str(apel.id))
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "[report-incomplete] Dicoba lagi pukul / tried again at " in err
    assert "apel-not-found" in command(str(uuid4()))[2]
    monkeypatch.delenv("APEL_ZOOM_CLIENT_SECRET")
    status, out, err = command(str(apel.id))
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "zoom-not-connected" in err
