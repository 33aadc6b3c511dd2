"""Who may take which step: the office, the head of the unit, whoever recorded it, the person."""

from collections.abc import Sequence

from app.core.principal import Principal, Role
from app.livestreams.errors import StepNotYours
from app.livestreams.models import LivestreamIncident, LivestreamStep
from app.livestreams.steps import MAY, Acting, Course, Step, fold, possible_steps


def course_of(steps: Sequence[LivestreamStep]) -> Course:
    return fold((step.number, Step(step.kind)) for step in steps)


def acting_as(
    caller: Principal, incident: LivestreamIncident, steps: Sequence[LivestreamStep], course: Course
) -> frozenset[Acting]:
    """In a matter of one's own one is the person, whatever else one may be."""
    if caller.asn_id == incident.asn_id:
        return frozenset({Acting.PERSON})
    found = set()
    if caller.holds(Role.ADMIN):
        found.add(Acting.OFFICE)
    if caller.holds(Role.OPD_HEAD) and caller.reaches(incident.opd_code, Role.OPD_HEAD):
        found.add(Acting.HEAD)
    if any(step.by_id == caller.id for step in steps if step.number == course.to_take_back):
        found.add(Acting.RECORDER)
    return frozenset(found)


def open_to(acting: frozenset[Acting], course: Course) -> list[Step]:
    """The steps that may follow now and that the caller may take."""
    return sorted(step for step in possible_steps(course) if not MAY[step].isdisjoint(acting))


def require_may(step: Step, acting: frozenset[Acting]) -> None:
    """Raises StepNotYours."""
    if MAY[step].isdisjoint(acting):
        raise StepNotYours
