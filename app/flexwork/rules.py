"""What an order of flexible work says of a person's days (PermenPANRB 4/2025; Perpres 21/2023 Pasal 8)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from app.duty.rules import WFA, Span, Taken
from app.registry.rules import OpdType


class OrderMode(StrEnum):
    """Flexible in place (location) or in hours: a fixed shift, or hours of one's own choice (dynamic)."""

    LOCATION = "location"
    SHIFT = "shift"
    DYNAMIC = "dynamic"


class PlaceKind(StrEnum):
    """`service_post` is where people are served outside the office, such as a balai RW."""

    OFFICE = "office"
    HOME = "home"
    SERVICE_POST = "service_post"
    FIELD = "field"
    OTHER = "other"


class OrderState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REVOKED = "revoked"


class Outcome(StrEnum):
    CONTINUED = "continued"
    CHANGED = "changed"
    ENDED = "ended"


MAX_DAYS = 366
"""A bound of ours: whoever goes on for longer is ordered anew, after an evaluation."""
MAX_SPANS = 50_000
"""Absences of one order, written in one transaction: five thousand people on two days of the week would need half a
million a year."""
DIRECT_SERVICE = frozenset({OpdType.RSUD, OpdType.PUSKESMAS, OpdType.SATPOL_PP, OpdType.SEKOLAH})
"""OPDs whose people serve the public face to face; the PPK's criteria usually leave them out (Perpres 21/2023 Ps 7)."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    kind: PlaceKind
    name: str


@dataclass(frozen=True)
class Stint:
    """A person under an order from a day to a day, both inclusive, after all that ended it."""

    order_id: UUID
    number: str
    mode: OrderMode
    place: Place
    target: str
    asn_id: UUID
    from_date: date
    to_date: date
    weekdays: frozenset[int] | None = None

    def holds(self, day: date) -> bool:
        in_week = self.weekdays is None or day.isoweekday() in self.weekdays
        return in_week and self.from_date <= day <= self.to_date

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days that it holds within a span."""
        first, last = max(first, self.from_date), min(last, self.to_date)
        span = (first + _ONE_DAY * number for number in range((last - first).days + 1))
        return (day for day in span if self.holds(day))

    @property
    def spans(self) -> Sequence[Span]:
        """Its days as spans without gaps."""
        return _spans(self.from_date, self.to_date, self.weekdays)


@lru_cache(maxsize=1024)
def _spans(first: date, last: date, weekdays: frozenset[int] | None) -> Sequence[Span]:
    """Kept, since most people of an order share its days."""
    if weekdays is None:
        return ((first, last),)
    span = (first + _ONE_DAY * number for number in range((last - first).days + 1))
    days = [day for day in span if day.isoweekday() in weekdays]
    gaps = [number for number, (day, following) in enumerate(pairwise(days), 1) if following - day > _ONE_DAY]
    return tuple((days[begin], days[end - 1]) for begin, end in pairwise([0, *gaps, len(days)]) if days)


def spans_of(stints: Iterable[Stint]) -> dict[UUID, list[Span]]:
    """Person → all spans of their stints, in order; whoever has none is left out."""
    found: dict[UUID, list[Span]] = {}
    for one in stints:
        if one.spans:
            found.setdefault(one.asn_id, []).extend(one.spans)
    return {asn_id: sorted(spans) for asn_id, spans in found.items()}


class Clash(NamedTuple):
    """Two orders want a person on the same days, from the first of them to the last."""

    asn_id: UUID
    number: str
    """Of the other order."""
    from_date: date
    to_date: date


def find_clashes(stints: Iterable[Stint], others: Iterable[Stint]) -> list[Clash]:
    """Where people of one order are sent elsewhere by another on the same day."""
    by_person: dict[UUID, list[Stint]] = {}
    for other in others:
        by_person.setdefault(other.asn_id, []).append(other)
    clashes = []
    for one in stints:
        for other in by_person.get(one.asn_id, ()):
            shared = [day for day in other.days(one.from_date, one.to_date) if one.holds(day)]
            if shared:
                clashes.append(Clash(one.asn_id, other.number, shared[0], shared[-1]))
    return clashes


class OrderedDay(NamedTuple):
    """A day on which a person worked under an order."""

    day: date
    order_id: UUID
    number: str
    mode: OrderMode
    place: Place
    target: str


def ordered_days(
    stints: Iterable[Stint], confirmed: Mapping[UUID, Sequence[Taken]], first: date, last: date
) -> dict[UUID, list[OrderedDay]]:
    """Person → the days of a span that orders hold, in order of days.

    Another place counts only on days whose absence the order itself made: whoever was on leave, or was called back,
    was not there. Other hours count but on days with a confirmed reason to be absent from work.
    """
    found: dict[UUID, list[OrderedDay]] = {}
    for one in stints:
        absences = confirmed.get(one.asn_id, ())
        for day in one.days(first, last):
            if _counts(one, day, absences):
                ordered = OrderedDay(day, one.order_id, one.number, one.mode, one.place, one.target)
                found.setdefault(one.asn_id, []).append(ordered)
    return {asn_id: sorted(days, key=lambda one: (one.day, one.mode)) for asn_id, days in found.items()}


def _counts(stint: Stint, day: date, absences: Sequence[Taken]) -> bool:
    met = next((one for one in absences if one.from_date <= day <= one.to_date), None)
    if stint.mode is OrderMode.LOCATION:
        return met is not None and met.order_id == stint.order_id
    return met is None or met.code == WFA


class Named(NamedTuple):
    """Somebody whom a body or a line of a file names, and the days and the place that it says."""

    asn_id: UUID | None = None
    nip: str | None = None
    from_date: date | None = None
    to_date: date | None = None
    place_name: str | None = None


class Wanted(NamedTuple):
    """A person to be written on an order; days that are not said are the order's."""

    asn_id: UUID
    from_date: date | None = None
    to_date: date | None = None
    place_name: str | None = None


class Written(NamedTuple):
    """A person who is on an order, with the days that hold after all that ended them: none if they are reversed."""

    asn_id: UUID
    from_date: date
    to_date: date
    place_name: str | None = None


@dataclass
class PeoplePlan:
    """What becomes of people who are to be written on an order: of none, while one of them does not fit."""

    create: list[Wanted] = field(default_factory=list)
    unchanged: int = 0
    outside: list[int] = field(default_factory=list)
    """Places in the list whose days the order does not hold."""
    clashes: dict[int, Span] = field(default_factory=dict)
    """Place in the list → days for which the person is written on this order otherwise already."""


def plan_people(wanted: Iterable[Wanted], order: Span, known: Iterable[Written]) -> PeoplePlan:
    """Who is new on an order that runs over a span; the same people again change nothing."""
    plan = PeoplePlan()
    present: dict[UUID, list[Written]] = {}
    for written in (one for one in known if one.from_date <= one.to_date):
        present.setdefault(written.asn_id, []).append(written)
    for number, one in enumerate(wanted):
        meant = Written(one.asn_id, one.from_date or order[0], one.to_date or order[1], one.place_name)
        here = present.setdefault(one.asn_id, [])
        met = next((each for each in here if _share_days(each, meant)), None)
        if not order[0] <= meant.from_date <= meant.to_date <= order[1]:
            plan.outside.append(number)
        elif met is None:
            here.append(meant)
            plan.create.append(one)
        elif met == meant:
            plan.unchanged += 1
        else:
            plan.clashes[number] = (met.from_date, met.to_date)
    return plan


def _share_days(one: Written, other: Written) -> bool:
    return one.from_date <= other.to_date and one.to_date >= other.from_date


UNSTATED = "unstated"
"""The kind of place of whoever works from anywhere by no order of flexible work."""


@dataclass
class Whereabouts:
    """Where the people of an OPD work on a day, by what orders and absences say."""

    strength: int = 0
    office: int = 0
    elsewhere: dict[str, int] = field(default_factory=dict)
    """By kind of place, or UNSTATED."""
    absent: int = 0
    """On leave, on duty elsewhere, or not required; why is not told here."""
    hours: dict[str, int] = field(default_factory=dict)
    """Of all these, who keeps other hours, by mode."""

    def count(self, ordered: Iterable[OrderedDay], absence: str | None) -> None:
        """Add one person: what orders say of the day, and the code of the confirmed absence."""
        self.strength += 1
        place = None
        for one in ordered:
            if one.mode is OrderMode.LOCATION:
                place = one.place.kind.value
            else:
                self.hours[one.mode] = self.hours.get(one.mode, 0) + 1
        if absence is None:
            self.office += 1
        elif absence == WFA:
            place = place or UNSTATED
            self.elsewhere[place] = self.elsewhere.get(place, 0) + 1
        else:
            self.absent += 1
