"""Working hours as stretches of time, and how much of something that went on lies in them. Pure.

Parts are exact and add up: whatever is not known to be anything else lies outside the hours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.calendar.rules import Days, HourRules, Hours, hours_of_day
from app.core.clock import civil_day, civil_instant
from app.registry.rules import WorkPattern

_NOTHING = timedelta(0)
_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Span(NamedTuple):
    """Half-open, in aware UTC instants."""

    starts_at: datetime
    ends_at: datetime


class CivilSpan(NamedTuple):
    """Half-open, on the clock of one civil day."""

    starts: time
    ends: time


class Part(StrEnum):
    """What a stretch of time is to somebody's hours; where two lie over each other, the first of these counts."""

    WITHIN = "within"
    IN_BREAK = "in_break"
    ON_LEAVE = "on_leave"
    UNKNOWN = "unknown"
    OUTSIDE = "outside"


_FIRST = {part: place for place, part in enumerate(Part)}


class Hold(StrEnum):
    """What the reason to be elsewhere on a day makes of its hours."""

    HOURS = "hours"
    """None, or work elsewhere: the hours hold."""
    LEAVE = "leave"
    """There are no hours to hold."""
    OWN = "own"
    """They are hours of the person's own: those that are registered, else nobody knows them."""


class Stretch(NamedTuple):
    span: Span
    part: Part


@dataclass(frozen=True)
class WorkDay:
    """What decides one person's hours of one civil day."""

    day: date
    pattern: WorkPattern
    hold: Hold = Hold.HOURS
    shifts: tuple[Span, ...] = ()
    """Those registered that begin on this day, wherever they end: they take the place of the pattern's hours."""


@dataclass(frozen=True)
class Overlap:
    """How long a span was what; the parts add up to its length."""

    within: timedelta = _NOTHING
    in_break: timedelta = _NOTHING
    on_leave: timedelta = _NOTHING
    unknown: timedelta = _NOTHING
    outside: timedelta = _NOTHING

    def __add__(self, other: "Overlap") -> "Overlap":
        return Overlap(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})

    @property
    def minutes(self) -> int:
        """Full minutes within the hours."""
        return self.within // _MINUTE

    def seconds(self) -> dict[str, int]:
        """Full seconds of each part."""
        return {one.name: getattr(self, one.name) // _SECOND for one in fields(self)}


def rest_of(hours: Hours) -> CivilSpan | None:
    """The break of a day as far as it lies in its hours."""
    until = (datetime.combine(date.min, hours.break_starts) + timedelta(minutes=hours.break_minutes)).time()
    rest = CivilSpan(max(hours.starts, hours.break_starts), min(hours.ends, until))
    return rest if rest.starts < rest.ends else None


def worked_spans(hours: Hours) -> tuple[CivilSpan, ...]:
    """The hours of a day with the break cut out."""
    rest = rest_of(hours)
    if rest is None:
        return (CivilSpan(hours.starts, hours.ends),)
    parts = CivilSpan(hours.starts, rest.starts), CivilSpan(rest.ends, hours.ends)
    return tuple(part for part in parts if part.starts < part.ends)


def stretches_of(work: WorkDay, days: Days, rules: HourRules | None, zone: ZoneInfo) -> tuple[Stretch, ...]:
    """The hours of one day as instants; unknown without rules in force, and for own hours without register."""
    whole = Span(*civil_day(work.day, zone))
    if work.hold is Hold.LEAVE:
        return tuple(Stretch(span, Part.ON_LEAVE) for span in (whole, *work.shifts))
    if work.shifts:
        return tuple(Stretch(span, Part.WITHIN) for span in work.shifts)
    if work.hold is Hold.OWN or work.pattern is WorkPattern.SHIFT or rules is None:
        return (Stretch(whole, Part.UNKNOWN),)
    hours = hours_of_day(work.day, days, work.pattern, rules)
    return () if hours is None else tuple(_on_clock(work.day, hours, zone))


def _on_clock(day: date, hours: Hours, zone: ZoneInfo) -> Iterator[Stretch]:
    rest = rest_of(hours)
    parts = [(one, Part.WITHIN) for one in worked_spans(hours)] + ([(rest, Part.IN_BREAK)] if rest else [])
    for (starts, ends), part in sorted(parts):
        yield Stretch(Span(civil_instant(day, starts, zone), civil_instant(day, ends, zone)), part)


def overlap(span: Span, stretches: Iterable[Stretch]) -> Overlap:
    """How long a span was what, of stretches in any order."""
    near = [one for one in stretches if one.span.starts_at < span.ends_at and span.starts_at < one.span.ends_at]
    edges = {edge for one in near for edge in one.span if span.starts_at < edge < span.ends_at}
    lasted = dict.fromkeys(Part, _NOTHING)
    for starts_at, ends_at in pairwise(sorted({*span, *edges})):
        covering = [one.part for one in near if one.span.starts_at <= starts_at and ends_at <= one.span.ends_at]
        lasted[min(covering, key=_FIRST.__getitem__, default=Part.OUTSIDE)] += ends_at - starts_at
    return Overlap(**{part.value: length for part, length in lasted.items()})


def without(span: Span, taken: Iterable[Span]) -> tuple[Span, ...]:
    """What is left of a span when others are cut out of it."""
    left, at = [], span.starts_at
    for one in sorted(taken):
        if at < one.starts_at:
            left.append(Span(at, min(one.starts_at, span.ends_at)))
        at = max(at, one.ends_at)
    if at < span.ends_at:
        left.append(Span(at, span.ends_at))
    return tuple(one for one in left if one.starts_at < one.ends_at)
