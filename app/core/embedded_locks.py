"""What the embedded server rests on: its one error, waiting, and file locks that the kernel drops with their holder."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class EmbeddedError(Exception):
    """The embedded database cannot be used; the text is one clear line for an operator."""


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Ask every 10 ms until it holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def open_own(path: Path, flags: int) -> int:
    """A descriptor of a private file that follows no link; root leaves a file it makes to the directory's owner."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        return os.open(path, flags | os.O_NOFOLLOW)
    if os.geteuid() == 0:
        directory = path.parent.stat()
        os.fchown(descriptor, directory.st_uid, directory.st_gid)
    return descriptor


class FileLock:
    """An advisory lock, held until the last process that inherited its descriptor has closed it or died."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = open_own(path, os.O_RDWR)

    def share(self) -> None:
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def note(self, text: str) -> None:
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, text.encode(), 0)

    def close(self) -> None:
        """Let go of the descriptor only: unlocking would also end the lock of a child that inherited it."""
        os.close(self.descriptor)


def is_held(path: Path) -> bool:
    lock = FileLock(path)
    try:
        return not lock.try_alone()
    finally:
        lock.close()


@contextmanager
def alone(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock for the block; raises EmbeddedError when others keep it for longer than this."""
    lock = FileLock(path)
    try:
        if not wait_until(lock.try_alone, seconds):
            raise EmbeddedError(
                f"Another process has been starting or stopping the database for {seconds:.0f} s: {path}"
            )
        yield
    finally:
        lock.close()
