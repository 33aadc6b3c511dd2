"""What may follow what after a broadcast was reported, and who may take which step: pure.

The person is asked before anybody coaches, and coached before anybody refers; whatever was recorded by mistake
is taken back and stays visible.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.livestreams.errors import IncidentStepNotPossible


class Step(StrEnum):
    REPORTED = "reported"
    CLARIFICATION_ASKED = "clarification_asked"
    CLARIFIED = "clarified"
    """In the person's own words."""
    COACHED = "coached"
    """Pembinaan by the superior."""
    REFERRED = "referred"
    """To those who decide about conduct."""
    CLOSED = "closed"
    TAKEN_BACK = "taken_back"
    """The latest step of somebody else than the person was recorded by mistake."""


class Phase(StrEnum):
    REPORTED = "reported"
    CLARIFICATION_ASKED = "clarification_asked"
    CLARIFIED = "clarified"
    COACHED = "coached"
    REFERRED = "referred"
    CLOSED = "closed"


class Outcome(StrEnum):
    """Why it came to nothing."""

    NO_VIOLATION = "no_violation"
    PERMITTED = "permitted"
    NOT_PROVEN = "not_proven"
    MISTAKEN_IDENTITY = "mistaken_identity"


class Acting(StrEnum):
    OFFICE = "office"
    HEAD = "head"
    RECORDER = "recorder"
    """Recorded the step that would be taken back."""
    PERSON = "person"


ACTED_UPON = frozenset({Phase.COACHED, Phase.REFERRED})
"""Somebody who answers for the person found it to be true."""
STAYS = frozenset({Step.REPORTED, Step.CLARIFIED})
"""A report is closed, and the person's words are nobody else's to take back."""

_WAY: Mapping[Phase, Mapping[Step, Phase]] = {
    Phase.REPORTED: {Step.CLARIFICATION_ASKED: Phase.CLARIFICATION_ASKED, Step.CLARIFIED: Phase.CLARIFIED},
    Phase.CLARIFICATION_ASKED: {Step.CLARIFIED: Phase.CLARIFIED, Step.COACHED: Phase.COACHED},
    Phase.CLARIFIED: {
        Step.CLARIFICATION_ASKED: Phase.CLARIFICATION_ASKED,
        Step.CLARIFIED: Phase.CLARIFIED,
        Step.COACHED: Phase.COACHED,
    },
    Phase.COACHED: {Step.CLARIFIED: Phase.COACHED, Step.REFERRED: Phase.REFERRED},
    Phase.REFERRED: {Step.CLARIFIED: Phase.REFERRED},
    Phase.CLOSED: {},
}

MAY: Mapping[Step, frozenset[Acting]] = {
    Step.REPORTED: frozenset(),
    Step.CLARIFICATION_ASKED: frozenset({Acting.OFFICE, Acting.HEAD}),
    Step.CLARIFIED: frozenset({Acting.PERSON}),
    Step.COACHED: frozenset({Acting.OFFICE, Acting.HEAD}),
    Step.REFERRED: frozenset({Acting.OFFICE}),
    Step.CLOSED: frozenset({Acting.OFFICE, Acting.HEAD}),
    Step.TAKEN_BACK: frozenset({Acting.OFFICE, Acting.RECORDER}),
}


@dataclass(frozen=True)
class Course:
    """What the steps of an incident come to: those that count, in order, by their numbers."""

    counting: tuple[tuple[int, Step], ...] = ()

    @property
    def phase(self) -> Phase:
        phase = Phase.REPORTED
        for _, step in self.counting:
            phase = Phase.CLOSED if step is Step.CLOSED else _WAY[phase].get(step, phase)
        return phase

    @property
    def to_take_back(self) -> int | None:
        """The number of the step that would be taken back now."""
        return next((number for number, step in reversed(self.counting) if step not in STAYS), None)


def possible_steps(course: Course) -> frozenset[Step]:
    """What may follow now, whoever takes it; another report of the same always may."""
    steps = {Step.REPORTED, *_WAY[course.phase]}
    if course.counting and course.phase is not Phase.CLOSED:
        steps.add(Step.CLOSED)
    if course.to_take_back is not None:
        steps.add(Step.TAKEN_BACK)
    return frozenset(steps)


def follow(course: Course, number: int, step: Step) -> Course:
    """The incident after one more step; raises IncidentStepNotPossible."""
    possible = possible_steps(course)
    if step not in possible:
        raise IncidentStepNotPossible(step=step, possible=", ".join(sorted(possible - {Step.REPORTED})) or "–")
    if step is Step.TAKEN_BACK:
        return Course(tuple(one for one in course.counting if one[0] != course.to_take_back))
    return Course((*course.counting, (number, step)))


def fold(steps: Iterable[tuple[int, Step]]) -> Course:
    """What the steps of an incident come to, in the order of their numbers; raises IncidentStepNotPossible."""
    course = Course()
    for number, step in sorted(steps):
        course = follow(course, number, step)
    return course
