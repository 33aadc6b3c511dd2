"""The parts of a policy document beyond presence: output, behaviour, service, conduct, and how they weigh together."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Line
from app.policies.schemas_of_parts import SourcedPart

Points = Annotated[int, Field(strict=True, ge=0, le=100)]


def _require_hundred(*points: int) -> None:
    if sum(points) != 100:
        raise PydanticCustomError("points_not_hundred", "points do not add up to 100")


class OutputPart(SourcedPart):
    """Results of work against their targets (capaian)."""

    meets_at_least: Points
    """Percent of capaian from which results are proposed as meeting expectations; only a person says more."""
    base: Line
    """What it is a percentage of."""


class ExpectationPoints(Body):
    """Points of one guide by how it was rated."""

    below: Points
    meets: Points
    above: Points

    @model_validator(mode="after")
    def _better_gives_more(self) -> Self:
        if not self.below <= self.meets <= self.above:
            raise PydanticCustomError("points_not_falling", "better gives less than worse")
        return self


class RaterWeights(Body):
    """Percent; they add up to 100. A kind of rater with 0 is not asked."""

    superior: Points
    peer: Points
    self: Points

    @model_validator(mode="after")
    def _hundred(self) -> Self:
        _require_hundred(self.superior, self.peer, self.self)
        return self


class BehaviourPart(SourcedPart):
    """Assessment on the values of BerAKHLAK, and competence development."""

    points: ExpectationPoints
    weights: RaterWeights
    minimum_peers: Annotated[int, Field(strict=True, ge=2, le=50)]
    """With fewer peers none of them counts, so that nobody's word can be told."""
    meets_at_least: Points
    above_at_least: Points
    training_hours: Annotated[int, Field(strict=True, ge=0, le=1000)]
    """Hours (JP) of competence development due in a calendar year."""
    base: Line
    """What the points are a share of."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.above_at_least < self.meets_at_least:
            raise PydanticCustomError("not_rising", "values do not rise")
        return self


class ServicePart(SourcedPart):
    """How long the public waits at an OPD's counters."""

    minimum_served: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    """With fewer people served under a promise in a period nothing is said."""
    base: Line
    """What the share is a percentage of."""


class ConductPart(SourcedPart):
    """Circulars, phones in the basket, live streams in working hours."""

    acknowledgement: Points
    deposit: Points
    livestream: Points
    incident_cost: Points
    """Points of `livestream` that each confirmed incident takes."""
    base: Line
    """What the points are a share of."""

    @model_validator(mode="after")
    def _hundred(self) -> Self:
        _require_hundred(self.acknowledgement, self.deposit, self.livestream)
        return self


class OpdWeights(Body):
    attendance: Points
    output: Points
    behaviour: Points
    service: Points
    conduct: Points

    @model_validator(mode="after")
    def _hundred(self) -> Self:
        _require_hundred(self.attendance, self.output, self.behaviour, self.service, self.conduct)
        return self


class PersonWeights(Body):
    attendance: Points
    output: Points
    behaviour: Points
    conduct: Points

    @model_validator(mode="after")
    def _hundred(self) -> Self:
        _require_hundred(self.attendance, self.output, self.behaviour, self.conduct)
        return self


class CompositePolicyPart(SourcedPart):
    """How the parts weigh together; a missing one is left out and never counts as zero."""

    opd: OpdWeights
    person: PersonWeights
    minimum_parts: Annotated[int, Field(strict=True, ge=1, le=5)]
    """With fewer known parts there is no composite."""
    base: Line
    """What the points are a share of."""
