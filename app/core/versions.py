"""Optimistic concurrency: a change names the version that it changes."""

from app.core.errors import VersionMismatch, VersionRequired


def require_version(expected: int | None, current: int) -> None:
    """Raises VersionRequired when no version was named, VersionMismatch when another one is current."""
    if expected is None:
        raise VersionRequired
    if expected != current:
        raise VersionMismatch(current=current)
