"""What a policy says about the TPP: what a percentage is of, what is cut, and how it is rounded: plain values."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.policies.sources import Source


class TppBase(StrEnum):
    """What the percentages of the table are a share of."""

    WHOLE = "whole"
    DISCIPLINE = "discipline"
    """The discipline part of the TPP (40 % in most regencies)."""
    DAY = "day"
    """That day's TPP: the month's by its working days."""


class Rounding(StrEnum):
    HALF_UP = "half_up"
    DOWN = "down"


class RoundWhat(StrEnum):
    LINE = "line"
    TOTAL = "total"


@dataclass(frozen=True)
class Cut:
    """A percentage for whole minutes late or early, truncated, both ends inclusive."""

    code: str
    from_minutes: int
    to_minutes: int | None
    percent: Decimal


@dataclass(frozen=True)
class ApelCut:
    """A percentage for each missed apel of a kind on some weekdays (ISO, Monday 1)."""

    kind: str
    weekdays: frozenset[int]
    percent: Decimal


@dataclass(frozen=True)
class TppRules:
    base: TppBase
    discipline_percent: Decimal
    """The discipline part, of the whole TPP."""
    employment: frozenset[str]
    late: tuple[Cut, ...]
    early: tuple[Cut, ...]
    no_clock_in: str | None
    """Code of the class of `late` that a missing clock-in counts as; None: nothing."""
    no_clock_out: str | None
    absent_day: Decimal
    """Percent for each working day without reason."""
    apel: tuple[ApelCut, ...]
    absence_absorbs_apel: bool
    """A day that is cut whole is not cut for its apel, lateness or early leave as well."""
    cap_percent: Decimal
    """The sum never exceeds this."""
    full_cut_days: int | None
    """From so many absent days in the month on, everything (of the base) is cut; None: no such rule."""
    exempt_codes: frozenset[str]
    round_to: int
    """Rupiah: 1, 100, 1000."""
    rounding: Rounding
    round_what: RoundWhat
    objection_days: int
    """Working days in which a sheet can be objected to before its head signs it off."""
    december_closes_on: int | None
    """Day of December with which the last month of the year ends for the calculation; what follows is January's."""
    source: Source
