"""What the behaviour room takes and gives about the development of competence."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.behaviour.schemas import PersonBehaviour
from app.core.fields import FIRST_YEAR, LAST_YEAR, Body, Bool, Count, Day, Line, Nip, Read
from app.core.paging import MAX_LIMIT
from app.core.rates import PercentRead
from app.core.traces import RuleLine

MAX_HOURS = 1000
"""A leadership course of the longest kind (PKN) takes some 900 hours."""
MAX_PEOPLE = 2_000
"""In one body; more come by file."""
Hours = Annotated[int, Field(strict=True, ge=1, le=MAX_HOURS)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


class TrainingCreate(Body):
    title: Line = Field(examples=["Pengembangan Kompetensi ASN eselon II dan III"])
    organiser: Line
    place: Line | None = None
    from_date: Day = Field(alias="from")
    to_date: Day = Field(alias="to")
    """Last day, inclusive; it decides in which year the hours count."""
    hours: Hours
    """Hours of lessons (JP)."""


class TrainingChange(Body):
    """What is left out stays; null takes the place away."""

    title: Line | None = None
    organiser: Line | None = None
    place: Line | None = None
    from_date: Day | None = Field(default=None, alias="from")
    to_date: Day | None = Field(default=None, alias="to")
    hours: Hours | None = None


class AttendanceSay(Body):
    """One person, named by id or by NIP."""

    asn_id: UUID | None = None
    nip: Nip | None = None
    attended: Bool
    hours: Hours | None = None
    """Left out: all of the training's. Only of those who attended."""

    @model_validator(mode="after")
    def _consistent(self) -> "AttendanceSay":
        if (self.asn_id is None) == (self.nip is None):
            raise PydanticCustomError("one_of_two", "either asn_id or nip")
        if self.hours is not None and not self.attended:
            raise PydanticCustomError("hours_without_attending", "hours of somebody who did not attend")
        return self


class AttendancesWrite(Body):
    """People who are not named stay as they are."""

    items: Annotated[list[AttendanceSay], Field(min_length=1, max_length=MAX_PEOPLE)]


class TrainingFilter(Body):
    year: Year | None = None
    """Only trainings that ended in this year."""
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=200)


class PeopleFilter(Body):
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=200)


class TrainingRead(Read):
    id: UUID
    title: str
    organiser: str
    place: str | None
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    hours: int
    attended: Count
    """People in the caller's reach."""
    missed: Count
    version: int
    """Of the training and of who attended."""


class AttendanceRead(Read):
    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str | None
    """Where the person served on the training's last day."""
    attended: bool
    hours: int
    """Counted for the person; 0 where they did not attend."""


class AttendanceKept(Read):
    """What was sent, and what became of it."""

    rows: int
    changed: int
    """Said for the first time, or otherwise than before."""
    unchanged: int
    version: int
    preview: bool = False
    """Nothing was kept."""


class TrainingOfPerson(Read):
    training_id: UUID
    title: str
    organiser: str
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    attended: bool
    hours: int
    """Counted for the person; 0 where they did not attend."""


class PersonTrainings(Read):
    asn_id: UUID
    year: int
    policy: str
    hours: int
    due: int | None
    """Null where the policy says nothing about it."""
    reached: bool | None
    items: list[TrainingOfPerson]
    """Those that ended in this year."""
    lines: list[RuleLine]


class OpdTrainings(Read):
    opd_code: str
    year: int
    policy: str
    due: int | None
    """Null where the policy says nothing about it; then nobody is counted."""
    reached: PercentRead
    """People with all hours that are due, out of all ASN who serve there at the end of the year, or today."""
    counted: list[str]
    """Employment types that are counted: all of them."""


class OwnBehaviour(Read):
    """What is kept and derived about one person's behaviour and competence in a year."""

    year: int
    periods: list[PersonBehaviour]
    trainings: PersonTrainings
