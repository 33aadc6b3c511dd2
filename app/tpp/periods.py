"""Which days a month's calculation takes: December may close early, and January takes the rest. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    """The civil days, both inclusive, whose facts a month's calculation takes."""

    from_date: date
    to_date: date


def period_of(month: date, closes_on: int | None, december_closed_on: int | None) -> Period:
    """The days of the month that begins on `month`.

    `closes_on` counts for a December: what follows that day is January's; `december_closed_on` is that day of the
    December before, and counts for a January.
    """
    first, last = month, last_day(month)
    if month.month == 12 and closes_on is not None:
        last = last.replace(day=closes_on)
    if month.month == 1 and december_closed_on is not None and december_closed_on < 31:
        first = date(month.year - 1, 12, december_closed_on + 1)
    return Period(first, last)


def last_day(month: date) -> date:
    """The last civil day of the month that begins on `month`."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
