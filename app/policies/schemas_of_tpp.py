"""The part of a policy document about the TPP: what a percentage is of, what is cut, and how it is rounded."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Bool
from app.policies.rules_of_tpp import Rounding, RoundWhat, TppBase
from app.policies.schemas_of_parts import (
    Days,
    MarkCodes,
    Minutes,
    Percent,
    RuleCode,
    SourcedPart,
    distinct,
    seamless_minutes,
)
from app.policies.schemas_of_workdays import Employment

Weekday = Annotated[int, Field(strict=True, ge=1, le=7)]


class CutPart(Body):
    code: RuleCode
    from_minutes: Minutes
    to_minutes: Minutes | None = None
    """Whole minutes, truncated; both ends belong to the class. Null: no upper end."""
    percent: Percent


class ApelCutPart(Body):
    """A percentage for each missed apel of a kind on some weekdays."""

    kind: Literal["apel_gabungan", "apel_opd", "upacara", "rakor"]
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7), AfterValidator(distinct)]
    """Monday is 1."""
    percent: Percent


Cuts = Annotated[list[CutPart], Field(max_length=10), AfterValidator(seamless_minutes)]


def _each_day_once(cuts: list[ApelCutPart]) -> list[ApelCutPart]:
    distinct([(cut.kind, day) for cut in cuts for day in cut.weekdays])
    return cuts


class TppPart(SourcedPart):
    base: TppBase
    """What the percentages are a share of: the whole TPP, its discipline part, or that day's TPP."""
    discipline_percent: Percent
    """The discipline part, of the whole TPP."""
    employment: Employment
    late: Cuts
    early: Cuts
    no_clock_in: RuleCode | None = None
    """Code of the class of `late` that a missing clock-in counts as; null: nothing."""
    no_clock_out: RuleCode | None = None
    """Code of the class of `early` that a missing clock-out counts as; null: nothing."""
    absent_day: Percent
    """For each working day without reason."""
    apel: Annotated[list[ApelCutPart], Field(max_length=30), AfterValidator(_each_day_once)]
    absence_absorbs_apel: Bool
    """A day that is cut whole is not cut for its apel, lateness or early leave as well."""
    cap_percent: Percent
    """The sum never exceeds this."""
    full_cut_days: Annotated[int, Field(strict=True, ge=1, le=31)] | None = None
    """From so many absent days in the month on, everything of the base is cut; null: no such rule."""
    exempt_codes: MarkCodes
    """Marks and absences that cost nothing."""
    round_to: Literal[1, 10, 100, 1000]
    """Rupiah."""
    rounding: Rounding
    round_what: RoundWhat
    """Each line, or their total."""
    objection_days: Days
    """Working days in which a sheet can be objected to before its head signs it off."""
    december_closes_on: Annotated[int, Field(strict=True, ge=1, le=31)] | None = None
    """Day of December with which the last month of the year ends for the calculation; what follows is January's."""

    @field_validator("no_clock_in", "no_clock_out")
    @classmethod
    def _class_is_known(cls, code: str | None, info: ValidationInfo) -> str | None:
        classes = info.data.get("late" if info.field_name == "no_clock_in" else "early")
        if code is not None and classes is not None and code not in {one.code for one in classes}:
            raise PydanticCustomError("code_unknown", "names a code that is in no table")
        return code
