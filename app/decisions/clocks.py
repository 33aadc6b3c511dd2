"""The periods of the procedure: working days, the day after an event being the first (PerBKN 6/2022, examples)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.calendar.rules import Days, add_working_days
from app.decisions.rules import OVER, Course, Event, Phase, Step
from app.policies.rules_of_cases import Clock, ProcedureRules

WINDOWS = frozenset({Clock.BERLAKU, Clock.KEBERATAN, Clock.BANDING})
"""Periods within which something may happen, or that must pass: nobody has to meet them."""


@dataclass(frozen=True)
class Deadline:
    """One clock of a case."""

    clock: Clock
    begun_on: date
    working_days: int
    due_on: date
    met_on: date | None
    """When what it waits for happened; None: not yet."""

    def is_overdue(self, today: date) -> bool:
        """Somebody should have acted, and did not or did so too late; a window that closes is nobody's neglect."""
        return self.clock not in WINDOWS and (self.met_on or today) > self.due_on


def due_on(procedure: ProcedureRules, clock: Clock, begun_on: date, days: Days) -> date | None:
    """The last day of a period; None where the policy does not set it."""
    number = procedure.clocks.get(clock)
    return None if number is None else add_working_days(begun_on, number, days)


def latest_examination(procedure: ProcedureRules, clock: Clock, begun_on: date, days: Days) -> date | None:
    """The last day for an examination after a summons.

    In the BKN's own example so many working days lie strictly between the two, so the day after them is still in time.
    """
    number = procedure.clocks.get(clock)
    return None if number is None else add_working_days(begun_on, number + 1, days)


def takes_effect_on(course: Course, procedure: ProcedureRules, days: Days) -> date | None:
    """The day on which the decision takes effect as far as is known; None: not known, or never.

    Without a remedy it is the n-th working day after receipt. A remedy suspends it until it is answered.
    """
    match course.phase:
        case Phase.DELIVERED if course.delivered_on is not None:
            return due_on(procedure, Clock.BERLAKU, course.delivered_on, days)
        case Phase.REMEDIED if course.remedied_on is not None:
            return course.remedied_on
        case _:
            return None


def is_in_force(course: Course, procedure: ProcedureRules, days: Days, today: date) -> bool:
    effective = takes_effect_on(course, procedure, days)
    return effective is not None and effective <= today


def remedy_of(code: str, procedure: ProcedureRules) -> Step:
    """A dismissal goes to BPASN, everything else to the superior of who decided."""
    return Step.APPEAL if code in procedure.dismissal else Step.OBJECTION


def remedy_until(course: Course, procedure: ProcedureRules, days: Days) -> date | None:
    """The last day on which the decision can be contested; None before it was received."""
    if course.delivered_on is None:
        return None
    return due_on(procedure, _remedy_clock(course, procedure), course.delivered_on, days)


def _remedy_clock(course: Course, procedure: ProcedureRules) -> Clock:
    decided = course.last(Step.DECIDED)
    appeal = decided is not None and remedy_of(decided.details["code"], procedure) is Step.APPEAL
    return Clock.BANDING if appeal else Clock.KEBERATAN


def deadlines(course: Course, procedure: ProcedureRules, days: Days, *, known_on: date) -> list[Deadline]:
    """Every clock that runs or ran in a case, in the order in which they began."""
    found = [*_of_superior(course, procedure, days, known_on), *_of_summonses(course, procedure, days)]
    found += [*_of_letter(course, procedure, days), *_of_remedies(course, procedure, days)]
    return sorted(found, key=lambda deadline: (deadline.begun_on, deadline.due_on, deadline.clock))


def _deadline(
    procedure: ProcedureRules, clock: Clock, begun_on: date, due: date | None, met: Event | None
) -> Iterator[Deadline]:
    if due is not None:
        yield Deadline(clock, begun_on, procedure.clocks[clock], due, met.on if met else None)


def _of_superior(course: Course, procedure: ProcedureRules, days: Days, known_on: date) -> Iterator[Deadline]:
    acted = next((event for event in course.events if event.step in (Step.SUMMONS_1, Step.CLOSED_WITHOUT)), None)
    due = due_on(procedure, Clock.SUPERIOR_ACTS, known_on, days)
    yield from _deadline(procedure, Clock.SUPERIOR_ACTS, known_on, due, acted)


def _of_summonses(course: Course, procedure: ProcedureRules, days: Days) -> Iterator[Deadline]:
    first, missed = course.last(Step.SUMMONS_1), course.last(Step.ABSENT_1)
    examined = next((event for event in course.events if event.step is Step.EXAMINED), None)
    if first is not None:
        due = latest_examination(procedure, Clock.PANGGILAN, first.on, days)
        yield from _deadline(procedure, Clock.PANGGILAN, first.on, due, missed or examined or _ended(course))
    if missed is not None:
        due = latest_examination(procedure, Clock.PANGGILAN_2, missed.on, days)
        met = course.last(Step.ABSENT_2) or examined or _ended(course)
        yield from _deadline(procedure, Clock.PANGGILAN_2, missed.on, due, met)


def _ended(course: Course) -> Event | None:
    return course.events[-1] if course.phase in OVER else None


def _of_letter(course: Course, procedure: ProcedureRules, days: Days) -> Iterator[Deadline]:
    decided, sent, delivered = course.last(Step.DECIDED), course.last(Step.SENT), course.last(Step.DELIVERED)
    if decided is not None:
        due = due_on(procedure, Clock.SAMPAIKAN_SK, decided.on, days)
        yield from _deadline(procedure, Clock.SAMPAIKAN_SK, decided.on, due, delivered or sent or _ended(course))
    if sent is not None:
        absent_on = date.fromisoformat(str(sent.details["absent_on"]))
        due = due_on(procedure, Clock.KIRIM_SK, absent_on, days)
        yield from _deadline(procedure, Clock.KIRIM_SK, absent_on, due, sent)


def _of_remedies(course: Course, procedure: ProcedureRules, days: Days) -> Iterator[Deadline]:
    filed = course.last(Step.OBJECTION, Step.APPEAL)
    if course.delivered_on is not None:
        clock, due = _remedy_clock(course, procedure), remedy_until(course, procedure, days)
        yield from _deadline(procedure, clock, course.delivered_on, due, filed)
        if filed is None and course.phase is Phase.DELIVERED:
            due = due_on(procedure, Clock.BERLAKU, course.delivered_on, days)
            yield from _deadline(procedure, Clock.BERLAKU, course.delivered_on, due, None)
    if filed is not None:
        answered = course.last(Step.OBJECTION_ANSWERED, Step.APPEAL_ANSWERED) or _ended(course)
        clocks = (Clock.PUTUS_KEBERATAN,) if filed.step is Step.OBJECTION else (Clock.TANGGAPAN_PPK, Clock.BPASN)
        for clock in clocks:
            due = due_on(procedure, clock, filed.on, days)
            yield from _deadline(procedure, clock, filed.on, due, answered)
