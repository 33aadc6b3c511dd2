"""Where rules come from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """Where a rule comes from; `verified` once an official confirmed it against the regulation's own text."""

    source: str
    verified: bool
    base: str | None = None
    """What its numbers are a share of, where they are one."""
