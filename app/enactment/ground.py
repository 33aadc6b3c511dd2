"""What a simulation looks at, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from app.calendar.rules import Day, DayKind
from app.decisions.weighing import RunningSanction
from app.enactment.versions import Reign
from app.registry.rules import WorkPattern
from app.scoring.persons import MarkFact
from app.scoring.rules import Unit
from app.workdays.reading import WorkingDays
from app.workdays.rules import DayFact


class Person(NamedTuple):
    """Who served last in the span, and where."""

    asn_id: UUID
    nip: str
    name: str
    employment_type: str
    opd_code: str
    pattern: WorkPattern


class UnitFact(NamedTuple):
    """One reporting unit at one apel that counted."""

    apel_id: UUID
    on_date: date
    kind: str
    unit: Unit
    due: bool
    gap: bool


@dataclass(frozen=True)
class Ground:
    """What holds for everybody."""

    from_date: date
    to_date: date
    reign: Reign
    days: Mapping[date, Day]
    """The marked days of the calendar from the year before on."""
    working: WorkingDays

    @property
    def ledgers_from(self) -> date:
        """The first day that a streak which reaches into the span's first year is looked for."""
        return streaks_from(self.from_date)

    @cached_property
    def ramadan(self) -> frozenset[date]:
        return frozenset(day for day, mark in self.days.items() if mark.kind is DayKind.RAMADAN)


def streaks_from(from_date: date) -> date:
    return date(from_date.year - 1, 10, 1)


@dataclass(frozen=True)
class PeopleFacts:
    """What is known of some people."""

    people: Sequence[Person]
    marks: Mapping[UUID, Sequence[MarkFact]] = field(default_factory=dict)
    days: Mapping[UUID, Sequence[DayFact]] = field(default_factory=dict)
    """What deviates, and of whom was absent for long every working day."""
    sanctions: Mapping[UUID, Sequence[RunningSanction]] = field(default_factory=dict)
    rates: Mapping[UUID, Sequence[tuple[date, Decimal]]] = field(default_factory=dict)
    """By beginning; of one day the one loaded last comes last."""
