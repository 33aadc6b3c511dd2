"""The policy document: what may stand in it, checked before anybody is judged by it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Bool, Day, Line, Prose, Read
from app.policies.rules import Inaccuracy
from app.policies.schemas_of_cases import ProcedurePart
from app.policies.schemas_of_parts import distinct_codes
from app.policies.schemas_of_performance import (
    BehaviourPart,
    CompositePolicyPart,
    ConductPart,
    OutputPart,
    ServicePart,
)
from app.policies.schemas_of_persons import ApelLedgerPart, ExemptionPart, MarkObjectionPart, PersonPart, RewardPart
from app.policies.schemas_of_tpp import TppPart
from app.policies.schemas_of_workdays import DisciplinePart, WorkdayPart

Points = Annotated[int, Field(strict=True, ge=0, le=100)]
Percentage = Annotated[int, Field(strict=True, ge=0, le=100)]


class PresenceRule(Body):
    wfa_share_percent: Percentage
    """Share that a person on WFA is expected to stay connected, in percent."""
    base: Line
    """What it is a percentage of."""
    source: Line
    verified: Bool
    """An official confirmed it against the text of the regulation."""


class PointsRule(Body):
    points: Points
    base: Line
    """What the points are a share of."""
    source: Line
    verified: Bool
    """An official confirmed it against the text of the regulation."""


class PointsPart(Body):
    duty_rate: PointsRule
    timeliness: PointsRule
    accuracy: PointsRule

    @model_validator(mode="after")
    def _hundred(self) -> Self:
        if self.duty_rate.points + self.timeliness.points + self.accuracy.points != 100:
            raise PydanticCustomError("points_not_hundred", "points do not add up to 100")
        return self


class TimelinessPart(Body):
    minutes_per_point: Annotated[int, Field(strict=True, ge=1, le=1440)]


class AccuracyCost(Body):
    """Points that one open finding takes, by grade."""

    explainable: Points
    suspicious: Points
    impossible: Points


class AccuracyPart(Body):
    cost: AccuracyCost
    concerns: Annotated[list[Inaccuracy], Field(max_length=len(Inaccuracy))]
    """The findings that cost accuracy; all others only ask a person to look."""


class SpotCheckPart(Body):
    """Rooms that are drawn after the deadline, to have their heads counted."""

    automatic: Bool
    """Drawn by the service itself, once for each apel."""
    units: Annotated[int, Field(strict=True, ge=0, le=100)]
    """How many are drawn where nobody asks for another number."""
    tolerance_people: Annotated[int, Field(strict=True, ge=0, le=100)]
    tolerance_percent: Percentage
    """A count may differ by so many people or so much of the claim, whichever is more."""
    base: Line
    """What it is a percentage of."""
    source: Line
    verified: Bool
    """An official confirmed it against the text of the regulation."""


class BandPart(Body):
    code: Line
    at_most: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = None


class RankingPart(Body):
    """Who is ranked at all; its source is also that of the bands and the tiers."""

    minimum_apels: Annotated[int, Field(strict=True, ge=1, le=60)]
    minimum_strength: Annotated[int, Field(strict=True, ge=1, le=1000)]
    source: Line = "Kebijakan instansi"
    verified: Bool = False
    """An official confirmed it against the text of the regulation."""


class TrendPart(Body):
    own_average_apels: Annotated[int, Field(strict=True, ge=1, le=60)]
    """An OPD's week is shown against its own average over so many scored apels before."""


class TierPart(Body):
    code: Line
    at_least: Points


def _bands_rise(bands: list[BandPart]) -> list[BandPart]:
    ends = [band.at_most for band in bands]
    if ends[-1] is not None or None in ends[:-1] or ends[:-1] != sorted(set(ends[:-1]), key=lambda end: end or 0):
        raise PydanticCustomError("bands_not_rising", "bands do not rise to an open one")
    return distinct_codes(bands)


def _tiers_fall(tiers: list[TierPart]) -> list[TierPart]:
    floors = [tier.at_least for tier in tiers]
    if floors != sorted(set(floors), reverse=True) or floors[-1] != 0:
        raise PydanticCustomError("tiers_not_falling", "tiers do not fall to 0")
    return distinct_codes(tiers)


Table = TypeVar("Table", DisciplinePart, TppPart)


def _one_table_for_each(tables: list[Table]) -> list[Table]:
    kinds = [kind for table in tables for kind in table.employment]
    if len(kinds) != len(set(kinds)):
        raise PydanticCustomError("employment_twice", "an employment type is judged by two tables")
    return tables


class PolicyDocument(Body):
    """One version of the rules as it is written, reviewed and kept."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    version: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    title: Line
    legal_basis: Prose
    effective_from: Day
    presence: PresenceRule
    points: PointsPart
    timeliness: TimelinessPart
    accuracy: AccuracyPart
    spot_check: SpotCheckPart | None = None
    """As shipped, where a document says nothing about it."""
    bands: Annotated[list[BandPart], Field(min_length=1, max_length=10), AfterValidator(_bands_rise)]
    ranking: RankingPart
    trend: TrendPart
    tiers: Annotated[list[TierPart], Field(min_length=1, max_length=10), AfterValidator(_tiers_fall)]
    person: PersonPart | None = None
    """Null, here and below: the document says nothing about it, so nobody is judged by it."""
    apel_ledger: ApelLedgerPart | None = None
    exemptions: ExemptionPart | None = None
    mark_objections: MarkObjectionPart | None = None
    rewards: RewardPart | None = None
    workdays: WorkdayPart | None = None
    discipline: Annotated[
        list[DisciplinePart],
        Field(max_length=10, default_factory=list),
        AfterValidator(distinct_codes),
        AfterValidator(_one_table_for_each),
    ]
    procedure: ProcedurePart | None = None
    tpp: Annotated[list[TppPart], Field(max_length=10, default_factory=list), AfterValidator(_one_table_for_each)]
    output: OutputPart | None = None
    behaviour: BehaviourPart | None = None
    service: ServicePart | None = None
    conduct: ConductPart | None = None
    composite: CompositePolicyPart | None = None

    @field_validator("procedure")
    @classmethod
    def _dismissals_are_tiers(cls, procedure: ProcedurePart | None, info: ValidationInfo) -> ProcedurePart | None:
        tables: list[DisciplinePart] = info.data.get("discipline", [])
        known = {tier.code for part in tables for tier in part.tiers} | {
            part.streak.code for part in tables if part.streak
        }
        if procedure and "discipline" in info.data and not known.issuperset(procedure.dismissal):
            raise PydanticCustomError("code_unknown", "names a code that is in no table")
        return procedure


class PolicyState(StrEnum):
    DRAFT = "draft"
    TRIAL = "trial"
    """Computes beside the rules in force, and cuts nothing."""
    ACTIVE = "active"


class PolicyRead(Read):
    id: UUID
    label: str
    """`code@version`, as scores name it."""
    code: str
    version: int
    state: PolicyState
    title: str
    legal_basis: str
    effective_from: date
    effective_to: date | None
    """The day before the next active version begins; null: in force until there is one."""
    created_by: str
    created_at: datetime
    trial_by: str | None
    trial_at: datetime | None
    """Since when it computes beside the rules in force, and cuts nothing."""
    activated_by: str | None
    activated_at: datetime | None
    document: PolicyDocument
