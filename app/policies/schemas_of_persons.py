"""The parts of a policy document about persons at the apel: points, the apel ledger, who is let off, rewards."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Bool, Day, Line, Prose
from app.policies.rules_of_persons import Reset
from app.policies.schemas_of_parts import (
    Apels,
    Days,
    MarkCodes,
    RuleCode,
    SourcedPart,
    distinct,
    distinct_codes,
    rising,
)
from app.registry.rules import Connectivity

PersonPoints = Annotated[int, Field(strict=True, ge=0, le=100)]


class PersonPart(SourcedPart):
    """Points of one person at one apel; a period's are their average and the bonuses of its streaks."""

    present: PersonPoints
    left_early: PersonPoints
    unexplained: PersonPoints
    streak_every: Apels
    """A bonus for every so many apels attended in a row; excused ones neither break nor lengthen it."""
    streak_bonus: PersonPoints
    streak_most: PersonPoints
    """The bonuses of a period never exceed this."""
    minimum_apels: Apels
    """Fewer counted apels in a period give no points."""
    base: Line
    """What the points are a share of."""

    @field_validator("left_early", "unexplained")
    @classmethod
    def _presence_pays(cls, points: int, info: ValidationInfo) -> int:
        more = "present" if info.field_name == "left_early" else "left_early"
        if points > info.data.get(more, 100):
            raise PydanticCustomError("points_not_falling", "being present gives less than being away")
        return points


class LedgerStepPart(Body):
    code: RuleCode
    at_least: Apels
    """From so many misses on."""
    advice: Prose
    """What is due then, in words for people; nothing happens by itself."""


def _steps_rise(steps: list[LedgerStepPart]) -> list[LedgerStepPart]:
    distinct_codes(steps)
    rising([step.at_least for step in steps])
    return steps


class ApelLedgerPart(SourcedPart):
    """Missed apels of one person; they are never added to the days of absence."""

    counts: Annotated[list[Literal["TK", "I"]], Field(min_length=1, max_length=2), AfterValidator(distinct)]
    """Marks that are a miss. BL cannot be one: the OPD was silent, not its people."""
    reset: Reset
    """When it begins anew."""
    steps: Annotated[list[LedgerStepPart], Field(max_length=10), AfterValidator(_steps_rise)]


class NoApelPart(Body):
    """A span of days, both inclusive, whose apels are asked of nobody."""

    from_date: Day
    to_date: Day
    reason: Line

    @field_validator("to_date")
    @classmethod
    def _has_days(cls, to_date: date, info: ValidationInfo) -> date:
        if to_date < info.data.get("from_date", to_date):
            raise PydanticCustomError("to_before_from", "the end lies before the beginning")
        return to_date


class ExemptionPart(SourcedPart):
    no_apel: Annotated[list[NoApelPart], Field(max_length=100)]
    ramadan: Bool
    """No apel counts in Ramadan."""
    codes: MarkCodes
    """Marks that cost a person nothing anywhere: neither points nor ledger nor TPP."""
    waived_connectivity: Annotated[list[Connectivity], Field(max_length=3), AfterValidator(distinct)]
    """Registered connectivity of an OPD at which missing evidence is explained by the place."""


class MarkObjectionPart(SourcedPart):
    days: Days
    """Working days after a mark was concluded in which the person may contest it."""
    answer_days: Days
    """Working days after the objection in which it is answered."""


class RewardPart(SourcedPart):
    best_per_band: Annotated[int, Field(strict=True, ge=0, le=10)]
    """OPDs of each size band that are proposed."""
    improved_points: Annotated[int, Field(strict=True, ge=1, le=100)]
    """Points by which an OPD must have risen against the period before to be called improved."""
    perfect_minimum_apels: Apels
    """Apels that a person must have been bound to attend in the period to be called perfect."""
    recent_months: Annotated[int, Field(strict=True, ge=0, le=120)]
    """Months after the end of a sanction that still exclude."""
