"""Who may take which step of a case: the office, the superior, the competent official, the person."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from app.core.principal import Principal, Role
from app.decisions.competence import Official, acting_superior
from app.decisions.errors import NotCompetent, NotYourCase
from app.decisions.officials import Authority
from app.decisions.rules import Step


class Acting(StrEnum):
    OFFICE = "office"
    """The personnel office records what was done and signed on paper."""
    SUPERIOR = "superior"
    """Summons and examines."""
    COMPETENT = "competent"
    PERSON = "person"


_EXAMINES = frozenset({Acting.OFFICE, Acting.SUPERIOR, Acting.COMPETENT})
_DECIDES = frozenset({Acting.OFFICE, Acting.COMPETENT})
_OFFICE = frozenset({Acting.OFFICE})
_CONTESTS = frozenset({Acting.OFFICE, Acting.PERSON})

MAY: Mapping[Step, frozenset[Acting]] = {
    Step.SUMMONS_1: _EXAMINES,
    Step.ABSENT_1: _EXAMINES,
    Step.SUMMONS_2: _EXAMINES,
    Step.ABSENT_2: _EXAMINES,
    Step.EXAMINED: _EXAMINES,
    Step.TEAM_FORMED: _DECIDES,
    Step.SUSPENDED: _DECIDES,
    Step.RECUSED: _OFFICE,
    Step.EXTENDED: _EXAMINES,
    Step.REPORT: _EXAMINES,
    Step.DECIDED: _DECIDES,
    Step.SENT: _DECIDES,
    Step.DELIVERED: _DECIDES,
    Step.OBJECTION: _CONTESTS,
    Step.OBJECTION_ANSWERED: _OFFICE,
    Step.APPEAL: _CONTESTS,
    Step.APPEAL_ANSWERED: _OFFICE,
    Step.REVOKED: _DECIDES,
    Step.CLOSED_WITHOUT: _DECIDES,
    Step.TAKEN_BACK: _OFFICE,
}


def acting_as(caller: Principal, authority: Authority, recused: frozenset[UUID] = frozenset()) -> frozenset[Acting]:
    """In which capacities somebody stands to a case; nobody acts in the own case but to contest it."""
    if caller.asn_id == authority.person.asn_id:
        return frozenset({Acting.PERSON})
    found = {Acting.OFFICE} if caller.holds(Role.ADMIN) else set()
    if _is(caller, authority.competent.official):
        found.add(Acting.COMPETENT)
    if _is(caller, acting_superior(authority.line, recused)):
        found.add(Acting.SUPERIOR)
    return frozenset(found)


def _is(caller: Principal, official: Official | None) -> bool:
    """Without an official it is the PPK's to do."""
    if official is None:
        return caller.holds(Role.BUPATI)
    return caller.asn_id == official.asn_id


def require_may(step: Step, acting: frozenset[Acting]) -> None:
    """Raises NotYourCase for a remedy, NotCompetent for everything else."""
    if MAY[step].isdisjoint(acting):
        raise NotYourCase if step in (Step.OBJECTION, Step.APPEAL) else NotCompetent
