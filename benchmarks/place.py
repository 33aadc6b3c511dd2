"""A place of its own for every run: an embedded PostgreSQL, migrated databases, real server processes."""

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from sqlalchemy.engine import make_url

from app import schema
from app.core.embedded import start_embedded
from benchmarks.caller import HOST, Caller

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
ZOOM_SECRET = secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Place:
    server_url: str
    data_dir: Path

    async def database(self, name: str) -> str:
        """The address of a new, migrated database."""
        connection = await asyncpg.connect(plain(self.server_url))
        try:
            await connection.execute(f"CREATE DATABASE {name}")
        finally:
            await connection.close()
        url = make_url(self.server_url).set(database=name).render_as_string(hide_password=False)
        await schema.migrate(url)
        return url


def plain(url: str) -> str:
    return url.replace("postgresql+asyncpg", "postgresql")


@contextmanager
def own_place() -> Iterator[Place]:
    with TemporaryDirectory(prefix="apel-bench-") as directory:
        # The user that runs the database for root must be able to pass.
        Path(directory).chmod(0o711)
        embedded = start_embedded(Path(directory))
        try:
            yield Place(embedded.url, Path(directory))
        finally:
            embedded.close()


def noon_zone() -> str:
    """A zone in which it is about noon, so that no measurement runs past midnight of the apel's day."""
    hours = 12 - datetime.now(UTC).hour
    # POSIX turns the sign around: Etc/GMT-8 is UTC+8.
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"


@asynccontextmanager
async def serving(url: str, data_dir: Path, zone: str) -> AsyncIterator[Caller]:
    """One server process as `apel serve` runs it, with a probe beside it; stopped and reaped at the end."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("APEL_")} | {
        "APEL_DATABASE_URL": url,
        "APEL_DATA_DIR": str(data_dir),
        "APEL_TIMEZONE": zone,
        "APEL_ZOOM_WEBHOOK_SECRETS": ZOOM_SECRET,
    }
    command = [sys.executable, "-m", "benchmarks.probed", str(port)]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)
    caller = Caller(port)
    try:
        await _wait_until_ready(caller, process)
        yield caller
    finally:
        caller.close()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _wait_until_ready(caller: Caller, process: asyncio.subprocess.Process) -> None:
    for _ in range(START_SECONDS * 10):
        if process.returncode is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            if (await caller.ask("GET", "/readyz")).status == 200:
                return
        except OSError:
            pass
        await asyncio.sleep(0.1)
    raise RuntimeError("the server did not become ready")
