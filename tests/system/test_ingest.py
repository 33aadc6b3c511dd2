"""What Zoom was told is stored is stored, whatever happens to the process."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from app.zoom.signature import sign
from tests.zoom.conftest import event

pytestmark = [pytest.mark.system, pytest.mark.alone]
Run = Callable[[Coroutine[Any, Any, Any]], Any]
SECRET = "the secret token of a system test"
ROOT = Path(__file__).parents[2]


class Server:
    """`apel serve` as a process of its own."""

    def __init__(self, url: str, data_dir: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        given = {"APEL_DATABASE_URL": url, "APEL_DATA_DIR": str(data_dir), "APEL_ZOOM_WEBHOOK_SECRETS": SECRET}
        self.address = f"http://127.0.0.1:{port}/v1/zoom/webhook"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | given,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the server ended"
            try:
                httpx.post(self.address, content=b"", timeout=2)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("the server does not answer")

    def end(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        self.process.wait(timeout=20)


@contextmanager
def served(url: str, data_dir: Path) -> Iterator[Server]:
    server = Server(url, data_dir)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.end(signal.SIGKILL)


async def deliver(client: httpx.AsyncClient, address: str, body: bytes) -> int:
    """The status, 0 when the server was gone before it answered."""
    stamp = str(int(datetime.now(UTC).timestamp()))
    headers = {"x-zm-request-timestamp": stamp, "x-zm-signature": sign(SECRET.encode(), stamp.encode(), body).decode()}
    try:
        return (await client.post(address, content=body, headers=headers)).status_code
    except httpx.TransportError:
        return 0


async def flood(server: Server, seconds: float, how: signal.Signals) -> dict[bytes, int]:
    """Events from 32 senders until the server has gone; body → status."""
    answers: dict[bytes, int] = {}
    serial = count()

    async def send(client: httpx.AsyncClient) -> None:
        while True:
            body = event(topic=f"Apel {next(serial)}")
            answers[body] = await deliver(client, server.address, body)
            if answers[body] == 0:
                return

    async with httpx.AsyncClient(timeout=5, limits=httpx.Limits(max_connections=64)) as client:
        senders = [asyncio.create_task(send(client)) for _ in range(32)]
        await asyncio.sleep(seconds)
        server.process.send_signal(how)
        await asyncio.gather(*senders)
    return answers


async def stored(url: str) -> dict[bytes, str]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return {row["body"]: row["state"] for row in await connection.fetch("SELECT body, state FROM zoom_inbox")}
    finally:
        await connection.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "told to stop"])
def test_every_acknowledged_event_survives_the_end_of_the_process(
    own_url: str, tmp_path: Path, run: Run, how: signal.Signals
) -> None:
    with served(own_url, tmp_path) as server:
        answers = run(flood(server, 3, how))
        server.process.wait(timeout=20)
    acknowledged = {body for body, status in answers.items() if status == 204}
    assert len(acknowledged) >= 32
    assert set(answers.values()) <= {204, 503, 0}
    assert acknowledged <= set(run(stored(own_url)))


def test_after_a_kill_the_next_start_understands_what_was_left_and_knows_what_it_has(
    own_url: str, tmp_path: Path, run: Run
) -> None:
    with served(own_url, tmp_path) as server:
        answers = run(flood(server, 1, signal.SIGKILL))
    before = run(stored(own_url))

    async def again(server: Server) -> list[int]:
        async with httpx.AsyncClient(timeout=5) as client:
            return [await deliver(client, server.address, body) for body in list(answers)[:50]]

    with served(own_url, tmp_path) as server:
        assert set(run(again(server))) == {204}
        deadline = time.monotonic() + 20
        while "new" in (states := run(stored(own_url))).values() and time.monotonic() < deadline:
            time.sleep(0.1)
    assert set(states.values()) == {"done"}
    assert set(before) <= set(states) == set(before) | set(list(answers)[:50])
