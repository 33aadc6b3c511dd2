"""Working days, the clocks that count them, and the hours of a day. No weekday is special here: a mark on a day is."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from app.registry.rules import WorkPattern


class DayKind(StrEnum):
    """What a mark says of a day; `working` takes a mark back: the weekday decides again."""

    HOLIDAY = "holiday"
    CUTI_BERSAMA = "cuti_bersama"
    REGIONAL = "regional"
    RAMADAN = "ramadan"
    WORKING = "working"


DAYS_OFF = frozenset({DayKind.HOLIDAY, DayKind.CUTI_BERSAMA, DayKind.REGIONAL})


@dataclass(frozen=True)
class Day:
    """A marked day; `estimated` while its date rests on a forecast of the moon and not on the joint decree (SKB)."""

    kind: DayKind
    name: str
    estimated: bool = False


Days = Mapping[date, Day]
"""The marked days of a span; a day without a mark is what its weekday makes it."""

WORKING_WEEK = {WorkPattern.FIVE_DAYS: 5, WorkPattern.SIX_DAYS: 6}
"""Working days of a week, from Monday on."""

FRIDAY = 5
_ONE_DAY = timedelta(days=1)


def is_day_off(day: date, days: Days) -> bool:
    """A holiday, a cuti bersama or a day that the regency itself took off; a plain weekend is not marked."""
    mark = days.get(day)
    return mark is not None and mark.kind in DAYS_OFF


def is_working_day(day: date, days: Days, pattern: WorkPattern = WorkPattern.FIVE_DAYS) -> bool:
    """Whether people of this pattern work on a day; shifts run through, each person's free days are in their roster."""
    if pattern is WorkPattern.SHIFT:
        return True
    return day.isoweekday() <= WORKING_WEEK[pattern] and not is_day_off(day, days)


def next_working_day(after: date, days: Days, pattern: WorkPattern = WorkPattern.FIVE_DAYS) -> date:
    """The first working day after a day."""
    day = after + _ONE_DAY
    while not is_working_day(day, days, pattern):
        day += _ONE_DAY
    return day


def add_working_days(start: date, number: int, days: Days, pattern: WorkPattern = WorkPattern.FIVE_DAYS) -> date:
    """The n-th working day after a day: the working day that follows it is the first (PerBKN 6/2022, examples)."""
    day = start
    for _ in range(number):
        day = next_working_day(day, days, pattern)
    return day


def count_working_days(after: date, until: date, days: Days, pattern: WorkPattern = WorkPattern.FIVE_DAYS) -> int:
    """Working days after one day up to another, that one included: undoes `add_working_days`."""
    span = range(1, (until - after).days + 1)
    return sum(is_working_day(after + timedelta(days=n), days, pattern) for n in span)


def is_estimated(days: Days, year: int) -> bool:
    """Whether the joint decree for a year is awaited: a day off is still a forecast, or no cuti bersama is known."""
    off = [mark for day, mark in days.items() if day.year == year and mark.kind in DAYS_OFF]
    return any(mark.estimated for mark in off) or not any(mark.kind is DayKind.CUTI_BERSAMA for mark in off)


_IDUL_FITRI = re.compile(r"idul\s*fitri", re.IGNORECASE)
_SAME_LEAVE = timedelta(days=20)
"""Two days of Idul Fitri closer than this belong to one leave; two feasts are a lunar year apart."""


def days_after_idul_fitri(days: Days) -> tuple[date, ...]:
    """The first working day after each Idul Fitri leave: at most one in most years, two in 2033.

    Takes whole years, and the days of the next one where the leave may run into it.
    """
    leave = sorted(day for day, mark in days.items() if is_day_off(day, days) and _IDUL_FITRI.search(mark.name))
    last = [day for day, later in pairwise([*leave, date.max]) if later - day > _SAME_LEAVE]
    return tuple(next_working_day(day, days) for day in last)


@dataclass(frozen=True)
class HourRules:
    """Working hours as a regulation sets them; minutes of a week are without breaks."""

    legal_basis: str
    verified: bool
    """Whether an official has compared these figures with the regulation's own text."""
    from_date: date
    week_minutes: int
    ramadan_week_minutes: int
    starts: time
    ramadan_starts: time
    break_minutes: int
    friday_break_minutes: int
    ramadan_break_minutes: int
    ramadan_friday_break_minutes: int
    break_source: str
    """Who says where the break lies: the regulation sets its length alone."""
    break_verified: bool
    break_starts: time
    friday_break_starts: time
    ramadan_break_starts: time
    ramadan_friday_break_starts: time


@dataclass(frozen=True)
class Hours:
    """One working day; `minutes` are worked, the break lies between."""

    starts: time
    ends: time
    minutes: int
    break_minutes: int
    break_starts: time


def hour_rules_on(versions: Iterable[HourRules], day: date) -> HourRules | None:
    """The version in force on a day."""
    begun = [rules for rules in versions if rules.from_date <= day]
    return max(begun, key=lambda rules: rules.from_date, default=None)


def hours_of_day(day: date, days: Days, pattern: WorkPattern, rules: HourRules) -> Hours | None:
    """The hours of a working day; None on a day off, and for shifts, which keep their own.

    The week's minutes are spread evenly. For six days the regulation leaves that to the regency, so it is a proposal.
    """
    if pattern is WorkPattern.SHIFT or not is_working_day(day, days, pattern):
        return None
    mark, friday = days.get(day), day.isoweekday() == FRIDAY
    if mark is not None and mark.kind is DayKind.RAMADAN:
        week, starts = rules.ramadan_week_minutes, rules.ramadan_starts
        rest = rules.ramadan_friday_break_minutes if friday else rules.ramadan_break_minutes
        rests_at = rules.ramadan_friday_break_starts if friday else rules.ramadan_break_starts
    else:
        week, starts = rules.week_minutes, rules.starts
        rest = rules.friday_break_minutes if friday else rules.break_minutes
        rests_at = rules.friday_break_starts if friday else rules.break_starts
    minutes = week // WORKING_WEEK[pattern]
    ends = datetime.combine(day, starts) + timedelta(minutes=minutes + rest)
    return Hours(starts, ends.time(), minutes, rest, rests_at)
