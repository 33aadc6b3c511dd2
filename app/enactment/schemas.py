"""What a simulation is asked and what it answers."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.fields import Body, Day, Read


class SimulationAsk(Body):
    from_: Annotated[Day, Field(alias="from")]
    """First civil day of the past span."""
    to: Day
    """Last civil day, inclusive; at most a year after the first."""
    limit: Annotated[int, Field(strict=True, ge=1, le=1000)] = 100
    """People whose changes are listed one by one, those that weigh most first; the totals count everybody."""


class StandingSide(Read):
    apels: int
    points: float
    band: str
    rank: int | None
    tier: str | None


class UnitStandingChange(Read):
    kind: str
    """Apels are ranked within their kind."""
    old: StandingSide | None
    new: StandingSide | None


class OpdChange(Read):
    opd_code: str
    standings: list[UnitStandingChange]
    people: int
    """People of the OPD for whom something would change."""
    tpp_difference: int
    """Rupiah by which more would be cut from its people; negative: less."""


class PointsPair(Read):
    old: float | None
    new: float | None


class CodePair(Read):
    old: str | None
    new: str | None


class DisciplineChange(Read):
    year: int
    old: str | None
    """Code of the tier that the year's working days would lead to by the end of the span; null: none."""
    new: str | None
    old_days: int
    new_days: int


class TppMonthChange(Read):
    month: date
    old_percent: float
    """Of the whole TPP."""
    new_percent: float
    old_amount: int | None
    """Rupiah; null: no rate is loaded."""
    new_amount: int | None


class PersonChangeRead(Read):
    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str
    points: PointsPair | None
    """Null, here and below: the same."""
    apel_step: CodePair | None
    discipline: list[DisciplineChange]
    tpp: list[TppMonthChange]
    tpp_difference: int
    href: str
    """The person's record, with the facts that these numbers rest on."""


class MoveRead(Read):
    old: str | None
    new: str | None
    people: int


class TppTotals(Read):
    people: int
    """For whom a month would be cut otherwise."""
    without_rate: int
    """Of them, those for whom no rate is loaded: their percentages change, no money is told."""
    old_amount: int
    """Rupiah that the rules in force cut from those people over the span."""
    new_amount: int
    difference: int


class SimulationTotals(Read):
    apels: int
    units: int
    """Units that were at one of them."""
    people: int
    """Who served in the span."""
    opds_changed: int
    people_changed: int
    points_up: int
    points_down: int
    apel_steps: list[MoveRead]
    discipline: list[MoveRead]
    tpp: TppTotals


class SimulationRead(Read):
    """What would have been different; nothing was written."""

    policy: str
    """The version that was asked about."""
    in_force: list[str]
    """The versions that it is compared with: those in force in the span, and those that its apels were scored with."""
    from_: Annotated[date, Field(alias="from")]
    to: date
    as_concluded: bool
    """The document changes what marks are concluded by (the share of presence, places without a signal): the marks
    stand here as they were concluded."""
    totals: SimulationTotals
    opd: list[OpdChange]
    people: list[PersonChangeRead]
    more_people: int
    """People who would change and are not listed."""
