"""Who is calling, and how far that reaches."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

Scope = frozenset[str] | None
"""OPD codes that may be seen; None means all of them."""


class Role(StrEnum):
    BUPATI = "bupati"
    ADMIN = "admin"
    KOMINFO = "kominfo"
    OPD_HEAD = "opd_head"
    OPD_OPERATOR = "opd_operator"
    INSPECTOR = "inspector"
    ASN = "asn"
    ADAPTER = "adapter"
    READER = "reader"
    SCREEN = "screen"


OPD_ROLES = frozenset({Role.OPD_HEAD, Role.OPD_OPERATOR})
"""Roles that are held for one OPD and reach no further than it."""

HUMAN_ROLES = frozenset({Role.BUPATI, Role.ADMIN, Role.KOMINFO, Role.OPD_HEAD, Role.OPD_OPERATOR, Role.INSPECTOR})
MACHINE_ROLES = frozenset({Role.ADAPTER, Role.READER, Role.SCREEN})


@dataclass(frozen=True)
class Grant:
    """One role held today; `reach` is the set of OPD codes it covers, None for all."""

    role: Role
    opd_code: str | None = None
    reach: Scope = None


@dataclass(frozen=True)
class Principal:
    """A person or machine that was authenticated against the database in this very request."""

    id: UUID
    name: str
    grants: tuple[Grant, ...]
    asn_id: UUID | None = None
    must_change: bool = False
    """Signed in with a password that somebody else made: no role counts until it is changed."""
    session_id: UUID | None = None
    """The sign-in by which a person calls; machines have none."""
    counts_only: bool = False
    """A screen that visitors see: totals and the trend, no OPD and nobody's name."""

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def holds(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def reach(self, *roles: Role) -> Scope:
        """The OPD codes that these roles (all roles when none is named) let the caller touch."""
        chosen = [grant for grant in self.grants if not roles or grant.role in roles]
        if any(grant.reach is None and grant.role is not Role.ASN for grant in chosen):
            return None
        return frozenset().union(*(grant.reach for grant in chosen if grant.reach is not None))

    def reaches(self, opd_code: str, *roles: Role) -> bool:
        reach = self.reach(*roles)
        return reach is None or opd_code in reach


SYSTEM = Principal(UUID(int=0), "system", ())
"""The service itself, when a job or a command acts."""
