"""Which rooms are drawn, and what a count says: pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID


class CountMethod(StrEnum):
    CAMERA = "camera"
    ON_SITE = "on_site"


class CheckState(StrEnum):
    WAITING = "waiting"
    """Nobody has counted."""
    AGREES = "agrees"
    DIFFERS = "differs"


@dataclass(frozen=True)
class RoomClaim:
    """Whom the report of a unit claims to be in its room: civil servants in the office, and others."""

    wfo: int
    others: int
    version_id: UUID
    version: int

    @property
    def heads(self) -> int:
        return self.wfo + self.others


@dataclass(frozen=True)
class HeadCount:
    """The latest count of a drawn room beside the claim that was drawn."""

    check_id: UUID
    count_id: UUID
    claim: RoomClaim
    heads: int
    method: CountMethod
    at: datetime

    @property
    def difference(self) -> int:
        """Counted less claimed."""
        return self.heads - self.claim.heads


def draw_units(seed: str, pool: Collection[str], number: int) -> list[str]:
    """So many of the pool, each as likely as any other: those whose SHA-256 of `seed:code` comes first.

    Whoever knows seed and pool draws the same again with any tool.
    """
    return sorted(sorted(pool, key=lambda code: (sha256(f"{seed}:{code}".encode()).digest(), code))[:number])
