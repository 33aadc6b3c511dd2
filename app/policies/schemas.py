"""The policy document: what may stand in it, checked before anybody is judged by it."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.core.fields import Body, Line

Points = Annotated[int, Field(strict=True, ge=0, le=100)]
Percentage = Annotated[int, Field(strict=True, ge=0, le=100)]


class PresenceRule(Body):
    wfa_share_percent: Percentage
    """Share of the held window that a person on WFA is expected to stay connected, in percent."""
    source: Line
    verified: bool


class PointsRule(Body):
    points: Points
    source: Line
    verified: bool


class PointsPart(Body):
    duty_rate: PointsRule
    timeliness: PointsRule
    accuracy: PointsRule

    @model_validator(mode="after")
    def _hundred(self) -> Self:
        if self.duty_rate.points + self.timeliness.points + self.accuracy.points != 100:
            raise ValueError("points must add up to 100")
        return self


class TimelinessPart(Body):
    minutes_per_point: Annotated[int, Field(strict=True, ge=1, le=1440)]


class AccuracyPart(Body):
    explainable: Points
    suspicious: Points
    impossible: Points


class BandPart(Body):
    code: Line
    at_most: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = None


class RankingPart(Body):
    minimum_apels: Annotated[int, Field(strict=True, ge=1, le=60)]
    minimum_strength: Annotated[int, Field(strict=True, ge=1, le=1000)]


class TierPart(Body):
    code: Line
    at_least: Percentage


class PolicyDocument(Body):
    """One version of the rules as it is written, reviewed and kept."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    version: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    title: Line
    legal_basis: Annotated[str, Field(min_length=1, max_length=500)]
    effective_from: date
    presence: PresenceRule
    points: PointsPart
    timeliness: TimelinessPart
    accuracy: AccuracyPart
    bands: Annotated[list[BandPart], Field(min_length=1, max_length=10)]
    ranking: RankingPart
    tiers: Annotated[list[TierPart], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        ends = [band.at_most for band in self.bands]
        if ends[-1] is not None or None in ends[:-1] or ends[:-1] != sorted(set(ends[:-1]), key=lambda end: end or 0):
            raise ValueError("bands must rise, and only the last is open")
        return self

    @model_validator(mode="after")
    def _tiers_fall(self) -> Self:
        floors = [tier.at_least for tier in self.tiers]
        if floors != sorted(set(floors), reverse=True) or floors[-1] != 0:
            raise ValueError("tiers must fall to 0")
        return self
