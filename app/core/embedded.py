"""A PostgreSQL of our own, started beside the service when no database is configured.

Our own child process on a Unix socket, with a random password. Its users are counted by a shared lock that the kernel
drops when one is killed; the last to close stops it, and the next start takes over what a killed one left running.
"""

import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from app.core import embedded_data as data
from app.core import embedded_server as server
from app.core.embedded_locks import EmbeddedError, FileLock, alone
from app.core.embedded_place import Place, find_place

__all__ = ["Embedded", "EmbeddedError", "start_embedded"]

TURN_SECONDS = 180
"""Longer than another process may take to initialise, recover or stop."""


@dataclass(frozen=True)
class Embedded:
    """A running server that this process uses until it closes."""

    url: str = field(repr=False)
    """For SQLAlchemy's asyncpg dialect; holds the password."""
    data_dir: Path
    """Where the data, the log and the password file are."""
    notice: str | None
    """One line for the operator when data or programs live elsewhere than asked."""
    release: Callable[[], None] = field(repr=False)

    def close(self) -> None:
        """End our use, and the server if nobody else uses it; closing again does nothing."""
        self.release()


def start_embedded(data_dir: Path, *, database: str = "apel") -> Embedded:
    """Start the server of this directory or join the one that runs; blocks, so an event loop calls it in a thread.

    Raises EmbeddedError, whose text is one line for the operator.
    """
    if sys.platform == "win32":
        raise EmbeddedError("The embedded database runs on Linux and macOS; set APEL_DATABASE_URL.")
    try:
        place = find_place(data_dir)
        use = _Use(place)
        sockets = use.begin(database)
        return Embedded(_url(place, sockets, database), place.home, place.notice, use.release)
    except (OSError, subprocess.SubprocessError) as problem:
        raise EmbeddedError(f"The embedded database in {data_dir} cannot be used: {problem}") from problem


def _url(place: Place, sockets: Path, database: str) -> str:
    secret = quote(data.read_password(place), safe="")
    # The port is spelled out because asyncpg would else take it from PGPORT.
    where = f"host={quote(str(sockets))}&port={server.PORT}"
    return f"postgresql+asyncpg://{data.ROLE}:{secret}@/{quote(database, safe='')}?{where}"


class _Use:
    """One use of a server, counted by a shared lock until it is released or its process dies."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.count = FileLock(place.home / "users.lock")
        self.turn = place.home / "start.lock"
        self.process = os.getpid()
        self.open = True
        self.once = threading.Lock()

    def begin(self, database: str) -> Path:
        """Have the server running and count ourselves in; the directory of its socket."""
        try:
            with alone(self.turn, TURN_SECONDS):
                self.count.share()
                try:
                    sockets = _have_running(self.place, database)
                except BaseException:
                    self._leave()
                    raise
        except BaseException:
            self.count.close()
            raise
        atexit.register(self.release)
        return sockets

    def release(self) -> None:
        with self.once:
            if not self.open:
                return
            self.open = False
        atexit.unregister(self.release)
        try:
            # A forked child has a copy of this object, but the use is its parent's.
            # Where the directory was removed there is nothing to stop by: PostgreSQL notices and ends within a minute.
            if os.getpid() == self.process and self.turn.exists():
                with alone(self.turn, TURN_SECONDS):
                    self._leave()
        finally:
            self.count.close()

    def _leave(self) -> None:
        if self.count.try_alone():
            server.stop(self.place)


def _have_running(place: Place, database: str) -> Path:
    if not place.pgdata.exists():
        data.initialise(place)
    data.check_version(place)
    if not server.adopt(place):
        server.launch(place)
    sockets = server.read_pid_file(place.pgdata).sockets
    server.ensure_database(place, sockets, database)
    return sockets
