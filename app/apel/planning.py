"""Which days have an apel: the Mondays that are no days off, and the first working day after the Idul Fitri leave."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from app.apel.rules import Skip
from app.calendar.rules import Days, days_after_idul_fitri, is_day_off

SPECIAL_DEADLINE = time(15, 0)
"""On the first day after the leave the returns of that day are due in the afternoon."""
LONGEST_PLAN = 366
"""Days; a plan is made from a year's joint decree."""
_MONDAY = 1


@dataclass(frozen=True)
class PlannedDay:
    day: date
    special: bool
    """The first working day after the Idul Fitri leave."""


@dataclass(frozen=True)
class SkippedDay:
    on_date: date
    reason: Skip
    name: str | None = None
    """The holiday, as the calendar names it."""


def plan_days(
    from_date: date, to_date: date, days: Days, taken: Collection[date]
) -> tuple[list[PlannedDay], list[SkippedDay]]:
    """The days of a span that get an apel, and the others with the reason; `days` hold whole years."""
    special = {day for day in days_after_idul_fitri(days) if from_date <= day <= to_date}
    planned, skipped = [], []
    for day in sorted(special.union(_mondays(from_date, to_date))):
        if day in taken:
            skipped.append(SkippedDay(day, Skip.HAS_APEL))
        elif is_day_off(day, days):
            skipped.append(SkippedDay(day, Skip.DAY_OFF, days[day].name))
        else:
            planned.append(PlannedDay(day, special=day in special))
    return planned, skipped


def _mondays(from_date: date, to_date: date) -> Iterator[date]:
    day = from_date + timedelta(days=(_MONDAY - from_date.isoweekday()) % 7)
    while day <= to_date:
        yield day
        day += timedelta(days=7)
