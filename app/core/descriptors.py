"""How many files and sockets this process may hold at once; every viewer of the board holds one."""

from contextlib import suppress

try:
    import resource
except ImportError:  # Windows has no such limit to raise
    resource = None  # type: ignore[assignment]

WANTED = 65_536
ELSEWHERE = 1024
"""Where the system tells no limit."""


def raise_limit() -> int:
    """Take what the system grants without asking anybody, and say how many that are."""
    if resource is None:
        return ELSEWHERE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return WANTED if soft == resource.RLIM_INFINITY else soft
