"""What may follow what in a case, and what its events come to: pure, and nothing in it knows a number of days.

A case runs from its opening through at most two summonses, the examination and its report to a decision, which takes
effect when its window has passed or its remedy is over. Each event is a fact that somebody told; the state of a case
is what its events come to, in the order of their numbers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from app.decisions.errors import StepNotPossible


class Kind(StrEnum):
    """What a recommendation asks for."""

    PUNISHMENT = "punishment"
    REWARD = "reward"
    GUIDANCE = "guidance"
    CONDUCT = "conduct"
    """A talk about conduct, such as a broadcast in working hours: no table of sanctions is loaded for it."""


class RecommendationState(StrEnum):
    OPEN = "open"
    WITHDRAWN = "withdrawn"
    """The facts no longer call for it, or for something heavier."""
    TAKEN = "taken"
    DECLINED = "declined"


class Variant(StrEnum):
    """Which name of a sanction applies: with the cut of the tunjangan, or the transitional one."""

    TUKIN = "tukin"
    TRANSITIONAL = "transitional"


class Step(StrEnum):
    """Events of a case."""

    SUMMONS_1 = "summons_1"
    ABSENT_1 = "absent_1"
    SUMMONS_2 = "summons_2"
    ABSENT_2 = "absent_2"
    EXAMINED = "examined"
    """Berita acara pemeriksaan (BAP)."""
    TEAM_FORMED = "team_formed"
    SUSPENDED = "suspended"
    """Pembebasan sementara dari tugas jabatan."""
    RECUSED = "recused"
    """An official is involved himself: the next higher one takes his place."""
    EXTENDED = "extended"
    """Further days of the same year are taken up."""
    REPORT = "report"
    """Laporan hasil pemeriksaan (LHP)."""
    DECIDED = "decided"
    """Surat keputusan (SK), signed."""
    SENT = "sent"
    DELIVERED = "delivered"
    OBJECTION = "objection"
    """Keberatan."""
    OBJECTION_ANSWERED = "objection_answered"
    APPEAL = "appeal"
    """Banding administratif to BPASN."""
    APPEAL_ANSWERED = "appeal_answered"
    REVOKED = "revoked"
    CLOSED_WITHOUT = "closed_without"
    TAKEN_BACK = "taken_back"
    """The event before was recorded by mistake."""


class Phase(StrEnum):
    OPENED = "opened"
    SUMMONED = "summoned"
    MISSED = "missed"
    SUMMONED_AGAIN = "summoned_again"
    MISSED_AGAIN = "missed_again"
    """Absent twice: punished on the existing evidence, without examination."""
    EXAMINED = "examined"
    REPORTED = "reported"
    DECIDED = "decided"
    SENT = "sent"
    DELIVERED = "delivered"
    OBJECTED = "objected"
    APPEALED = "appealed"
    REMEDIED = "remedied"
    """The remedy is answered and a sanction stands."""
    REVOKED = "revoked"
    CLOSED = "closed"


UNDECIDED = frozenset(
    {
        Phase.OPENED,
        Phase.SUMMONED,
        Phase.MISSED,
        Phase.SUMMONED_AGAIN,
        Phase.MISSED_AGAIN,
        Phase.EXAMINED,
        Phase.REPORTED,
    }
)
OVER = frozenset({Phase.REVOKED, Phase.CLOSED})
"""Nothing can follow, and nothing of it counts against the person."""
STANDING = frozenset(Phase) - UNDECIDED - OVER
"""A decision stands: signed, and not revoked."""

_BESIDE = frozenset({Step.TEAM_FORMED, Step.SUSPENDED, Step.RECUSED, Step.EXTENDED})
"""May happen in every undecided phase and lead to no other."""

_STAYS = frozenset({Step.DECIDED, Step.EXTENDED})
"""Others rest on these: a decision is revoked, further days are left out when deciding."""

_WAY: Mapping[Phase, Mapping[Step, Phase]] = {
    Phase.OPENED: {Step.SUMMONS_1: Phase.SUMMONED},
    Phase.SUMMONED: {Step.ABSENT_1: Phase.MISSED, Step.EXAMINED: Phase.EXAMINED},
    Phase.MISSED: {Step.SUMMONS_2: Phase.SUMMONED_AGAIN},
    Phase.SUMMONED_AGAIN: {Step.ABSENT_2: Phase.MISSED_AGAIN, Step.EXAMINED: Phase.EXAMINED},
    Phase.MISSED_AGAIN: {Step.REPORT: Phase.REPORTED, Step.DECIDED: Phase.DECIDED},
    Phase.EXAMINED: {
        Step.EXAMINED: Phase.EXAMINED,
        Step.REPORT: Phase.REPORTED,
        Step.DECIDED: Phase.DECIDED,
    },
    Phase.REPORTED: {Step.DECIDED: Phase.DECIDED},
    Phase.DECIDED: {Step.SENT: Phase.SENT, Step.DELIVERED: Phase.DELIVERED},
    Phase.SENT: {Step.DELIVERED: Phase.DELIVERED},
    Phase.DELIVERED: {Step.OBJECTION: Phase.OBJECTED, Step.APPEAL: Phase.APPEALED},
    Phase.OBJECTED: {Step.OBJECTION_ANSWERED: Phase.REMEDIED},
    Phase.APPEALED: {Step.APPEAL_ANSWERED: Phase.REMEDIED},
    Phase.REMEDIED: {},
    Phase.REVOKED: {},
    Phase.CLOSED: {},
}


class Answer(StrEnum):
    """What became of a remedy."""

    REJECTED = "rejected"
    CHANGED = "changed"
    """Another sanction takes the place of the first."""
    REVOKED = "revoked"


@dataclass(frozen=True)
class Event:
    """One thing that happened; `details` as the event's schema has them."""

    number: int
    step: Step
    on: date
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sanction:
    """What was imposed, or stands after a remedy."""

    code: str
    variant: str | None
    months: int | None


@dataclass(frozen=True)
class Course:
    """What the events of a case come to."""

    opened_on: date
    phase: Phase = Phase.OPENED
    events: tuple[Event, ...] = ()
    """Those that count: what was taken back is left out."""
    team: bool = False
    suspended: bool = False
    recused: frozenset[str] = frozenset()
    sanction: Sanction | None = None
    delivered_on: date | None = None
    remedied_on: date | None = None
    before: "Course | None" = None
    """As it was before its last event."""

    @property
    def last_on(self) -> date:
        return max((event.on for event in self.events), default=self.opened_on)

    def last(self, *steps: Step) -> Event | None:
        """The latest event of one of these steps."""
        return next((event for event in reversed(self.events) if event.step in steps), None)


def possible_steps(course: Course) -> frozenset[Step]:
    """What may follow now, whatever else it needs."""
    steps = set(_WAY[course.phase])
    if course.phase in UNDECIDED:
        steps |= _BESIDE | {Step.CLOSED_WITHOUT}
    if course.phase in STANDING:
        steps.add(Step.REVOKED)
    if course.phase not in OVER and course.events and course.events[-1].step not in _STAYS:
        steps.add(Step.TAKEN_BACK)
    return frozenset(steps)


def _next_phase(course: Course, event: Event) -> Phase:
    match event.step:
        case Step.CLOSED_WITHOUT:
            return Phase.CLOSED
        case Step.REVOKED:
            return Phase.REVOKED
        case Step.OBJECTION_ANSWERED | Step.APPEAL_ANSWERED if event.details.get("outcome") == Answer.REVOKED:
            return Phase.REVOKED
    return _WAY[course.phase].get(event.step, course.phase)


def _sanction_of(details: Mapping[str, Any]) -> Sanction:
    return Sanction(details["code"], details.get("variant"), details.get("months"))


def _day(written: object) -> date | None:
    return None if written is None else date.fromisoformat(str(written))


def follow(course: Course, event: Event) -> Course:
    """The case after one more event; raises StepNotPossible."""
    possible = possible_steps(course)
    if event.step not in possible:
        raise StepNotPossible(step=event.step, possible=", ".join(sorted(possible)) or "–")
    if event.step is Step.TAKEN_BACK:
        assert course.before is not None
        return course.before
    now = replace(course, phase=_next_phase(course, event), events=(*course.events, event), before=course)
    match event.step:
        case Step.TEAM_FORMED:
            return replace(now, team=True)
        case Step.SUSPENDED:
            return replace(now, suspended=True)
        case Step.RECUSED:
            return replace(now, recused=course.recused | {str(event.details["asn_id"])})
        case Step.DECIDED:
            return replace(now, sanction=_sanction_of(event.details))
        case Step.DELIVERED:
            return replace(now, delivered_on=event.on)
        case Step.OBJECTION_ANSWERED | Step.APPEAL_ANSWERED:
            changed = event.details.get("outcome") == Answer.CHANGED
            sanction = _sanction_of(event.details) if changed else course.sanction
            return replace(now, sanction=sanction, remedied_on=_day(event.details.get("effective_on")) or event.on)
    return now


def fold(opened_on: date, events: Iterable[Event]) -> Course:
    """What the events of a case come to, in the order of their numbers; raises StepNotPossible."""
    course = Course(opened_on)
    for event in sorted(events, key=lambda one: one.number):
        course = follow(course, event)
    return course
