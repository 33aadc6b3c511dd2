"""The parts of a policy document about working days: lateness, the conversion of minutes, the tiers of discipline."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Bool, Day, Line, Prose
from app.policies.rules_of_workdays import Severity
from app.policies.schemas_of_parts import (
    Days,
    Minutes,
    Months,
    RuleCode,
    SourcedPart,
    require_distinct,
    require_rising,
    require_seamless,
)
from app.registry.rules import EmploymentType

Employment = Annotated[list[EmploymentType], Field(min_length=1, max_length=4)]
WholePercent = Annotated[int, Field(strict=True, ge=1, le=100)]
_GRADES = (Severity.RINGAN, Severity.SEDANG, Severity.BERAT)


class LatenessClassPart(Body):
    code: RuleCode
    from_minutes: Minutes
    to_minutes: Minutes | None = None
    """Whole minutes, truncated; both ends belong to the class. Null: no upper end."""


def _require_classes(classes: list[LatenessClassPart]) -> None:
    require_distinct(one.code for one in classes)
    require_seamless([(one.from_minutes, one.to_minutes) for one in classes])


class WorkdayPart(SourcedPart):
    late: Annotated[list[LatenessClassPart], Field(max_length=10)]
    early: Annotated[list[LatenessClassPart], Field(max_length=10)]
    """Classes of leaving early."""
    no_clock_in_minutes: Minutes | None = None
    """What a missing clock-in on a day that was worked counts as; null: nothing."""
    no_clock_out_minutes: Minutes | None = None
    minutes_per_day: Annotated[int, Field(strict=True, ge=60, le=1440)] | None = None
    """So many minutes late or left early are one day of absence; null: minutes never become a day."""
    convert_employment: Annotated[list[EmploymentType], Field(max_length=4)]
    """Employment types whose minutes are converted at all."""
    alerts: Annotated[list[Days], Field(max_length=20)]
    """Lengths of a running streak of absent days at which somebody is told."""

    @model_validator(mode="after")
    def _tables_hold(self) -> Self:
        _require_classes(self.late)
        _require_classes(self.early)
        require_distinct(self.convert_employment)
        require_rising(self.alerts)
        if self.convert_employment and self.minutes_per_day is None:
            raise PydanticCustomError("conversion_unclear", "minutes are converted without saying how many are a day")
        return self


class DisciplineTierPart(Body):
    """So many absent working days of one calendar year."""

    code: RuleCode
    at_least: Days
    at_most: Days | None = None
    severity: Severity
    sanction: Line
    """Its name where the cut of tunjangan is in force, and where that does not matter."""
    transitional: Line | None = None
    """Its name until then; null: the same."""
    article: Line
    months: Months | None = None
    """How long it runs."""
    cut_percent: WholePercent | None = None
    """Of the tunjangan, while the cut is in force."""

    @model_validator(mode="after")
    def _cut_ends(self) -> Self:
        if self.cut_percent is not None and self.months is None:
            raise PydanticCustomError("cut_without_months", "a cut without saying for how many months")
        return self


class StreakTierPart(Body):
    """So many absent working days in a row."""

    code: RuleCode
    days: Days
    severity: Severity
    sanction: Line
    article: Line
    pay_note: Prose
    """What happens to pay, by a person's act and never by this service."""
    pay_article: Line


class SwitchPart(Body):
    """From a day on, whether the cut of tunjangan is in force."""

    from_date: Day
    in_force: Bool
    basis: Prose


class DisciplinePart(SourcedPart):
    """The tiers for some employment types; who is of none of them is judged by no table."""

    code: RuleCode
    employment: Employment
    events_from: Day
    """Absences before this day belong to older law and are left to people."""
    tiers: Annotated[list[DisciplineTierPart], Field(min_length=1, max_length=30)]
    streak: StreakTierPart | None = None
    tukin_cut: Annotated[list[SwitchPart], Field(max_length=10)]
    base: Line | None = None
    """What `cut_percent` is a percentage of."""

    @model_validator(mode="after")
    def _tiers_rise(self) -> Self:
        codes = [tier.code for tier in self.tiers]
        require_distinct([*codes, self.streak.code] if self.streak else codes)
        require_distinct(self.employment)
        require_seamless([(tier.at_least, tier.at_most) for tier in self.tiers])
        if (grades := [_GRADES.index(tier.severity) for tier in self.tiers]) != sorted(grades):
            raise PydanticCustomError("severity_falls", "more days are judged more mildly than fewer")
        require_rising([switch.from_date.toordinal() for switch in self.tukin_cut])
        if any(tier.cut_percent for tier in self.tiers) and self.base is None:
            raise PydanticCustomError("base_missing", "a percentage without saying of what")
        return self
