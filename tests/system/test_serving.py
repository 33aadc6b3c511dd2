"""`apel serve` as real processes: what it starts on, what it refuses, and that it ends with all that it started."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.conftest import administer, database_url

pytestmark = [pytest.mark.system, pytest.mark.alone]

ROOT = Path(__file__).parents[2]
UP = 90.0
"""Seconds to come up, on a machine that does much else."""
STOP = 10.0

with_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**variables: str | Path) -> dict[str, str]:
    """This process's, without the settings of the service that it may hold."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("APEL_")}
    return (
        clean
        | {"PYTHONPATH": str(ROOT), "PYTHONFAULTHANDLER": "1"}
        | {name: str(value) for name, value in variables.items()}
    )


class Service:
    """A running `apel serve`, in a process group of its own."""

    def __init__(self, port: int, arguments: tuple[str, ...], variables: dict[str, str | Path], log: Path) -> None:
        self.port = port
        self.log = log
        with log.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "serve", "--port", str(port), *arguments],
                cwd=ROOT,
                env=environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def status(self, path: str = "/readyz") -> int | None:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=5).status_code
        except httpx.HTTPError:
            return None

    def wait_until_ready(self) -> "Service":
        ends = time.monotonic() + UP
        while self.status() != 200:
            assert self.process.poll() is None, self.log.read_text()
            if time.monotonic() > ends:
                self._say_where_it_stands()
                pytest.fail(self.log.read_text())
            time.sleep(0.1)
        return self

    def _say_where_it_stands(self) -> None:
        """Every process of the service writes its stacks and ends."""
        os.killpg(self.process.pid, signal.SIGABRT)
        self.process.wait(UP)

    def stop(self) -> float:
        """Seconds from SIGTERM to the end."""
        began = time.monotonic()
        self.process.terminate()
        assert self.process.wait(UP) == 0, self.log.read_text()
        return time.monotonic() - began

    def kill_all(self) -> None:
        """Whatever happened, leave nothing of this group."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


Serve = Callable[..., Service]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty directory that the user who runs the database for root may enter."""
    path = Path(tempfile.mkdtemp(prefix="apel-serve-"))
    path.chmod(0o755)
    yield path
    for line in processes_naming(path):
        os.kill(line, signal.SIGKILL)
    shutil.rmtree(path)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start `apel serve` with these arguments and variables; what still runs at the end is stopped."""
    with ExitStack() as stack:

        def start(*arguments: str, port: int | None = None, **variables: str | Path) -> Service:
            service = Service(port or free_port(), arguments, variables, tmp_path / "log")
            stack.callback(service.kill_all)
            return service

        yield start


def refusal(*arguments: str, **variables: str | Path) -> str:
    """The one line with which a command that must not succeed ends."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=UP,
    )
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("apel: ")
    return lines[0]


def processes_naming(path: Path) -> list[int]:
    """Living processes whose command line names something below a directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if os.fsencode(path) in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def group_of(leader: int) -> list[int]:
    """Living processes of a session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(entry.parent.name))
    return found


def wait_for(happened: Callable[[], object], seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if happened():
            return True
        time.sleep(0.05)
    return bool(happened())


@contextmanager
def half_open_requests(port: int) -> Iterator[None]:
    """Connections whose requests never become whole: one in its head, one in its body."""
    head = b"POST /v1/auth/token HTTP/1.1\r\nhost: apel\r\n"
    with ExitStack() as stack:
        for said in (
            b"",
            head,
            head + b"content-type: application/x-www-form-urlencoded\r\ncontent-length: 99\r\n\r\na",
        ):
            stack.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(said)
        time.sleep(0.2)
        yield


@with_proc
@pytest.mark.parametrize("workers", ["1", "2"])
def test_serves_from_nothing_and_sigterm_ends_all_that_it_started(serve: Serve, data_dir: Path, workers: str) -> None:
    service = serve("--workers", workers, APEL_DATA_DIR=data_dir).wait_until_ready()
    assert service.status("/livez") == 200
    assert service.status("/v1/me") == 401
    assert processes_naming(data_dir), "the embedded database runs"
    with half_open_requests(service.port):
        assert service.stop() < STOP
    assert processes_naming(data_dir) == []
    # Python's own keeper of shared resources ends by itself a moment after the last worker.
    assert wait_for(lambda: not group_of(service.process.pid), STOP)


@with_proc
@pytest.mark.parametrize("workers", ["1", "2"])
def test_after_kill_9_the_next_start_needs_no_hand(serve: Serve, data_dir: Path, workers: str) -> None:
    first = serve("--workers", workers, APEL_DATA_DIR=data_dir).wait_until_ready()
    first.process.kill()
    first.process.wait()
    assert wait_for(lambda: not group_of(first.process.pid), STOP), "workers end with their supervisor"
    second = serve("--workers", workers, port=first.port, APEL_DATA_DIR=data_dir).wait_until_ready()
    assert second.stop() < STOP
    assert processes_naming(data_dir) == []


@with_proc
def test_a_frozen_or_killed_database_is_not_ready_and_the_next_start_mends_it(serve: Serve, data_dir: Path) -> None:
    service = serve(APEL_DATA_DIR=data_dir).wait_until_ready()
    servers = [int((data_dir / "postgres/pgdata/postmaster.pid").read_text().split()[0])]
    frozen = [pid for pid in every_process() if parent_of(pid) in servers] + servers
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    assert service.status() == 503
    assert time.monotonic() - began < 3
    assert service.status("/livez") == 200
    assert service.status("/metrics") == 200
    for pid in frozen:
        os.kill(pid, signal.SIGCONT)
    assert wait_for(lambda: service.status() == 200, 60)
    os.kill(servers[0], signal.SIGKILL)
    assert wait_for(lambda: service.status() == 503, 20)
    assert service.stop() < STOP
    again = serve(APEL_DATA_DIR=data_dir).wait_until_ready()
    assert again.stop() < STOP
    assert processes_naming(data_dir) == []


def every_process() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return None


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    """A database in which nobody has made anything."""
    name = f"apel_empty_{uuid4().hex[:12]}"
    administer(server_url, f"CREATE DATABASE {name}")
    yield database_url(server_url, name)
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def test_a_configured_database_is_served_once_migrated_and_refused_before(
    serve: Serve, empty_url: str, tmp_path: Path
) -> None:
    place: dict[str, str | Path] = {"APEL_DATABASE_URL": empty_url, "APEL_DATA_DIR": tmp_path / "var"}
    told = refusal("serve", "--port", str(free_port()), **place)
    assert "apel migrate" in told
    assert "apel migrate" in refusal("work", **place)
    subprocess.run(
        [sys.executable, "-m", "app.cli", "migrate"], cwd=ROOT, env=environment(**place), check=True, timeout=UP
    )
    service = serve("--workers", "2", **place).wait_until_ready()
    assert service.stop() < STOP


def test_uvicorn_alone_serves_a_migrated_database_too(own_url: str, tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port), "--log-level", "warning"]
    variables = environment(APEL_DATABASE_URL=own_url, APEL_DATA_DIR=tmp_path)
    process = subprocess.Popen(command, cwd=ROOT, env=variables, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}/readyz"
        assert wait_for(lambda: process.poll() is not None or _is_ready(address), UP)
        assert _is_ready(address)
    finally:
        process.terminate()
        process.wait(STOP)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_an_unknown_variable_warns_and_the_log_is_json_on_request(serve: Serve, own_url: str, tmp_path: Path) -> None:
    service = serve(
        APEL_DATABASE_URL=own_url, APEL_DATA_DIR=tmp_path, APEL_LOG_FORMAT="json", APEL_TIMEZON="Asia/Jakarta"
    ).wait_until_ready()
    service.stop()
    events = [json.loads(line) for line in service.log.read_text().splitlines()]
    warned = [event for event in events if event["level"] == "warning"]
    assert [(event["event"], event["name"]) for event in warned] == [("unknown variable", "APEL_TIMEZON")]
    assert any(event["event"] == "request" and event["path"] == "/readyz" for event in events)
