"""`make run` as a newcomer does it: from nothing, then again; then told to stop. Standard library only.

Fails unless the first start shows the played Monday and serves, the second serves within seconds with the same data,
and SIGTERM leaves no process behind.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

INSTALL_AND_PLAY = 600
"""Seconds; two minutes are promised on a machine that does nothing else, and CI's may do a lot else."""
SECOND_START = 60
STOP = 10
TABLE = "Wajib%"
"""A column of the table of the played Monday."""
REPORT = "laporan peserta lengkap"
"""Zoom's report was pulled and stands: the circle is closed."""
READY = "Berhenti dengan Ctrl-C"
"""The last line, after the addresses and the passwords."""


def first_command(clone: Path) -> list[str]:
    """What the README tells a newcomer to type first."""
    block = (clone / "README.md").read_text("utf-8").partition("```sh\n")[2]
    return block.splitlines()[0].partition("#")[0].split()


class Run:
    """One `make run` and all that it starts."""

    def __init__(self, clone: Path, port: int) -> None:
        self.port = port
        self.began = time.monotonic()
        self.output: list[str] = []
        self.process = subprocess.Popen(
            [*first_command(clone), f"PORT={port}"],
            cwd=clone,
            env=os.environ | {"COLUMNS": "160"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line)
            print(f"  | {line}", end="", flush=True)

    def said(self, words: str) -> bool:
        return any(words in line for line in self.output)

    def wait_until(self, what: str, happened: Callable[[], bool], seconds: float) -> None:
        while not happened():
            if self.process.poll() is not None:
                fail(f"`make run` ended with {self.process.returncode} before {what}")
            if time.monotonic() - self.began > seconds:
                fail(f"{what}: not within {seconds:.0f} s")
            time.sleep(0.1)
        print(f"{what}: after {time.monotonic() - self.began:.1f} s", flush=True)

    def ask(self, path: str, form: dict[str, str] | None = None, token: str = "") -> dict[str, object] | None:
        """The answer as JSON; None while nobody answers, and where it is a refusal."""
        request = Request(f"http://127.0.0.1:{self.port}{path}", data=urlencode(form).encode() if form else None)
        if token:
            request.add_header("authorization", f"Bearer {token}")
        try:
            with urlopen(request, timeout=5) as answer:
                found: dict[str, object] = json.load(answer)
                return found
        except (URLError, OSError, ValueError):
            return None

    def read_board(self) -> dict[str, object]:
        """The board, as whoever types the password that was printed sees it at once."""
        printed = {words[0]: words[1] for line in self.output if len(words := line.split()) == 2}
        form = {"grant_type": "password", "username": "bupati", "password": printed["bupati"]}
        tokens = self.ask("/v1/auth/token", form) or fail("the printed password does not sign in")
        return self.ask("/v1/board", token=str(tokens["access_token"])) or fail("who signed in does not see the board")

    def stop(self) -> None:
        """SIGTERM to `make` alone, as a supervisor would; nothing of what it started may remain."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        while children_of(os.getpid()):
            reap()
            if time.monotonic() - began > STOP:
                fail(f"still running {STOP} s after SIGTERM: {children_of(os.getpid())}")
            time.sleep(0.05)
        print(f"stopped, nothing left running: after {time.monotonic() - began:.1f} s", flush=True)


def adopt_orphans() -> None:
    """Whatever loses its parent becomes our child, so that nothing escapes the count."""
    set_child_subreaper = 36
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def children_of(pid: int) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                command = (entry.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                found += [f"{entry.parent.name} {command[:150]}", *children_of(int(entry.parent.name))]
        except OSError:
            continue
    return found


def reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fail(reason: str) -> NoReturn:
    print(f"DRILL FAILED: {reason}", file=sys.stderr, flush=True)
    for line in children_of(os.getpid()):
        os.kill(int(line.split()[0]), signal.SIGKILL)
    sys.exit(1)


def main() -> None:
    clone = Path(sys.argv[1]).resolve()
    adopt_orphans()
    port = free_port()
    first = Run(clone, port)
    first.wait_until("the table of the played Monday", lambda: first.said(TABLE), INSTALL_AND_PLAY)
    first.wait_until("the addresses", lambda: first.said(READY), INSTALL_AND_PLAY)
    if not first.said(REPORT):
        fail("Zoom's report is not complete")
    if first.ask("/readyz") != {"status": "ready"}:
        fail("it does not say that it is ready")
    board = first.read_board()
    first.stop()
    second = Run(clone, port)
    second.wait_until("served again", lambda: second.said(READY), SECOND_START)
    if second.said(TABLE):
        fail("the second start played the Monday again")
    if second.ask("/readyz") != {"status": "ready"}:
        fail("the second start does not say that it is ready")
    if second.read_board()["apel"] != board["apel"]:
        fail("the second start shows another apel")
    second.stop()


main()
