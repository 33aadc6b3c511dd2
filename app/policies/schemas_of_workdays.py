"""The parts of a policy document about working days: lateness, the conversion of minutes, the tiers of discipline."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Bool, Day, Line, Prose
from app.policies.rules_of_workdays import Severity
from app.policies.schemas_of_parts import (
    Days,
    Minutes,
    Months,
    RuleCode,
    SourcedPart,
    distinct,
    distinct_codes,
    rising,
    seamless,
    seamless_minutes,
)
from app.registry.rules import EmploymentType

Employment = Annotated[list[EmploymentType], Field(min_length=1, max_length=4), AfterValidator(distinct)]
WholePercent = Annotated[int, Field(strict=True, ge=1, le=100)]
_GRADES = (Severity.RINGAN, Severity.SEDANG, Severity.BERAT)


class LatenessClassPart(Body):
    code: RuleCode
    from_minutes: Minutes
    to_minutes: Minutes | None = None
    """Whole minutes, truncated; both ends belong to the class. Null: no upper end."""


Classes = Annotated[list[LatenessClassPart], Field(max_length=10), AfterValidator(seamless_minutes)]


class WorkdayPart(SourcedPart):
    late: Classes
    early: Classes
    """Classes of leaving early."""
    no_clock_in_minutes: Minutes | None = None
    """What a missing clock-in on a day that was worked counts as; null: nothing."""
    no_clock_out_minutes: Minutes | None = None
    minutes_per_day: Annotated[int, Field(strict=True, ge=60, le=1440)] | None = None
    """So many minutes late or left early are one day of absence; null: minutes never become a day."""
    convert_employment: Annotated[list[EmploymentType], Field(max_length=4), AfterValidator(distinct)]
    """Employment types whose minutes are converted at all."""
    alerts: Annotated[list[Days], Field(max_length=20), AfterValidator(rising)]
    """Lengths of a running streak of absent days at which somebody is told."""

    @field_validator("convert_employment")
    @classmethod
    def _conversion_is_clear(cls, kinds: list[EmploymentType], info: ValidationInfo) -> list[EmploymentType]:
        if kinds and info.data.get("minutes_per_day", ...) is None:
            raise PydanticCustomError("conversion_unclear", "minutes are converted without saying how many are a day")
        return kinds


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

    @field_validator("cut_percent")
    @classmethod
    def _cut_ends(cls, percent: int | None, info: ValidationInfo) -> int | None:
        if percent is not None and info.data.get("months", ...) is None:
            raise PydanticCustomError("cut_without_months", "a cut without saying for how many months")
        return percent


def _tiers_rise(tiers: list[DisciplineTierPart]) -> list[DisciplineTierPart]:
    distinct_codes(tiers)
    seamless([(tier.at_least, tier.at_most) for tier in tiers])
    if (grades := [_GRADES.index(tier.severity) for tier in tiers]) != sorted(grades):
        raise PydanticCustomError("severity_falls", "more days are judged more mildly than fewer")
    return tiers


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


def _switches_rise(switches: list[SwitchPart]) -> list[SwitchPart]:
    rising([switch.from_date for switch in switches])
    return switches


class DisciplinePart(SourcedPart):
    """The tiers for some employment types; who is of none of them is judged by no table."""

    code: RuleCode
    employment: Employment
    events_from: Day
    """Absences before this day belong to older law and are left to people."""
    tiers: Annotated[list[DisciplineTierPart], Field(min_length=1, max_length=30), AfterValidator(_tiers_rise)]
    streak: StreakTierPart | None = None
    tukin_cut: Annotated[list[SwitchPart], Field(max_length=10), AfterValidator(_switches_rise)]
    base: Annotated[Line | None, Field(validate_default=True)] = None
    """What `cut_percent` is a percentage of."""

    @field_validator("streak")
    @classmethod
    def _streak_is_no_tier(cls, streak: StreakTierPart | None, info: ValidationInfo) -> StreakTierPart | None:
        if streak and streak.code in {tier.code for tier in info.data.get("tiers", ())}:
            raise PydanticCustomError("listed_twice", "something stands in the list twice")
        return streak

    @field_validator("base")
    @classmethod
    def _shares_have_a_base(cls, base: str | None, info: ValidationInfo) -> str | None:
        if base is None and any(tier.cut_percent for tier in info.data.get("tiers", ())):
            raise PydanticCustomError("base_missing", "a percentage without saying of what")
        return base
