"""How long a mark can be contested, and what has become of objections and corrections: pure functions of facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.calendar.rules import Days, add_working_days


class Answer(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ObjectionState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Closing(StrEnum):
    """How a correction ends."""

    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class CorrectionState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Bar(StrEnum):
    """Why a mark cannot be contested now."""

    PENDING = "pending"
    TOO_LATE = "too-late"
    OPEN = "objection-open"
    ANSWERED = "objection-answered"


def correction_state(closing: str | None) -> CorrectionState:
    return CorrectionState.WAITING if closing is None else CorrectionState(closing)


def objection_state(answer: str | None, corrections: Iterable[CorrectionState]) -> ObjectionState:
    """Accepted only while its correction stands: with that withdrawn, the objection waits for an answer again."""
    if answer == Answer.REJECTED:
        return ObjectionState.REJECTED
    stands = any(state is not CorrectionState.WITHDRAWN for state in corrections)
    return ObjectionState.ACCEPTED if answer == Answer.ACCEPTED and stands else ObjectionState.OPEN


def last_day(since: date, working_days: int, calendar: Days) -> date:
    """The last civil day of a term; the working day after it began is the first."""
    return add_working_days(since, working_days, calendar)


@dataclass(frozen=True)
class Term:
    """How long a mark can be contested; `until` None: no end, before the apel is final or where no rule sets one."""

    until: date | None

    def over(self, today: date) -> bool:
        return self.until is not None and today > self.until


def term_of(final_on: date | None, moved_on: Iterable[date], working_days: int | None, calendar: Days) -> Term:
    """Runs from the day the apel became final, anew from every later day on which the person's mark was moved."""
    if final_on is None or working_days is None:
        return Term(None)
    return Term(last_day(max([final_on, *moved_on]), working_days, calendar))


def bar_to(*, pending: bool, last: ObjectionState | None, unchanged: bool, late: bool) -> Bar | None:
    """Why an objection is not taken; `unchanged`: the mark is still the one that the last objection was about."""
    if pending:
        return Bar.PENDING
    if last is ObjectionState.OPEN:
        return Bar.OPEN
    if last is not None and unchanged:
        return Bar.ANSWERED
    return Bar.TOO_LATE if late else None
