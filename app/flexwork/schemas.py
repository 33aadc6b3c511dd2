"""What the room of flexible work takes and gives."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Count, Day, Line, Nip, OpdCode, Prose, Read
from app.core.paging import MAX_LIMIT
from app.flexwork.rules import OrderMode, OrderState, Outcome, PlaceKind
from app.registry.schemas import UNSAID

LEGAL_BASIS = "PermenPANRB 4/2025"
MAX_PEOPLE = 5000


def _distinct(days: list[int]) -> list[int]:
    if len(set(days)) < len(days):
        raise PydanticCustomError("listed_twice", "listed twice")
    return sorted(days)


Weekdays = Annotated[
    list[Annotated[int, Field(strict=True, ge=1, le=7)]],
    Field(min_length=1, max_length=7, examples=[[1, 3]]),
    AfterValidator(_distinct),
]
"""ISO numbers, 1 is Monday."""


class PlaceWrite(Body):
    kind: PlaceKind
    name: Line = Field(examples=["Balai RW 05 Rangas"])
    note: Line | None = None


class PersonNamed(Body):
    """One person, by `asn_id` or by `nip`."""

    asn_id: UUID | None = None
    nip: Nip | None = None

    @model_validator(mode="after")
    def _one(self) -> "PersonNamed":
        if (self.asn_id is None) == (self.nip is None):
            raise PydanticCustomError("entry_person", "name one person by asn_id or nip")
        return self


class PersonWrite(PersonNamed):
    from_date: Day | None = Field(default=None, alias="from")
    """First day; left out: the order's."""
    to_date: Day | None = Field(default=None, alias="to")
    """Last day, inclusive; left out: the order's."""
    place_name: Line | None = Field(default=None, alias="place")
    """Where this person is sent; left out: to the order's place."""


People = Annotated[list[PersonWrite], Field(max_length=MAX_PEOPLE)]


class OrderCreate(Body):
    number: Line = Field(examples=["800/123/BKPP/2026"])
    on_date: Day = Field(alias="date")
    """The day that the letter bears."""
    signatory: Line = Field(examples=["Kepala Dinas Pendidikan"])
    from_date: Day = Field(alias="from")
    to_date: Day = Field(alias="to")
    """Last day, inclusive; at most a year."""
    mode: OrderMode
    place: PlaceWrite
    weekdays: Weekdays | None = None
    """The days of the week that it holds; left out: every day."""
    people: People = Field(default_factory=list)
    """May be empty when a file of them follows."""
    target: Prose = Field(examples=["20 berkas KTP per hari, selesai pukul 15.00"])
    """What each person owes per day, so that it can be measured (PermenPANRB 4/2025)."""
    legal_basis: Line = LEGAL_BASIS
    evaluation_on: Day | None = None


def _unsaid(alias: str) -> Any:
    """UNSAID under another name."""
    return Field(default_factory=lambda: None, alias=alias)


class OrderChange(Body):
    """What is left out stays; null empties what may be empty."""

    number: Line = UNSAID
    on_date: Day = _unsaid("date")
    signatory: Line = UNSAID
    from_date: Day = _unsaid("from")
    to_date: Day = _unsaid("to")
    mode: OrderMode = UNSAID
    place: PlaceWrite = UNSAID
    weekdays: Weekdays | None = None
    target: Prose = UNSAID
    legal_basis: Line = UNSAID
    evaluation_on: Day | None = None


class Revocation(Body):
    from_date: Day = Field(alias="from")
    """First day on which the order no longer holds; days before it stay."""
    reason: Prose


class EvaluationWrite(Body):
    outcome: Outcome
    note: Prose


class PeopleAdd(Body):
    people: Annotated[list[PersonWrite], Field(min_length=1, max_length=MAX_PEOPLE)]


class PeopleEnd(Revocation):
    people: Annotated[list[PersonNamed], Field(min_length=1, max_length=MAX_PEOPLE)]


class OrderFilter(Body):
    opd_code: OpdCode | None = None
    """Only orders that hold somebody who serves there."""
    asn_id: UUID | None = None
    on: Day | None = None
    """Only orders that hold on this day."""
    state: OrderState | None = None
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=200)


class PlaceRead(Read):
    kind: PlaceKind
    name: str
    note: str | None = None


class EndRead(Read):
    from_date: date = Field(serialization_alias="from")
    reason: str
    by: UUID
    at: datetime


class EvaluationRead(Read):
    outcome: Outcome
    note: str
    by: UUID
    at: datetime


class OrderRead(Read):
    id: UUID
    number: str
    on_date: date = Field(serialization_alias="date")
    signatory: str
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    mode: OrderMode
    place: PlaceRead
    weekdays: list[int] | None
    target: str
    legal_basis: str
    evaluation_on: date | None
    state: OrderState
    people: Count
    """Those written on it whom the caller may see; `…/people` names them."""
    proposed_by: UUID
    proposed_at: datetime
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    revoked: EndRead | None
    """By the revocation that counts: the one from the earliest day."""
    evaluations: list[EvaluationRead]
    """The earliest first."""
    version: int


class KeptRead(Read):
    """Days on which a person has another confirmed absence, which stays; the order sends nobody anywhere then."""

    asn_id: UUID
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    code: str
    """`excused` stands for a health code that the caller may not know."""


class DoubtRead(Read):
    """Something for the PPK to weigh; it stops nothing."""

    asn_id: UUID
    code: str
    text: str


class OrderAnswer(OrderRead):
    kept: list[KeptRead]
    doubts: list[DoubtRead]


class MemberRead(Read):
    asn_id: UUID
    nip: str | None
    """Only for the own unit and the personnel office."""
    nip_masked: str
    name: str
    opd_code: str | None
    """Where the person serves on the first day."""
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    """As written; `ended` may cut it short."""
    place: str
    added_at: datetime
    ended: EndRead | None
    """Taken off this order; a revocation of all stands with the order."""


class PeopleImportRead(Read):
    rows: int
    created: int
    unchanged: int
    """Written on the order already, so the same file may be sent twice."""
    kept: list[KeptRead]
    doubts: list[DoubtRead]


class OpdTodayRead(Read):
    opd_code: str
    strength: Count
    office: Count
    elsewhere: dict[str, Count]
    """By kind of place; `unstated` for work from anywhere that no order made."""
    absent: Count
    """On leave, on duty elsewhere or not required: why is not told here."""
    hours: dict[str, Count]
    """Of all these, who keeps other hours: `shift` or `dynamic`."""


class PersonTodayRead(Read):
    asn_id: UUID
    name: str
    opd_code: str
    order_id: UUID
    number: str
    mode: OrderMode
    place: PlaceRead
    target: str


class TodayRead(Read):
    on: date
    items: list[OpdTodayRead]
    people: list[PersonTodayRead] | None
    """Who is under an order, when one OPD is asked for; null for whoever may not know names."""


class OfficerRead(Read):
    asn_id: UUID
    name: str
    opd_code: str
    order_id: UUID
    number: str
    target: str


class PostRead(Read):
    name: str
    people: Count
    officers: list[OfficerRead] | None
    """Null for whoever may not know names."""


class PostsRead(Read):
    on: date
    posts: list[PostRead]


class OwnOrderRead(Read):
    """An order as the person under it reads it."""

    id: UUID
    number: str
    on_date: date = Field(serialization_alias="date")
    signatory: str
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    ended_from: date | None
    """First day on which it no longer holds for this person; null where nothing ended it before its last day."""
    mode: OrderMode
    place: PlaceRead
    weekdays: list[int] | None
    target: str
    legal_basis: str
    state: OrderState
