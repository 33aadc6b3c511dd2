"""Who sees what of a report: numbers and notes of people are for those who answer for them."""

from dataclasses import dataclass

from app.core.principal import OPD_ROLES, Principal, Role, Scope
from app.duty.rules import EXCUSED_MASK, HEALTH, mask_health
from app.registry.errors import OpdNotFound
from app.reports import rules


@dataclass(frozen=True)
class Sight:
    """What one caller may see of one reporter's people."""

    own: bool
    """The caller answers for this reporter."""
    personnel: bool
    """The personnel office sees every NIP."""
    inspector: bool
    reach: Scope
    """Whose people the caller may know by name."""

    @property
    def health(self) -> bool:
        return self.own or self.personnel or self.inspector

    def knows(self, serves_in: str | None) -> bool:
        return self.reach is None or serves_in in self.reach

    def nip(self, nip: str, serves_in: str | None) -> str:
        """Whole for the personnel office and for people of the own unit; a foreign person's stays masked."""
        whole = self.personnel or (self.own and self.knows(serves_in))
        return nip if whole else rules.mask_nip(nip)

    def status(self, status: str) -> str:
        return EXCUSED_MASK if status in HEALTH and not self.health else status

    def note(self, note: str | None) -> str | None:
        return note if self.health else None

    def counts(self, excused: dict[str, int]) -> dict[str, int]:
        """In a small unit a number names a person, and the people stand beside it in lists of their own."""
        return excused if self.health else mask_health(excused)


def sight_of(caller: Principal, opd_code: str) -> Sight:
    return Sight(
        own=caller.reaches(opd_code, *OPD_ROLES),
        personnel=caller.holds(Role.ADMIN),
        inspector=caller.holds(Role.INSPECTOR),
        reach=caller.reach(),
    )


def require_reach(caller: Principal, opd_code: str, *roles: Role) -> None:
    """Raises OpdNotFound: what lies outside the caller's reach does not exist for them."""
    if not caller.reaches(opd_code, *roles):
        raise OpdNotFound
