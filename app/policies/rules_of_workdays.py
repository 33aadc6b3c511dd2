"""What a policy says about working days: lateness, the conversion of minutes, the tiers of discipline: plain values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.policies.sources import Source


@dataclass(frozen=True)
class LatenessClass:
    """Whole minutes, truncated, both ends inclusive; `to_minutes` None: no upper end."""

    code: str
    from_minutes: int
    to_minutes: int | None

    def holds(self, minutes: int) -> bool:
        return self.from_minutes <= minutes and (self.to_minutes is None or minutes <= self.to_minutes)


@dataclass(frozen=True)
class WorkdayRules:
    late: tuple[LatenessClass, ...]
    """Rising, without gaps."""
    early: tuple[LatenessClass, ...]
    no_clock_in_minutes: int | None
    """What a missing clock-in on a day that was worked counts as; None: nothing."""
    no_clock_out_minutes: int | None
    minutes_per_day: int | None
    """So many minutes late or left early are one day of absence, the rest is carried within the year.

    None: minutes never become a day.
    """
    convert_employment: frozenset[str]
    """Employment types whose minutes are converted at all."""
    alerts: tuple[int, ...]
    """Lengths of a running streak of absent days at which somebody is told."""
    source: Source

    def conversion_for(self, employment_type: str) -> "Conversion | None":
        """None: minutes of this employment type never become a day."""
        if self.minutes_per_day is None or employment_type not in self.convert_employment:
            return None
        return Conversion(self.minutes_per_day, self.no_clock_in_minutes or 0, self.no_clock_out_minutes or 0)


class Conversion(NamedTuple):
    """How minutes become days of absence."""

    minutes_per_day: int
    no_clock_in_minutes: int
    no_clock_out_minutes: int


class Severity(StrEnum):
    RINGAN = "ringan"
    SEDANG = "sedang"
    BERAT = "berat"


@dataclass(frozen=True)
class DisciplineTier:
    """So many absent working days of one calendar year."""

    code: str
    at_least: int
    at_most: int | None
    severity: Severity
    sanction: str
    """Its name where the cut of tunjangan is in force, and where that does not matter."""
    transitional: str | None
    """Its name until then; None: the same."""
    article: str
    months: int | None = None
    """How long it runs."""
    cut_percent: int | None = None
    """Of the tunjangan, while the cut is in force."""


@dataclass(frozen=True)
class StreakTier:
    """So many absent working days in a row."""

    code: str
    days: int
    severity: Severity
    sanction: str
    article: str
    pay_note: str
    """What happens to pay, by a person's act and never by this service."""
    pay_article: str


@dataclass(frozen=True)
class Switch:
    """From a day on, whether the cut of tunjangan is in force."""

    from_date: date
    in_force: bool
    basis: str


@dataclass(frozen=True)
class DisciplineRules:
    """The tiers for some employment types; who is of none of them is judged by no table."""

    code: str
    employment: frozenset[str]
    events_from: date
    """Absences before this day belong to older law and are left to people."""
    tiers: tuple[DisciplineTier, ...]
    streak: StreakTier | None
    tukin_cut: tuple[Switch, ...]
    source: Source

    def cut_in_force(self, day: date) -> bool:
        begun = [switch for switch in self.tukin_cut if switch.from_date <= day]
        return max(begun, key=lambda switch: switch.from_date).in_force if begun else False

    def tier_of(self, days: int) -> DisciplineTier | None:
        """The tier of so many days; None below the first."""
        return next(
            (tier for tier in self.tiers if tier.at_least <= days and (tier.at_most is None or days <= tier.at_most)),
            None,
        )
